/**
 * A sample of a problem's rows by the rule of src/model/placed.ts, which draws from designs: a test holds the two rules
 * together. It places nothing.
 */
import { type Part, samplePart } from '../src/design/source.ts';
import type { DesignColumn, RowSource } from '../src/rows/contract.ts';
import type { Data } from './contender.ts';

/** Of this many numbers on, a sample is placed too. */
const sampledCells = 2 ** 20;
const rowsPerSampled = 16;
/** Numbers in a sample. */
const mostCells = 2 ** 21;
/** The library's default. */
const seed = 1;

/** All rows of a problem, as a design lists them. */
export function partOf({ y }: Data): Part {
  const rows = new Int32Array(y.length);
  for (let i = 0; i < rows.length; i++) rows[i] = i;
  return { rows, ascending: true, labels: Uint8Array.from(y), weights: undefined, sampleWeights: undefined };
}

/** Seeded random rows of a problem, or undefined where it has few numbers. */
export function sampleOf({ columns, problem }: Data, part: Part): RowSource | undefined {
  const [m, n] = [part.rows.length, columns.length];
  const count = Math.min(Math.floor(m / rowsPerSampled), Math.floor(mostCells / n));
  if (m * n < sampledCells || count === 0) return undefined;
  const { rows, labels } = samplePart(part, m, count, seed);
  const gathered = (x: Float64Array): DesignColumn => ({
    ...{ kind: 'dense', mean: 0, scale: 1 },
    read(from: number, into: Float64Array) {
      for (let i = 0; i < into.length; i++) into[i] = x[rows[from + i]!]!;
    },
  });
  return { rows: count, columns: columns.map(gathered), classes: problem.classes, labels };
}
