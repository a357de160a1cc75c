/**
 * A problem's numbers from its seed: correlated normal columns with a given condition, some of them cut
 * to 0/1 indicators, all standardised; labels drawn from a softmax model. Written once as raw
 * little-endian float64, feature-major, into benchmarks/data, from where every contender loads them.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRandom } from '../src/math/random.ts';
import type { Data } from './contender.ts';
import type { Problem } from './problems.ts';

const folder = 'benchmarks/data';
const intercept = -0.5;
/** Reflections that mix the columns: three make every column depend on every other. */
const reflections = 3;

export interface PlacedProblem {
  readonly problem: Problem;
  readonly matrix: string;
  readonly labels: string;
}

/** Where the problem's numbers lie; they are made when they do not yet exist. */
export function placeProblem(problem: Problem): PlacedProblem {
  const stem = `${folder}/${problem.name}-${problem.rows}x${problem.features}`;
  const described = JSON.stringify(problem);
  const placed = { problem, matrix: `${stem}.x.f64`, labels: `${stem}.y.f64` };
  const made = existsSync(`${stem}.json`) && readFileSync(`${stem}.json`, 'utf8') === described;
  if (!made) {
    mkdirSync(folder, { recursive: true });
    rmSync(`${stem}.csv`, { force: true }); // made from the numbers before
    const { columns, y } = generate(problem);
    const buffer = columns[0]!.buffer as ArrayBuffer;
    writeFileSync(placed.matrix, new Uint8Array(buffer));
    writeFileSync(placed.labels, new Uint8Array(y.buffer as ArrayBuffer));
    writeFileSync(`${stem}.json.part`, described);
    renameSync(`${stem}.json.part`, `${stem}.json`); // the description appears only when the numbers are whole
  }
  return placed;
}

/** The columns and labels of a placed problem. */
export function loadProblem({ problem, matrix, labels }: PlacedProblem): Data {
  const x = readFileSync(matrix).buffer as ArrayBuffer;
  const y = readFileSync(labels);
  return {
    problem,
    columns: split(new Float64Array(x), problem.rows),
    y: Float64Array.from(new Float64Array(y.buffer, y.byteOffset, problem.rows)),
  };
}

/** All columns are parts of one buffer, one after the other. */
export function generate(problem: Problem): Data {
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
  return { problem, columns, y: labels(columns, problem, { random, normal }) };
}

function split(all: Float64Array, rows: number): Float64Array[] {
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
function mixing({ features, condition }: Problem, normal: () => number): (g: Float64Array) => void {
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
  problem: Problem,
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
function trueScores(columns: readonly Float64Array[], problem: Problem, normal: () => number): Float64Array {
  const z = new Float64Array(problem.rows);
  for (const x of columns) {
    const w = normal();
    for (let i = 0; i < z.length; i++) z[i]! += w * x[i]!;
  }
  standardise(z);
  return z.map((score) => problem.separability * score + intercept);
}
