/** Seeded data sets for tests: standardised rows with a known shape, and readers for the reference files. */
import { readFileSync } from 'node:fs';
import { type Rows, rowsOf } from '../../src/backends/backend.ts';
import { createRandom } from '../../src/math/random.ts';

export interface Shape {
  readonly m: number;
  readonly n: number;
  readonly seed?: number;
  /** Added to every x: 5 is the one-sided case. */
  readonly shift?: number;
  /** Share of y = 1. */
  readonly positives?: number;
  readonly weighted?: boolean;
}

/** The numbers that such rows are a view of. */
export interface Columns {
  readonly columns: readonly Float64Array[];
}

/** Rows whose numbers are all exact in float32, so that every backend sees the same data. */
export function randomRows({ m, n, seed = 1, shift = 0, positives = 0.5, weighted = false }: Shape): Rows & Columns {
  const random = createRandom(seed);
  const columns = Array.from({ length: n }, () =>
    Float64Array.from({ length: m }, () => Math.fround(2 * random() - 1 + shift)),
  );
  const y = Float64Array.from({ length: m }, () => (random() < positives ? 1 : 0));
  const weights = weighted ? Float64Array.from({ length: m }, () => Math.fround(0.25 + 2 * random())) : undefined;
  return { ...rowsOf({ columns, y, weights }), columns };
}

export function randomTheta(n: number, seed = 2, size = 1): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: n + 1 }, () => Math.fround(size * (random() - 0.5)));
}

/** A comma-separated file of this folder's reference data as rows of text. */
export function readReference(name: string): { header: string[]; rows: string[][] } {
  const text = readFileSync(new URL(`../reference/${name}`, import.meta.url), 'utf8');
  const [header, ...rows] = text
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map((cell) => cell.replaceAll('"', '')));
  return { header: header!, rows };
}

export function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../reference/${name}`, import.meta.url), 'utf8')) as T;
}
