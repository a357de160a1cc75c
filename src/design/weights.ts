/**
 * What a row weighs: its sample weight times the weight of its class. Weight 2 is the row twice; a
 * weight is a non-negative number or its row is not used. It knows no loss.
 */
import { argument } from '../data/names.ts';
import { firstWrongWeight, wrongWeight } from '../data/sample-weights.ts';
import type { Column, NumericColumn } from '../data/table.ts';
import { LogisticError } from '../errors.ts';
import { sum } from '../math/vector.ts';
import { classesByCode } from '../predict/model-file.ts';
import { overRows } from '../yielding.ts';
import { type Labels, unknownLabel } from './labels.ts';

/** The weights of all rows; NaN where missing. Negative weights are an error that names the row. */
export function sampleWeights(column: Column): Float64Array {
  requireWeightsColumn(column);
  const { name, values } = column as NumericColumn;
  const row = firstWrongWeight(values);
  if (row >= 0) throw wrongWeight(`row ${row + 1}, column ${name}`, values[row], { row: row + 1, column: name });
  return values;
}

/** Throws LogisticError 'bad-weights' where a column holds no numbers. */
export function requireWeightsColumn({ kind, name }: Pick<Column, 'kind' | 'name'>): void {
  if (kind === 'numeric') return;
  const found = kind === 'boolean' ? 'booleans' : 'strings';
  throw new LogisticError('bad-weights', `the weights column ${name} holds ${found}, not numbers`, {
    hint: `read it as numbers (--numeric ${argument(name)}), or choose another column`,
  });
}

export type ClassWeight = 'balanced' | Readonly<Record<string, number>>;

/** The weight Σs of each class [K], the reference first. */
export async function classTotals(
  { classes, codes }: Labels,
  rows: Int32Array,
  weights: Float64Array | undefined,
): Promise<Float64Array> {
  const totals = new Float64Array(classes.length);
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) totals[codes[rows[i]!]!]! += weights ? weights[rows[i]!]! : 1;
  });
  return totals;
}

/**
 * The weight of each class [K], the reference first; undefined when there are none. 'balanced' is
 * Σs / (K·Σ_class s), which makes all classes weigh the same; source: King & Zeng, Logistic regression in rare events
 * data, Political Analysis 9 (2001), and scikit-learn's definition.
 */
export function classFactors(
  asked: ClassWeight,
  labels: Pick<Labels, 'classes' | 'reference'>,
  totals: Float64Array,
  target: string,
): Float64Array {
  const { classes } = labels;
  if (asked === 'balanced') {
    const mean = sum(totals) / classes.length;
    return totals.map((total) => mean / total);
  }
  const known = classes.map(String);
  const stranger = Object.keys(asked).find((label) => !known.includes(label));
  if (stranger !== undefined) throw unknownLabel('class weight', stranger, classes, target);
  return Float64Array.from(classesByCode(labels), (label) => asked[String(label)] ?? 1);
}
