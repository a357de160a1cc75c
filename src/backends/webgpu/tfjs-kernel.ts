/**
 * The kernel LogisticLossGradient on TensorFlow.js's webgpu backend: programs that the backend compiles, over tensors
 * that the application made there. X stays the tensor it is; loss, dW and db stay on the device. One program adds the
 * rows of each block, the other the blocks. The arithmetic is that of the kernels beside it.
 */
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import { LogisticError } from '../../errors.ts';
import { checkInputs, type KernelInputs } from '../tfjs-inputs.ts';
import { arithmetic } from './arithmetic.ts';

const threads = 256;
/** Rows of a thread, as vectors of four. */
const quads = 4;
const blockRows = threads * 4 * quads;
/** Workgroups that WebGPU runs in one dimension. */
const mostGroups = 65535;

/** A program as the backend takes it. */
interface Program {
  readonly variableNames: readonly string[];
  readonly uniforms: string;
  readonly outputShape: readonly number[];
  /** Workgroups. */
  readonly dispatch: readonly [number, number, number];
  readonly dispatchLayout: { readonly x: readonly number[] };
  readonly workgroupSize: readonly [number, number, number];
  /** Whether a thread is one number of the result. */
  readonly size: boolean;
  readonly shaderKey: string;
  getUserCode(): string;
}

/** What is asked of the webgpu backend itself. */
interface WebgpuBackend {
  readonly tensorMap: { has(id: object): boolean };
  readonly device: { readonly limits: { readonly maxStorageBufferBindingSize: number } };
  runWebGPUProgram(
    program: Program,
    inputs: readonly TensorInfo[],
    dtype: 'float32',
    uniforms: readonly { readonly type: 'int32'; readonly data: readonly number[] }[],
  ): TensorInfo;
  disposeData(dataId: object): void;
}

const common = { dispatchLayout: { x: [0] }, size: false } as const;

/** Sums of each block of rows, [blocks, n + 3]: X·(s∘dZ)ᵀ, Σ s·dz, Σ s·ℓ, Σ s. */
function blockSums(n: number, m: number, weighted: boolean): Program {
  const blocks = Math.ceil(m / blockRows);
  return {
    ...common,
    variableNames: ['x', 'y', 'w', 'b', ...(weighted ? ['s'] : [])],
    uniforms: 'features: i32, rows: i32,',
    outputShape: [blocks, n + 3],
    dispatch: [blocks, 1, 1],
    workgroupSize: [threads, 1, 1],
    shaderKey: `logisticBlockSums${weighted}`,
    getUserCode: () => blockSumsCode(weighted),
  };
}

/** Four numbers of a line of X, y or s from `at`, each `threads` after the last; 0 after the last row. */
const gather = (name: string): string => `
fn ${name}At(line: i32, first: i32) -> vec4f {
  var v = vec4f(0.0);
  for (var i = 0; i < 4; i++) {
    let row = first + i * ${threads};
    if (row < uniforms.rows) { v[i] = ${name}[line * uniforms.rows + row]; }
  }
  return v;
}`;

const blockSumsCode = (weighted: boolean): string => `
${arithmetic}
${gather('x')}
${gather('y')}
${weighted ? gather('s') : ''}
fn inside(first: i32) -> vec4f {
  return select(vec4f(0.0), vec4f(1.0), vec4i(first) + ${threads} * vec4i(0, 1, 2, 3) < vec4i(uniforms.rows));
}
var<workgroup> lanes: array<f32, ${8 * threads}>;
fn main(index: i32) {
  let n = uniforms.features;
  let t = i32(localId.x);
  let first = i32(workgroupId.x) * ${blockRows} + t;
  var dz: array<vec4f, ${quads}>;
  var db = 0.0;
  var loss = 0.0;
  var weight = 0.0;
  for (var q = 0; q < ${quads}; q++) {
    let row = first + q * ${4 * threads};
    var z = vec4f(b[0]);
    for (var j = 0; j < n; j++) { z = fma(vec4f(w[j]), xAt(j, row), z); }
    let s = ${weighted ? 'sAt(0, row)' : 'inside(row)'};
    let sign = 1.0 - 2.0 * yAt(0, row);
    let margin = sign * z;
    let e = expNegative(abs(margin));
    let p = 1.0 / (1.0 + e);
    dz[q] = s * sign * select(e * p, p, margin >= vec4f(0.0));
    db += dot(dz[q], vec4f(1.0));
    loss += dot(s, max(margin, vec4f(0.0)) + log1p(e));
    weight += dot(s, vec4f(1.0));
  }
  for (var group = 0; group < n + 3; group += 8) {
    for (var k = 0; k < 8; k++) {
      let j = group + k;
      var sum = select(select(weight, loss, j == n + 1), db, j == n);
      if (j < n) {
        sum = 0.0;
        for (var q = 0; q < ${quads}; q++) { sum += dot(dz[q], xAt(j, first + q * ${4 * threads})); }
      }
      lanes[k * ${threads} + t] = sum;
    }
    workgroupBarrier();
    let line = t / 32;
    var sum = 0.0;
    for (var k = 0; k < 8; k++) { sum += lanes[line * ${threads} + k * 32 + t % 32]; }
    workgroupBarrier();
    lanes[t] = sum;
    workgroupBarrier();
    if (t % 32 == 0 && group + line < n + 3) {
      sum = 0.0;
      for (var k = 0; k < 32; k++) { sum += lanes[t + k]; }
      result[i32(workgroupId.x) * (n + 3) + group + line] = sum;
    }
    workgroupBarrier();
  }
}`;

/** Means of columns first … of the blocks' sums: their sum over the blocks, divided by that of the last column, Σ s. */
function means(outputShape: readonly number[], count: number): Program {
  return {
    ...common,
    variableNames: ['sums'],
    uniforms: 'blocks: i32, width: i32, first: i32,',
    outputShape,
    dispatch: [count, 1, 1],
    workgroupSize: [64, 1, 1],
    shaderKey: 'logisticMeans',
    getUserCode: () => meansCode,
  };
}

const meansCode = `
var<workgroup> lanes: array<vec2f, 64>;
fn main(index: i32) {
  let column = i32(workgroupId.x);
  let t = i32(localId.x);
  var sum = vec2f(0.0);
  for (var block = t; block < uniforms.blocks; block += 64) {
    let row = block * uniforms.width;
    sum += vec2f(sums[row + uniforms.first + column], sums[row + uniforms.width - 1]);
  }
  lanes[t] = sum;
  for (var half = 32; half > 0; half /= 2) {
    workgroupBarrier();
    if (t < half) { lanes[t] += lanes[t + half]; }
  }
  if (t == 0) { result[column] = lanes[0].x / lanes[0].y; }
}`;

export const runOnWebgpu: KernelFunc = ({ inputs, backend }) => {
  const webgpu = backend as unknown as WebgpuBackend;
  const { x, y, w, b, weights } = inputs as unknown as KernelInputs;
  const { n, m } = checkInputs({ x, y, w, b, weights }, { name: 'webgpu', has: (id) => webgpu.tensorMap.has(id) });
  const blocks = Math.ceil(m / blockRows);
  const most = webgpu.device.limits.maxStorageBufferBindingSize;
  if (4 * n * m > most || Math.max(blocks, n) > mostGroups) {
    throw new LogisticError('too-large', `x [${n},${m}] is larger than this GPU takes in one piece, ${most} bytes`, {
      hint: 'evaluate fewer rows at a time and add',
    });
  }
  const integer = (value: number) => ({ type: 'int32', data: [value] }) as const;
  const given = [x, y, w, b, ...(weights ? [weights] : [])];
  const sums = webgpu.runWebGPUProgram(blockSums(n, m, weights !== undefined), given, 'float32', [
    integer(n),
    integer(m),
  ]);
  const meanOf = (shape: readonly number[], first: number, count: number): TensorInfo =>
    webgpu.runWebGPUProgram(means(shape, count), [sums], 'float32', [integer(blocks), integer(n + 3), integer(first)]);
  const results = [meanOf([], n + 1, 1), meanOf([n, 1], 0, n), meanOf(b.shape, n, 1)];
  webgpu.disposeData(sums.dataId);
  return results;
};
