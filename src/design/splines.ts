/**
 * Splines between given knots as polynomials of each interval. Sources: `bs` and `ns` of R's package splines (Hastie in
 * Chambers & Hastie, Statistical Models in S, 1992, chapter 7); de Boor, A Practical Guide to Splines.
 */
import { sum } from '../math/vector.ts';
import type { NumericBasis, Polynomial } from '../predict/model-file.ts';

/**
 * `bs` without an intercept: all B-splines but the first, continued as polynomials beyond the knots. `ns`: of the cubic ones
 * those combinations whose second derivative is 0 at both ends, continued as lines. `knots`: those at the ends too.
 */
export function splineBases(kind: 'bs' | 'ns', knots: readonly number[], degree: number): NumericBasis[] {
  // [interval][B-spline][power], without the first B-spline
  const pieces = Array.from({ length: knots.length - 1 }, (_, i) => piecesOf(knots, degree, i).slice(1));
  return kind === 'bs' ? unrestricted(knots, pieces) : natural(knots, pieces);
}

/**
 * All B-splines of a degree on the i-th interval between knots, as coefficients of powers of t = (x − start)/width, by
 * their recurrence B_j,d = (x − τ_j)/(τ_{j+d} − τ_j)·B_j,d−1 + (τ_{j+d+1} − x)/(τ_{j+d+1} − τ_{j+1})·B_{j+1},d−1.
 */
function piecesOf(knots: readonly number[], degree: number, i: number): number[][] {
  const last = knots.length - 1;
  const tau = (j: number): number => knots[Math.min(last, Math.max(0, j - degree))]!;
  const [start, width] = [knots[i]!, knots[i + 1]! - knots[i]!];
  const count = last + degree;
  let own = Array.from({ length: count + degree }, (_, j) => (j === i + degree ? [1] : [0]));
  for (let d = 1; d <= degree; d++) {
    own = Array.from({ length: count + degree - d }, (_, j) => {
      const rising = tau(j + d) - tau(j);
      const falling = tau(j + d + 1) - tau(j + 1);
      const up = rising > 0 ? timesLine(own[j]!, (start - tau(j)) / rising, width / rising) : [];
      const down = falling > 0 ? timesLine(own[j + 1]!, (tau(j + d + 1) - start) / falling, -width / falling) : [];
      return Array.from({ length: d + 1 }, (__, power) => (up[power] ?? 0) + (down[power] ?? 0));
    });
  }
  return own;
}

/** A polynomial times a + b·t. */
const timesLine = (of: readonly number[], a: number, b: number): number[] =>
  Array.from({ length: of.length + 1 }, (_, power) => a * (of[power] ?? 0) + b * (of[power - 1] ?? 0));

type Pieces = readonly (readonly (readonly number[])[])[];

function unrestricted(knots: readonly number[], pieces: Pieces): NumericBasis[] {
  return pieces[0]!.map((_, j) => ({
    kind: 'piecewise',
    knots: knots.slice(1, -1),
    pieces: pieces.map((of, i) => pieceOf(knots, i, of[j]!)),
  }));
}

const pieceOf = (knots: readonly number[], i: number, coefficients: readonly number[]): Polynomial => ({
  origin: knots[i]!,
  unit: knots[i + 1]! - knots[i]!,
  coefficients,
});

function natural(knots: readonly number[], pieces: Pieces): NumericBasis[] {
  const last = pieces.length - 1;
  // Second derivatives at both ends, to a factor.
  const rotate = householder([pieces[0]!.map(([, , c]) => c!), pieces[last]!.map(([, , c, d]) => c! + 3 * d!)]);
  // [interval][power][column]
  const rotated = pieces.map((of) =>
    Array.from({ length: 4 }, (_, power) => rotate(of.map((own) => own[power] ?? 0)).slice(2)),
  );
  return rotated[0]![0]!.map((_, column) => {
    const own = rotated.map((of) => of.map((powers) => powers[column]!));
    const [c0, c1] = own[0] as [number, number];
    const end = own[last]!;
    const slope = end.reduce((total, c, power) => total + power * c, 0);
    return {
      kind: 'piecewise',
      knots,
      pieces: [
        pieceOf(knots, 0, [c0, c1]),
        ...own.map((coefficients, i) => pieceOf(knots, i, coefficients)),
        {
          origin: knots[last + 1]!,
          unit: knots[last + 1]! - knots[last]!,
          coefficients: [sum(Float64Array.from(end)), slope],
        },
      ],
    };
  });
}

/** Qᵀ of the matrix with these columns, by Householder's reflections with LINPACK's signs, on which R's columns depend. */
function householder(columns: readonly (readonly number[])[]): (y: readonly number[]) => number[] {
  const reflections: number[][] = [];
  const apply = (y: readonly number[]): number[] => {
    const result = [...y];
    for (const [l, u] of reflections.entries()) {
      const factor = -result.reduce((total, own, i) => total + own * u[i]!, 0) / u[l]!;
      for (let i = l; i < result.length; i++) result[i]! += factor * u[i]!;
    }
    return result;
  };
  for (const [l, column] of columns.entries()) {
    const own = apply(column).map((value, i) => (i < l ? 0 : value));
    const norm = Math.hypot(...own) * (own[l]! < 0 ? -1 : 1);
    reflections.push(own.map((value, i) => value / norm + Number(i === l)));
  }
  return apply;
}
