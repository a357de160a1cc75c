/**
 * A problem's numbers from its seed alone, the same on every machine: correlated normal columns with a given condition,
 * some of them cut to 0/1 indicators, all standardised; labels drawn from a softmax model. Problems of more rows than
 * are worth drawing repeat those that were drawn.
 */
import { createRandom } from '../math/random.ts';
import type { RowSource } from '../rows/contract.ts';

export interface ProblemShape {
  readonly rows: number;
  readonly features: number;
  /** K */
  readonly classes: number;
  /** Condition number of the covariance from which the numeric columns are drawn. */
  readonly condition: number;
  /** Standard deviation of the true scores of each class but the first: 1 is hard to tell apart, 10 nearly separable. */
  readonly separability: number;
  /** Share of the columns that are 0/1 indicators (then standardised, as all columns are). */
  readonly indicators: number;
  readonly seed: number;
}

/** Columns of the standardised design, feature-major, and the class of each row, 0 … K − 1. */
export interface Numbers {
  readonly columns: readonly Float64Array[];
  readonly y: Float64Array;
}

const intercept = -0.5;
/** Reflections that mix the columns: three make every column depend on every other. */
const reflections = 3;

/** Numbers that are drawn, which take a fraction of a second; of more rows than these have the first come again. */
const drawnCells = 2 ** 21;
const fewestDistinctRows = 1024;

/** How many rows of a large problem differ. */
export function distinctRows({ rows, features }: Pick<ProblemShape, 'rows' | 'features'>): number {
  return Math.min(rows, Math.max(fewestDistinctRows, Math.floor(drawnCells / features)));
}

/** The numbers as what a backend places: `rows` of them, from the first again after the last. */
export function sourceOf({ columns, y }: Numbers, classes: number, rows = y.length): RowSource {
  const repeated = (x: Float64Array) => (from: number, into: Float64Array) => {
    for (let at = 0; at < into.length; ) {
      const begin = (from + at) % x.length;
      const run = x.subarray(begin, begin + into.length - at);
      into.set(run, at);
      at += run.length;
    }
  };
  return {
    rows,
    columns: columns.map((x) => ({ kind: 'dense', mean: 0, scale: 1, read: repeated(x) })),
    classes,
    labels: Uint8Array.from({ length: rows }, (_, i) => y[i % y.length]!),
  };
}

/** All columns are parts of one buffer, one after the other. */
export function generate(problem: ProblemShape): Numbers {
  const { rows, features } = problem;
  const random = createRandom(problem.seed);
  const normal = normals(random);
  const columns = split(new Float64Array(rows * features), rows);
  const mix = mixing(problem, normal);
  const latent = new Float64Array(features);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < features; j++) latent[j] = normal();
    mix(latent);
    for (let j = 0; j < features; j++) columns[j]![i] = latent[j]!;
  }
  const indicators = Math.round(features * problem.indicators);
  for (const x of columns.slice(0, indicators)) cut(x, 0.05 + 0.45 * random());
  columns.forEach(standardise);
  return { columns, y: labels(columns, problem, { random, normal }) };
}

/** An array of so many numbers a column as its columns. */
export function split(all: Float64Array, rows: number): Float64Array[] {
  return Array.from({ length: all.length / rows }, (_, j) => all.subarray(j * rows, (j + 1) * rows));
}

/** Standard normal numbers by Marsaglia's polar method (Knuth, The Art of Computer Programming 2, 3.4.1 P). */
function normals(random: () => number): () => number {
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * random() - 1;
      const v = 2 * random() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      spare = v * factor;
      return u * factor;
    }
  };
}

/** g ↦ H₃H₂H₁·Λ^½·g, so that the covariance has eigenvalues from 1 down to 1/condition, evenly in the logarithm. */
function mixing({ features, condition }: ProblemShape, normal: () => number): (g: Float64Array) => void {
  const scale = Float64Array.from({ length: features }, (_, j) => condition ** (-j / (2 * Math.max(1, features - 1))));
  const directions = Array.from({ length: reflections }, () => {
    const v = Float64Array.from({ length: features }, normal);
    const length = Math.hypot(...v);
    return v.map((value) => value / length);
  });
  return (g) => {
    for (let j = 0; j < features; j++) g[j]! *= scale[j]!;
    for (const v of directions) {
      let along = 0;
      for (let j = 0; j < features; j++) along += v[j]! * g[j]!;
      for (let j = 0; j < features; j++) g[j]! -= 2 * along * v[j]!;
    }
  };
}

/** Cuts a column to 1 in about this share of its rows, else 0. */
function cut(x: Float64Array, share: number): void {
  const sample = Float64Array.from({ length: Math.min(x.length, 10_000) }, (_, i) => x[i]!).sort();
  const threshold = sample[Math.floor(sample.length * (1 - share))]!;
  for (let i = 0; i < x.length; i++) x[i] = x[i]! > threshold ? 1 : 0;
}

function standardise(x: Float64Array): void {
  let sum = 0;
  for (const value of x) sum += value;
  const mean = sum / x.length;
  let squares = 0;
  for (const value of x) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / x.length);
  for (let i = 0; i < x.length; i++) x[i] = (x[i]! - mean) / deviation;
}

/** Class of each row, drawn with probabilities a_c = 1 / Σ_d e^(z_d − z_c), where z_0 = 0. */
function labels(
  columns: readonly Float64Array[],
  problem: ProblemShape,
  { random, normal }: { random: () => number; normal: () => number },
): Float64Array {
  const scores = Array.from({ length: problem.classes - 1 }, () => trueScores(columns, problem, normal));
  const z = new Float64Array(problem.classes);
  return Float64Array.from({ length: problem.rows }, (_, i) => {
    scores.forEach((own, c) => {
      z[c + 1] = own[i]!;
    });
    let left = random();
    for (let c = 1; c < z.length; c++) {
      let sum = 1;
      for (let d = 0; d < z.length; d++) if (d !== c) sum += Math.exp(z[d]! - z[c]!);
      left -= 1 / sum;
      if (left < 0) return c;
    }
    return 0;
  });
}

/** Scores of one class against the first, by coefficients from a normal distribution. */
function trueScores(columns: readonly Float64Array[], problem: ProblemShape, normal: () => number): Float64Array {
  const z = new Float64Array(problem.rows);
  for (const x of columns) {
    const w = normal();
    for (let i = 0; i < z.length; i++) z[i]! += w * x[i]!;
  }
  standardise(z);
  return z.map((score) => problem.separability * score + intercept);
}
