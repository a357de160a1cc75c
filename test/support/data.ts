/** Seeded data sets for tests: standardised rows with a known shape, and readers for the reference files. */
import { readFileSync } from 'node:fs';
import { createRandom } from '../../src/math/random.ts';
import type { DesignColumn, RowSource } from '../../src/rows/contract.ts';

export interface Shape {
  readonly m: number;
  readonly n: number;
  readonly seed?: number;
  /** K */
  readonly classes?: number;
  /** Added to every x: 5 is the one-sided case. */
  readonly shift?: number;
  /** Share of the last class; the others have equal shares. */
  readonly positives?: number;
  readonly weighted?: boolean;
  readonly partitions?: readonly number[];
}

/** A source whose numbers a test can read. */
export interface TestRows extends RowSource {
  /** X [n][m], standardised. */
  readonly numbers: readonly Float64Array[];
  readonly weights?: Float64Array | undefined;
}

/** A column that is placed as it is. */
export function denseColumn(x: Float64Array, mean = 0, scale = 1): DesignColumn {
  return { kind: 'dense', mean, scale, read: (from, into) => into.set(x.subarray(from, from + into.length)) };
}

/** n columns of length m, feature-major and already standardised, as a source. */
export function rowsOf({
  numbers,
  labels,
  classes = 2,
  weights,
  partitions,
}: {
  readonly numbers: readonly Float64Array[];
  readonly labels: ArrayLike<number>;
  readonly classes?: number;
  readonly weights?: Float64Array | undefined;
  readonly partitions?: readonly number[] | undefined;
}): TestRows {
  const columns = numbers.map((x) => denseColumn(x));
  return { rows: labels.length, columns, classes, labels: Int32Array.from(labels), weights, partitions, numbers };
}

/** Rows whose numbers are all exact in float32, so that every backend sees the same data. */
export function randomRows({
  m,
  n,
  seed = 1,
  classes = 2,
  shift = 0,
  positives = 1 / classes,
  weighted = false,
  partitions,
}: Shape): TestRows {
  const random = createRandom(seed);
  const numbers = Array.from({ length: n }, () =>
    Float64Array.from({ length: m }, () => Math.fround(2 * random() - 1 + shift)),
  );
  const label = (): number => {
    const draw = random();
    return draw < positives ? classes - 1 : Math.floor(((draw - positives) / (1 - positives)) * (classes - 1));
  };
  const labels = Int32Array.from({ length: m }, label);
  const weights = weighted ? Float64Array.from({ length: m }, () => Math.fround(0.25 + 2 * random())) : undefined;
  return rowsOf({ numbers, labels, classes, weights, partitions });
}

/** theta [k, n + 1] with entries from −size/2 to size/2. */
export function randomTheta(n: number, seed = 2, size = 1, k = 1): Float64Array {
  const random = createRandom(seed);
  return Float64Array.from({ length: k * (n + 1) }, () => Math.fround(size * (random() - 0.5)));
}

/** The rows of a source again and again, so that every sum is `times` theirs. */
export function repeatRows({ rows, numbers, labels, classes, weights }: TestRows, times: number): RowSource {
  const columns = numbers.map((x): DesignColumn => {
    const read = (from: number, into: Float64Array): void => {
      for (let i = 0; i < into.length; i++) into[i] = x[(from + i) % rows]!;
    };
    return { kind: 'dense', mean: 0, scale: 1, read };
  });
  const each = { length: rows * times };
  return {
    ...{ rows: rows * times, columns, classes },
    labels: Int32Array.from(each, (_, i) => labels[i % rows]!),
    weights: weights && Float64Array.from(each, (_, i) => weights[i % rows]!),
  };
}

/** The rows of a source that are kept, as a source of their own without partitions. */
export function selectRows({ numbers, labels, classes, weights }: TestRows, keep: (i: number) => boolean): TestRows {
  const kept = Array.from(labels, (_, i) => i).filter(keep);
  const pick = (x: Float64Array): Float64Array => Float64Array.from(kept, (i) => x[i]!);
  return rowsOf({
    numbers: numbers.map(pick),
    labels: kept.map((i) => labels[i]!),
    classes,
    weights: weights && pick(weights),
  });
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
