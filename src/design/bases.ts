/**
 * The columns that a function makes of a column of numbers, decided on the training rows, which count alike whatever they
 * weigh, as in R: orthogonal polynomials, splines, a centre. All become polynomials between knots, so that the model file
 * holds what training found and whoever scores needs one evaluator (predict/basis.ts).
 * Source: R's `poly` (Kennedy & Gentle, Statistical Computing, 1980, pp. 343–344).
 */
import { LogisticError } from '../errors.ts';
import type { NumericBasis, Polynomial } from '../predict/model-file.ts';
import { labelOf } from './expand-terms.ts';
import { orderStatistics } from './order-statistics.ts';
import { splineBases } from './splines.ts';
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

/** With knots at quantiles, where none are given. */
async function spline(variable: Variable, { kind, df, knots, degree }: SplineTransform, values: ColumnValues) {
  const last = values.training - 1;
  const count = df === undefined ? 0 : kind === 'ns' ? df - 1 : df - degree;
  const shares = Array.from({ length: count }, (_, i) => (last * (i + 1)) / (count + 1));
  const around = shares.flatMap((place) => [Math.floor(place), Math.ceil(place)]);
  const sorted = await orderStatistics([0, last, ...around], (visit) => values.over('training', visit));
  const [low, high] = [sorted.get(0)!, sorted.get(last)!];
  const interior = knots ?? shares.map((place) => quantile(sorted, place));
  const all = [low, ...interior, high];
  if (all.some((knot, i) => i > 0 && !(knot > all[i - 1]!))) {
    throw new LogisticError(
      'bad-term',
      `${labelOf(variable)}: its knots ${interior.join(', ')} should ascend strictly between ${low} and ${high}, the range of the training rows`,
      { hint: knots ? 'choose knots inside' : 'choose a lower df, or knots of your own' },
    );
  }
  return splineBases(kind, all, degree);
}

/** R's quantile of type 7: the value at a place between 0 and m − 1 of the sorted ones, on the line between its neighbours. */
function quantile(sorted: ReadonlyMap<number, number>, place: number): number {
  const below = Math.floor(place);
  const [left, right] = [sorted.get(below)!, sorted.get(Math.ceil(place))!];
  return left + (place - below) * (right - left);
}
