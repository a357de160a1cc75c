/**
 * What a row weighs: its sample weight times the weight of its class. Weight 2 is the row twice; a
 * weight is a non-negative number or its row is not used. It knows no loss.
 */
import type { Column } from '../data/table.ts';
import { LogisticError } from '../errors.ts';
import type { Turns } from '../turns.ts';
import { type Labels, unknownLabel } from './labels.ts';

/** The weights of all rows; NaN where missing. Negative weights are an error that names the row. */
export function sampleWeights(column: Column): Float64Array {
  if (column.kind !== 'numeric') {
    throw new LogisticError('bad-weights', `the weights column ${column.name} holds texts, not numbers`);
  }
  const row = column.values.findIndex((value) => value < 0 || value === Number.POSITIVE_INFINITY);
  if (row >= 0) {
    throw new LogisticError('bad-weights', `row ${row + 1}, ${column.name}: ${column.values[row]} is not a weight`, {
      hint: 'weights are finite numbers of at least 0',
    });
  }
  return column.values;
}

interface Weighing {
  readonly labels: Labels;
  /** The training rows. */
  readonly rows: Int32Array;
  readonly weights: Float64Array | undefined;
  readonly target: string;
}

/**
 * [weight of the negative class, weight of the positive class], undefined when there are none.
 * 'balanced' is Σs / (2·Σ_class s), which makes both classes weigh the same; source: King & Zeng,
 * Logistic regression in rare events data, Political Analysis 9 (2001), and scikit-learn's definition.
 */
export async function classFactors(
  asked: 'balanced' | Readonly<Record<string, number>> | undefined,
  { labels, rows, weights, target }: Weighing,
  turns: Turns,
): Promise<readonly [number, number] | undefined> {
  if (asked === undefined) return undefined;
  if (asked === 'balanced') {
    const totals: [number, number] = [0, 0];
    await turns.over(rows.length, (from, to) => {
      for (let i = from; i < to; i++) {
        const row = rows[i]!;
        totals[labels.y[row] === 1 ? 1 : 0] += weights ? weights[row]! : 1;
      }
    });
    const half = (totals[0] + totals[1]) / 2;
    return [half / totals[0], half / totals[1]];
  }
  const known = labels.classes.map(String);
  const stranger = Object.keys(asked).find((label) => !known.includes(label));
  if (stranger !== undefined) throw unknownLabel('class weight', stranger, labels.classes, target);
  const weightOf = (positive: boolean): number =>
    asked[known.find((_, k) => (labels.classes[k] === labels.positive) === positive)!] ?? 1;
  return [weightOf(false), weightOf(true)];
}
