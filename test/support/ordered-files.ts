/**
 * Seeded data whose rows are in an order, as files written over time are: blocks, levels that occur in one block only,
 * drifts, trends, rows sorted by class. A sample by regular runs of rows misses what is rare there. Every problem has
 * 24 columns and 44,000 rows or more, enough for a fit to begin with a sample, and a finite optimum: each row may have
 * either label, and each level has both.
 */
import { createRandom, shuffle } from '../../src/math/random.ts';

export interface OrderedProblem {
  readonly kind: string;
  /** Raw numbers, 24 columns; indicator columns are 0 or 1. */
  readonly columns: Float64Array[];
  /** 0 or 1. */
  readonly labels: Uint8Array;
}

const width = 24;

/** Columns in the order of the rows, and the log-odds of each row. */
interface Rows {
  readonly columns: Float64Array[];
  readonly scores: Float64Array;
  /** The order in which the rows are written; absent: as they are. */
  readonly order?: 'by class' | 'by the first column';
}

type Kind = (m: number, random: () => number) => Rows;

/** Numbers from a standard normal distribution (Box and Muller). */
function normals(m: number, random: () => number): Float64Array {
  const values = new Float64Array(m);
  for (let i = 0; i < m; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < m) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}

/** Columns of normal numbers; from the seventh on, the first six turned by some rows, which is as good and quicker. */
function numbers(count: number, m: number, random: () => number): Float64Array[] {
  const columns: Float64Array[] = [];
  for (let j = 0; j < count; j++) columns.push(j < 6 ? normals(m, random) : turned(columns[j % 6]!, random));
  return columns;
}

function turned(column: Float64Array, random: () => number): Float64Array {
  const by = 1 + Math.floor(random() * (column.length - 1));
  const result = new Float64Array(column.length);
  result.set(column.subarray(by));
  result.set(column.subarray(0, by), column.length - by);
  return result;
}

/** Scores: a base, and random effects of at most `size` for each of the columns. */
function linear(columns: readonly Float64Array[], base: number, size: number, random: () => number): Float64Array {
  const scores = new Float64Array(columns[0]!.length).fill(base);
  for (const column of columns) addScaled(scores, size * (2 * random() - 1), column);
  return scores;
}

function addScaled(into: Float64Array, factor: number, column: Float64Array): void {
  for (let i = 0; i < into.length; i++) into[i]! += factor * column[i]!;
}

const indicator = (m: number, holds: (i: number) => boolean): Float64Array =>
  Float64Array.from({ length: m }, (_, i) => (holds(i) ? 1 : 0));

/** Block of each row: `long` blocks of random lengths that follow one another, between them `short` ones of 30 to 120 rows. */
function blocks(m: number, long: number, short: number, random: () => number): Uint8Array {
  const lengths = Array.from({ length: long + short }, (_, b) => (b < long ? 0.2 + random() : 0));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const inOrder = shuffle(
    lengths.map((length, b) => ({ b, rows: b < long ? (length / total) * (m - 120 * short) : 30 + 90 * random() })),
    random,
  );
  const codes = new Uint8Array(m).fill(inOrder.find(({ b }) => b < long)!.b);
  let from = 0;
  for (const { b, rows } of inOrder) {
    codes.fill(b, from, from + Math.floor(rows));
    from += Math.floor(rows);
  }
  return codes;
}

/** Months in the order of time; twelve of them are short and have rates of their own, as in the bank's telephone calls. */
const months: Kind = (m, random) => {
  const codes = blocks(m, 8, 12, random);
  const columns = [
    ...numbers(5, m, random),
    ...Array.from({ length: 19 }, (_, l) => indicator(m, (i) => codes[i] === l + 1)),
  ];
  const scores = linear(columns.slice(0, 5), -2.2, 0.6, random);
  const rates = Array.from({ length: 20 }, (_, l) => (l < 8 ? random() - 0.5 : 2.2 + 4 * (random() - 0.5)));
  for (let i = 0; i < m; i++) scores[i]! += rates[codes[i]!]!;
  return { columns, scores };
};

/** The same where the short months come back for some hundred rows each at the end of the file. */
const monthsAgain: Kind = (m, random) => {
  const { columns, scores } = months(m, random);
  const from = m - 12 * 300;
  for (const column of columns.slice(5)) column.fill(0, from);
  for (let i = from; i < m; i++) {
    const month = Math.floor((i - from) / 300);
    columns[12 + month]![i] = 1;
    scores[i] = Math.sin(5 * month);
  }
  return { columns, scores };
};

/** Levels that occur in one stretch of 30 to 330 rows each, and nowhere else. */
const rareLevels: Kind = (m, random) => {
  const starts = Array.from({ length: 15 }, (_, l) => Math.floor(((l + 0.8 * random()) * m) / 15));
  const lengths = starts.map(() => Math.floor(30 + 300 * random() ** 2));
  const columns = [
    ...numbers(9, m, random),
    ...starts.map((start, l) => indicator(m, (i) => i >= start && i < start + lengths[l]!)),
  ];
  return { columns, scores: linear(columns, -1.5, 1.5, random) };
};

/** Means that move by many deviations from the first row to the last; the label depends on the distance from them. */
const drift: Kind = (m, random) => {
  const noise = numbers(width, m, random);
  const scores = linear(noise, -1, 0.7, random);
  for (const column of noise) {
    const slope = 20 * (random() - 0.5);
    for (let i = 0; i < m; i++) column[i]! += (slope * i) / m;
  }
  return { columns: noise, scores };
};

/** A rate that rises over time, beside a column of time and some of its noisy copies. */
const trend: Kind = (m, random) => {
  const time = Float64Array.from({ length: m }, (_, i) => i / m);
  const copies = numbers(4, m, random).map((noise, j) => noise.map((e, i) => time[i]! + (0.02 + 0.05 * j) * e));
  const columns = [time, ...copies, ...numbers(width - 5, m, random)];
  const scores = linear(columns.slice(5), -3, 0.5, random);
  addScaled(scores, 4, time);
  return { columns, scores };
};

/** All rows of one class, then all of the other. */
const sortedByClass: Kind = (m, random) => {
  const codes = Uint8Array.from({ length: m }, () => Math.floor(5 * random() ** 3));
  const columns = [
    ...numbers(20, m, random),
    ...Array.from({ length: 4 }, (_, l) => indicator(m, (i) => codes[i] === l + 1)),
  ];
  return { columns, scores: linear(columns, -1.2, 0.8, random), order: 'by class' };
};

/** Sorted by a number that matters, others large beside their spread. */
const sortedByColumn: Kind = (m, random) => {
  const columns = numbers(width, m, random);
  const scores = linear(columns, -0.5, 0.6, random);
  addScaled(scores, 1.5, columns[0]!);
  for (const column of columns.slice(7)) {
    const offset = 10 ** (1 + Math.floor(5 * random()));
    for (let i = 0; i < m; i++) column[i]! += offset;
  }
  return { columns, scores, order: 'by the first column' };
};

/** Effects that differ from block to block, in sign too. */
const regimes: Kind = (m, random) => {
  const columns = numbers(width, m, random);
  const scores = new Float64Array(m);
  const codes = blocks(m, 6, 3, random);
  const effects = Array.from({ length: 9 }, () => columns.map(() => 2 * random() - 1));
  for (let i = 0; i < m; i++) {
    scores[i] = -1;
    columns.forEach((column, j) => {
      scores[i]! += effects[codes[i]!]![j]! * column[i]!;
    });
  }
  return { columns, scores };
};

/** Columns that are 0 but for one stretch of rows, where they are far out. */
const bursts: Kind = (m, random) => {
  const sparse = Array.from({ length: 8 }, () => {
    const start = Math.floor(0.9 * m * random());
    const length = 30 + 200 * random();
    return Float64Array.from({ length: m }, (_, i) => (i >= start && i < start + length ? 3 + 30 * random() ** 4 : 0));
  });
  const columns = [...numbers(16, m, random), ...sparse];
  return { columns, scores: linear(columns, -1.5, 0.4, random) };
};

/** Waves and stretches that come back every power of two of rows, where regular runs may always or never meet them. */
const periodic: Kind = (m, random) => {
  const waves = [64, 128, 256, 1024, 4096].map((period) => {
    const phase = random();
    return normals(m, random).map((noise, i) => Math.sin(2 * Math.PI * (i / period + phase)) + 0.1 * noise);
  });
  const stretches = [256, 512, 1024, 2048].map((period) => indicator(m, (i) => i % period >= period - 16));
  const columns = [...numbers(15, m, random), ...waves, ...stretches];
  return { columns, scores: linear(columns, -1.5, 1, random) };
};

const kinds: Readonly<Record<string, Kind>> = {
  months,
  monthsAgain,
  rareLevels,
  drift,
  trend,
  sortedByClass,
  sortedByColumn,
  regimes,
  bursts,
  periodic,
};

/** A label for each score: of its probability, but for 5 in 100 rows, which have either. */
function draw(scores: Float64Array, random: () => number): Uint8Array {
  return Uint8Array.from(scores, (z) => (random() < (random() < 0.05 ? 0.5 : 1 / (1 + Math.exp(-z))) ? 1 : 0));
}

/** Where a column is not 0 in few rows, the first six of them have both labels three times. */
function mixLevels(columns: readonly Float64Array[], labels: Uint8Array): void {
  for (const column of columns) {
    const rows = Array.from(column.keys()).filter((i) => column[i] !== 0);
    if (rows.length > 400) continue;
    rows.slice(0, 6).forEach((i, at) => {
      labels[i] = at % 2;
    });
  }
}

/** One of ten kinds of order, by turns; the same seed gives the same numbers. */
export function orderedProblem(seed: number): OrderedProblem {
  const random = createRandom(seed + 1);
  const kind = Object.keys(kinds)[seed % Object.keys(kinds).length]!;
  const m = 44_000 + Math.floor(4000 * random());
  const { columns, scores, order } = kinds[kind]!(m, random);
  const labels = draw(scores, random);
  mixLevels(columns, labels);
  if (order === undefined) return { kind, columns, labels };
  const key = order === 'by class' ? labels : columns[0]!;
  const rows = Uint32Array.from({ length: m }, (_, i) => i).sort((p, q) => key[p]! - key[q]! || p - q);
  return {
    kind,
    columns: columns.map((column) => Float64Array.from(rows, (i) => column[i]!)),
    labels: Uint8Array.from(rows, (i) => labels[i]!),
  };
}
