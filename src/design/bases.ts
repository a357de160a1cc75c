/**
 * The columns that a function makes of a column of numbers, decided on the training rows, which count alike whatever they
 * weigh, as in R: orthogonal polynomials, splines, a centre. All become polynomials between knots, so that the model file
 * holds what training found and whoever scores needs one evaluator (predict/basis.ts).
 * Sources: R's `poly` (Kennedy & Gentle, Statistical Computing, 1980, pp. 343–344), and `bs` and `ns` of its package
 * splines (Hastie in Chambers & Hastie, Statistical Models in S, 1992, chapter 7); de Boor, A Practical Guide to Splines.
 */
import { LogisticError } from '../errors.ts';
import { sum } from '../math/vector.ts';
import type { NumericBasis, Polynomial } from '../predict/model-file.ts';
import { labelOf } from './expand-terms.ts';
import { orderStatistics } from './order-statistics.ts';
import type { SplineTransform, Variable } from './term-tree.ts';

/** The numbers of a column, which are gone through as often as they are asked for: some rows at a time. */
export interface ColumnValues {
  /** How many training rows there are. */
  readonly training: number;
  over(which: 'training' | 'all', visit: (values: Float64Array) => void): Promise<void>;
}

/** The bases of a variable, one for each of its columns, from the numbers of its column. */
export async function fitBases(variable: Variable, values: ColumnValues): Promise<NumericBasis[]> {
  const { transform } = variable;
  switch (transform.kind) {
    case 'plain':
    case 'category':
      return [{ kind: 'identity' }];
    case 'center':
      return [polynomial({ origin: await meanOf(values), unit: 1, coefficients: [0, 1] })];
    case 'poly':
      return transform.raw ? powers(transform.degree) : orthogonal(variable, transform.degree, values);
    case 'ns':
    case 'bs':
      return spline(variable, transform, values);
    default:
      await requireDomain(variable, transform.kind, values);
      return [{ kind: transform.kind }];
  }
}

const polynomial = (piece: Polynomial): NumericBasis => ({ kind: 'piecewise', knots: [], pieces: [piece] });

/** x, x², … */
const powers = (degree: number): NumericBasis[] =>
  Array.from({ length: degree }, (_, k) =>
    polynomial({ origin: 0, unit: 1, coefficients: [...Array<number>(k + 1).fill(0), 1] }),
  );

const domains = { log: 'above 0', log1p: 'above −1', sqrt: 'at least 0' } as const;
const advice = {
  log: 'log1p(x) takes 0; or leave those rows out',
  log1p: 'leave those rows out, or use x itself',
  sqrt: 'leave those rows out, or use x itself',
} as const;

async function requireDomain({ column }: Variable, kind: keyof typeof domains, values: ColumnValues): Promise<void> {
  let [outside, rows] = [0, 0];
  await values.over('all', (some) => {
    rows += some.length;
    for (const x of some) if (!Number.isFinite(Math[kind](x))) outside++;
  });
  if (outside === 0) return;
  throw new LogisticError(
    'outside-domain',
    `${kind}(${column}): ${outside} of ${rows} rows hold a number that is not ${domains[kind]}`,
    { hint: advice[kind], details: { column, rows: outside } },
  );
}

/** Of the training rows. */
async function meanOf({ training, over }: ColumnValues): Promise<number> {
  let first: number | undefined;
  let shift = 0;
  await over('training', (some) => {
    first ??= some[0]!;
    let own = 0;
    for (const x of some) own += (x - first) / training;
    shift += own;
  });
  return first! + shift;
}

/**
 * Polynomials p_1 … p_degree in t = (x − mean)/unit of length 1 and orthogonal to each other and to 1 over the rows, by
 * the three-term recurrence q_{k+1} = (t − α_k)·q_k − (‖q_k‖²/‖q_{k−1}‖²)·q_{k−1}, α_k = Σ t·q_k²/‖q_k‖², p = q/‖q‖. The unit
 * is the largest distance from the mean.
 */
async function orthogonal(variable: Variable, degree: number, values: ColumnValues): Promise<NumericBasis[]> {
  const origin = await meanOf(values);
  const distinct = new Set<number>();
  let unit = 0;
  await values.over('training', (some) => {
    for (const x of some) {
      if (distinct.size <= degree) distinct.add(x);
      unit = Math.max(unit, Math.abs(x - origin));
    }
  });
  if (distinct.size <= degree) {
    throw new LogisticError(
      'bad-term',
      `${labelOf(variable)}: ${variable.column} has ${distinct.size} different values, and degree ${degree} needs more`,
      { hint: 'choose a lower degree' },
    );
  }
  const steps: Step[] = [];
  let [before, own] = [[0], [1]]; // coefficients of q_{k−1} and q_k
  let lengthBefore = 1;
  const bases: NumericBasis[] = [];
  for (let k = 0; k <= degree; k++) {
    const sums: PolynomialSums = { square: 0, product: 0 };
    await values.over('training', (some) => addPolynomial(sums, some, { origin, unit }, steps));
    const { square: length, product } = sums;
    const norm = Math.sqrt(length);
    if (k > 0) bases.push(polynomial({ origin, unit, coefficients: own.map((c) => c / norm) }));
    const step = { alpha: product / length, beta: k === 0 ? 0 : length / lengthBefore };
    steps.push(step);
    const next = Array.from(
      { length: k + 2 },
      (_, j) => (own[j - 1] ?? 0) - step.alpha * (own[j] ?? 0) - step.beta * (before[j] ?? 0),
    );
    [before, own, lengthBefore] = [own, next, length];
  }
  return bases;
}

/** q_{k+1} = (t − alpha)·q_k − beta·q_{k−1} */
interface Step {
  readonly alpha: number;
  readonly beta: number;
}

interface PolynomialSums {
  square: number;
  product: number;
}

/** Adds Σ q² and Σ t·q² of the polynomial that the steps lead to. */
function addPolynomial(
  sums: PolynomialSums,
  values: Float64Array,
  { origin, unit }: { readonly origin: number; readonly unit: number },
  steps: readonly Step[],
): void {
  let [square, product] = [0, 0];
  for (const x of values) {
    const t = (x - origin) / unit;
    let [before, own] = [0, 1];
    for (const { alpha, beta } of steps) [before, own] = [own, (t - alpha) * own - beta * before];
    square += own * own;
    product += t * own * own;
  }
  sums.square += square;
  sums.product += product;
}

/**
 * `bs` without an intercept: all B-splines but the first, continued as polynomials beyond the training range. `ns`: of the
 * cubic ones those combinations whose second derivative is 0 at both ends, continued as lines.
 */
async function spline(variable: Variable, { kind, df, knots, degree }: SplineTransform, values: ColumnValues) {
  const last = values.training - 1;
  const count = df === undefined ? 0 : kind === 'ns' ? df - 1 : df - degree;
  const shares = Array.from({ length: count }, (_, i) => (last * (i + 1)) / (count + 1));
  const around = shares.flatMap((place) => [Math.floor(place), Math.ceil(place)]);
  const sorted = await orderStatistics([0, last, ...around], (visit) => values.over('training', visit));
  const [low, high] = [sorted.get(0)!, sorted.get(last)!];
  const interior = knots ?? shares.map((place) => quantile(sorted, place));
  const places = [low, ...interior, high];
  if (places.some((knot, i) => i > 0 && !(knot > places[i - 1]!))) {
    throw new LogisticError(
      'bad-term',
      `${labelOf(variable)}: its knots ${interior.join(', ')} should ascend strictly between ${low} and ${high}, the range of the training rows`,
      { hint: knots ? 'choose knots inside' : 'choose a lower df, or knots of your own' },
    );
  }
  // [interval][B-spline][power], without the first B-spline
  const pieces = Array.from({ length: places.length - 1 }, (_, i) => piecesOf(places, degree, i).slice(1));
  return kind === 'bs' ? unrestricted(places, pieces) : natural(places, pieces);
}

/** R's quantile of type 7: the value at a place between 0 and m − 1 of the sorted ones, on the line between its neighbours. */
function quantile(sorted: ReadonlyMap<number, number>, place: number): number {
  const below = Math.floor(place);
  const [left, right] = [sorted.get(below)!, sorted.get(Math.ceil(place))!];
  return left + (place - below) * (right - left);
}

/**
 * All B-splines of a degree on the i-th interval between places, as coefficients of powers of t = (x − start)/width, by
 * their recurrence B_j,d = (x − τ_j)/(τ_{j+d} − τ_j)·B_j,d−1 + (τ_{j+d+1} − x)/(τ_{j+d+1} − τ_{j+1})·B_{j+1},d−1.
 */
function piecesOf(places: readonly number[], degree: number, i: number): number[][] {
  const last = places.length - 1;
  const tau = (j: number): number => places[Math.min(last, Math.max(0, j - degree))]!;
  const [start, width] = [places[i]!, places[i + 1]! - places[i]!];
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

function unrestricted(places: readonly number[], pieces: Pieces): NumericBasis[] {
  return pieces[0]!.map((_, j) => ({
    kind: 'piecewise',
    knots: places.slice(1, -1),
    pieces: pieces.map((of, i) => pieceOf(places, i, of[j]!)),
  }));
}

const pieceOf = (places: readonly number[], i: number, coefficients: readonly number[]): Polynomial => ({
  origin: places[i]!,
  unit: places[i + 1]! - places[i]!,
  coefficients,
});

function natural(places: readonly number[], pieces: Pieces): NumericBasis[] {
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
      knots: places,
      pieces: [
        pieceOf(places, 0, [c0, c1]),
        ...own.map((coefficients, i) => pieceOf(places, i, coefficients)),
        {
          origin: places[last + 1]!,
          unit: places[last + 1]! - places[last]!,
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
