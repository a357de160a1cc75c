/**
 * The kernels that visit rows, as WGSL. One workgroup takes one piece of a block of rows, one thread 16 of its rows as four
 * vectors of four; portable.ts says what the formulas mean. Sizes are numbers at run time, so that one compilation serves
 * every fit. X is [block][feature][row], rows [block][line][row]; each `array<vec4f>` holds 4 rows in an element.
 */
import { arithmetic } from './arithmetic.ts';
import { blockRows, type Kind, lineQuads, strips, threads } from './layout.ts';

const each = (line: (strip: number) => string): string => Array.from({ length: strips }, (_, r) => line(r)).join('\n');

/** What every kernel is given. `Shape` is one command's; sizes and indices count numbers unless they say otherwise. */
const inputs = /* wgsl */ `
struct Shape {
  features: u32, vectors: u32,
  firstPiece: u32, pieces: u32,
  out: u32, firstSum: u32,
  firstPair: u32, piecesInGroup: u32,
}
struct Piece { block: u32, begin: u32, end: u32, unused: u32 } // rows begin … end of a block are summed
@group(0) @binding(0) var<uniform> shape: Shape;
@group(0) @binding(1) var<storage, read> pieces: array<Piece>;
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> rows: array<vec4f>;
`;

const scoreInputs = /* wgsl */ `
@group(0) @binding(4) var<storage, read> theta: array<vec4f>; // [four score vectors][n + 1], one a component
@group(0) @binding(5) var<storage, read_write> sums: array<f32>;

fn inside(quad: u32, piece: Piece) -> vec4<bool> {
  let row = vec4u(4u * quad) + vec4u(0u, 1u, 2u, 3u);
  return (row >= vec4u(piece.begin)) & (row < vec4u(piece.end));
}
`;

/** Adds the 256 lanes of each of 8 numbers; thread 32·i gets number i. */
const reduction = /* wgsl */ `
var<workgroup> lanes: array<f32, ${8 * threads}>;
fn addLanes(t: u32) -> f32 {
  let row = t / 32u;
  let lane = t % 32u;
  var sum = 0.0;
  workgroupBarrier();
  for (var i = 0u; i < 8u; i++) { sum += lanes[row * ${threads}u + i * 32u + lane]; }
  workgroupBarrier();
  lanes[row * 32u + lane] = sum;
  workgroupBarrier();
  sum = 0.0;
  if (lane == 0u) {
    for (var i = row * 32u; i < row * 32u + 32u; i += 4u) {
      sum += (lanes[i] + lanes[i + 1u]) + (lanes[i + 2u] + lanes[i + 3u]);
    }
  }
  workgroupBarrier();
  return sum;
}
`;

/** (B9) of one score vector, (B3), (B12) and (B5): everything of a row stays in registers. */
const twoClassTerms = (curved: boolean): string => /* wgsl */ `
  ${each((r) => `var z${r} = vec4f(theta[n].x);`)}
  for (var j = 0u; j < n; j++) {
    let w = vec4f(theta[j].x);
    let at = first + j * ${lineQuads}u;
    ${each((r) => `z${r} = fma(w, x[at + ${r * threads}u], z${r});`)}
  }
  ${each(
    (r) => `
  let u${r} = select(vec4f(0.0), rows[piece.block * ${lineQuads}u + t + ${r * threads}u], inside(t + ${r * threads}u, piece));
  let t${r} = sign(u${r}) * z${r};
  let e${r} = expNegative(abs(t${r}));
  let q${r} = 1.0 / (1.0 + e${r});
  let a${r} = select(e${r} * q${r}, q${r}, t${r} >= vec4f(0.0));
  let dz${r} = u${r} * a${r};
  loss += abs(u${r}) * (max(t${r}, vec4f(0.0)) + log1p(e${r}));
  ${
    curved
      ? `factors[slot * ${2 * lineQuads}u + t + ${r * threads}u] = a${r};
  factors[slot * ${2 * lineQuads}u + ${lineQuads + r * threads}u + t] = select(q${r}, e${r} * q${r}, t${r} >= vec4f(0.0));`
      : ''
  }`,
  )}
`;

/** (B9), (B17) to (B20) of k score vectors: scores, then exponentials, then residuals take one another's place in dz. */
const multiClassTerms = (curved: boolean): string => /* wgsl */ `
  for (var r = 0u; r < ${strips}u; r++) {
    let quad = r * ${threads}u + t;
    let own = slot * k * ${lineQuads}u + quad;
    let s = select(vec4f(0.0), rows[piece.block * ${2 * lineQuads}u + quad], inside(quad, piece));
    let y = rows[piece.block * ${2 * lineQuads}u + ${lineQuads}u + quad];
    var top = vec4f(0.0);
    for (var four = 0u; four < k; four += 4u) {
      let at = four / 4u * (n + 1u);
      let b = theta[at + n];
      var z = array(vec4f(b.x), vec4f(b.y), vec4f(b.z), vec4f(b.w));
      for (var j = 0u; j < n; j++) {
        let w = theta[at + j];
        let v = x[first + j * ${lineQuads}u + r * ${threads}u];
        z[0] = fma(vec4f(w.x), v, z[0]);
        z[1] = fma(vec4f(w.y), v, z[1]);
        z[2] = fma(vec4f(w.z), v, z[2]);
        z[3] = fma(vec4f(w.w), v, z[3]);
      }
      for (var c = four; c < min(four + 4u, k); c++) {
        dz[own + c * ${lineQuads}u] = z[c - four];
        top = max(top, z[c - four]);
      }
    }
    let reference = expNegative(top);
    let isTop = reference == vec4f(1.0);
    var ones = select(vec4f(0.0), vec4f(1.0), isTop);
    var below = select(reference, vec4f(0.0), isTop);
    var given = vec4f(0.0); // z of the row's own class
    for (var c = 0u; c < k; c++) {
      let z = dz[own + c * ${lineQuads}u];
      let e = expNegative(top - z);
      given = select(given, z, y == vec4f(f32(c + 1u)));
      ones += select(vec4f(0.0), vec4f(1.0), e == vec4f(1.0));
      below += select(e, vec4f(0.0), e == vec4f(1.0));
      dz[own + c * ${lineQuads}u] = e;
    }
    let rest = below + (ones - 1.0);
    let q = 1.0 / (1.0 + rest);
    loss += s * (select(top - given, vec4f(0.0), given == top) + log1pAny(rest));
    for (var c = 0u; c < k; c++) {
      let e = dz[own + c * ${lineQuads}u];
      let others = select(rest + 1.0 - e, rest, e == vec4f(1.0));
      dz[own + c * ${lineQuads}u] = s * q * select(e, -others, y == vec4f(f32(c + 1u)));
      ${
        curved
          ? `factors[(slot * k + c) * ${2 * lineQuads}u + quad] = e * q;
      factors[(slot * k + c) * ${2 * lineQuads}u + ${lineQuads}u + quad] = others * q;`
          : ''
      }
    }
  }
`;

/**
 * Loss and gradient of a piece: [n + 1][k], the intercept last, then the loss. `curved` also writes
 * a_c and 1 − a_c of each row and score vector, [piece][k][2][row], of which the Gram kernel makes (B20).
 */
export function sumsKernel({ twoClasses, curved }: Kind): string {
  const residual = (r: number): string =>
    twoClasses ? `dz${r}` : `dz[(slot * k + o % k) * ${lineQuads}u + t + ${r * threads}u]`;
  return /* wgsl */ `
${inputs}
${scoreInputs}
${twoClasses ? '' : '@group(0) @binding(6) var<storage, read_write> dz: array<vec4f>; // [piece][k][row]'}
${curved ? '@group(0) @binding(7) var<storage, read_write> factors: array<vec4f>;' : ''}
${arithmetic}
${reduction}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let slot = group.x;
  let n = shape.features;
  let k = shape.vectors;
  let piece = pieces[shape.firstPiece + slot];
  let first = piece.block * n * ${lineQuads}u + t;
  var loss = vec4f(0.0);
  ${twoClasses ? twoClassTerms(curved) : multiClassTerms(curved)}
  let width = (n + 1u) * k + 1u;
  for (var tile = shape.firstSum; tile < width; tile += 8u) {
    for (var i = 0u; i < 8u; i++) {
      let o = tile + i;
      let j = o / k;
      var sum = 0.0;
      if (j < n) {
        let at = first + j * ${lineQuads}u;
        ${each((r) => `sum += dot(x[at + ${r * threads}u], ${residual(r)});`)}
      } else if (j == n) {
        ${each((r) => `sum += dot(vec4f(1.0), ${residual(r)});`)}
      } else if (o + 1u == width) {
        sum = dot(vec4f(1.0), loss);
      }
      lanes[i * ${threads}u + t] = sum;
    }
    let total = addLanes(t);
    let o = tile + t / 32u;
    if (t % 32u == 0u && o < width) { sums[shape.out + slot * width + o] = total; }
  }
}`;
}

/** (B9) Z of a piece, [k][row]; the third index of the workgroup is the score vector. */
export const scoresKernel = /* wgsl */ `
${inputs.replace(/^.*var<storage, read> rows.*$/m, '')}
${scoreInputs}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) t: u32) {
  let n = shape.features;
  let c = group.z;
  let piece = pieces[shape.firstPiece + group.x];
  for (var quad = t; quad < ${lineQuads}u; quad += ${threads}u) {
    var z = vec4f(theta[c / 4u * (n + 1u) + n][c % 4u]);
    for (var j = 0u; j < n; j++) {
      z = fma(vec4f(theta[c / 4u * (n + 1u) + j][c % 4u]), x[(piece.block * n + j) * ${lineQuads}u + quad], z);
    }
    let at = shape.out + (group.x * shape.vectors + c) * ${blockRows}u + 4u * quad;
    for (var i = 0u; i < 4u; i++) { sums[at + i] = z[i]; }
  }
}`;

/**
 * (B15) a tile of [X; 1]·diag(d)·[X; 1]ᵀ with d of (B20): for a pair of tiles of features, lower triangle only, a group of pieces
 * and a pair of score vectors. 8 × 8 threads with micro × micro numbers each, summed over 32 to 128 rows, then a piece, then the group.
 */
export function gramKernel(micro: number): string {
  const tile = 8 * micro;
  const quads = micro === 1 ? 32 : micro === 2 ? 16 : 8; // of rows that are summed between two barriers
  const cells = (line: (a: number, b: number) => string): string =>
    Array.from({ length: micro * micro }, (_, at) => line(Math.floor(at / micro), at % micro)).join('\n');
  const edges = (line: (a: number) => string): string => Array.from({ length: micro }, (_, a) => line(a)).join('\n');
  return /* wgsl */ `
${inputs}
@group(0) @binding(4) var<storage, read> factors: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> gram: array<f32>; // [pair of vectors][group][pair of tiles][tile][tile]
var<workgroup> left: array<vec4f, ${tile * quads}>; // [quad][feature]
var<workgroup> right: array<vec4f, ${tile * quads}>;
var<workgroup> curvatures: array<vec4f, ${quads}>;

fn feature(j: u32, block: u32, quad: u32) -> vec4f {
  if (j < shape.features) { return x[(block * shape.features + j) * ${lineQuads}u + quad]; }
  return vec4f(select(0.0, 1.0, j == shape.features));
}

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) t: u32,
) {
  let k = shape.vectors;
  var J = 0u; // the tiles J ≥ K of pair x
  var K = group.x;
  while (K > J) { J++; K -= J; }
  var c = 0u; // the score vectors c ≤ d of pair z
  var d = shape.firstPair + group.z;
  while (d >= k - c) { d -= k - c; c++; }
  d += c;
  let lines = select(1u, 2u, k > 1u);
  let row = t / 8u;
  let column = t % 8u;
  ${cells((a, b) => `var all${a}_${b} = 0.0;`)}
  let end = min((group.y + 1u) * shape.piecesInGroup, shape.pieces);
  for (var slot = group.y * shape.piecesInGroup; slot < end; slot++) {
    let piece = pieces[shape.firstPiece + slot];
    ${cells((a, b) => `var sum${a}_${b} = 0.0;`)}
    for (var at = piece.begin / ${4 * quads}u * ${quads}u; 4u * at < piece.end; at += ${quads}u) {
      workgroupBarrier();
      if (t < ${quads}u) {
        let quad = at + t;
        let rowOf = vec4u(4u * quad) + vec4u(0u, 1u, 2u, 3u);
        let isInside = (rowOf >= vec4u(piece.begin)) & (rowOf < vec4u(piece.end));
        let weight = select(vec4f(0.0), abs(rows[piece.block * lines * ${lineQuads}u + quad]), isInside);
        let a = factors[(slot * k + c) * ${2 * lineQuads}u + quad];
        let other = select(
          -factors[(slot * k + d) * ${2 * lineQuads}u + quad],
          factors[(slot * k + c) * ${2 * lineQuads}u + ${lineQuads}u + quad],
          c == d,
        );
        curvatures[t] = weight * a * other;
      }
      workgroupBarrier();
      for (var i = t; i < ${tile * quads}u; i += 64u) {
        let f = i / ${quads}u;
        let q = i % ${quads}u;
        left[q * ${tile}u + f] = curvatures[q] * feature(J * ${tile}u + f, piece.block, at + q);
        right[q * ${tile}u + f] = feature(K * ${tile}u + f, piece.block, at + q);
      }
      workgroupBarrier();
      ${cells((a, b) => `var part${a}_${b} = 0.0;`)}
      for (var q = 0u; q < ${quads}u; q++) {
        ${edges((a) => `let left${a} = left[q * ${tile}u + row * ${micro}u + ${a}u];`)}
        ${edges((b) => `let right${b} = right[q * ${tile}u + column * ${micro}u + ${b}u];`)}
        ${cells((a, b) => `part${a}_${b} += dot(left${a}, right${b});`)}
      }
      ${cells((a, b) => `sum${a}_${b} += part${a}_${b};`)}
    }
    ${cells((a, b) => `all${a}_${b} += sum${a}_${b};`)}
  }
  let tileAt = (group.z * groups.y + group.y) * groups.x + group.x;
  let base = shape.out + tileAt * ${tile * tile}u + row * ${micro * tile}u + column * ${micro}u;
  ${cells((a, b) => `gram[base + ${a * tile + b}u] = all${a}_${b};`)}
}`;
}
