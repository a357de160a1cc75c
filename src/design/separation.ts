/**
 * Columns that alone put rows of one class on one side: all rows (a perfect predictor, which is
 * usually the target in disguise), or the rows of one level, where no finite coefficient is best.
 * Source: Albert & Anderson, On the existence of maximum likelihood estimates in logistic regression
 * models, Biometrika 71 (1984). It looks at one column at a time and fits nothing.
 */
import type { Column } from '../data/table.ts';
import { brief, type Warning } from '../errors.ts';
import type { Turns } from '../turns.ts';
import type { Labels } from './labels.ts';

interface PurityRequest {
  /** The training rows. */
  readonly rows: Int32Array;
  readonly labels: Labels;
  readonly penalised: boolean;
}

export async function purity(columns: readonly Column[], request: PurityRequest, turns: Turns): Promise<Warning[]> {
  const perfect: string[] = [];
  const partial: string[] = [];
  for (const column of columns) {
    const found = await (column.kind === 'numeric'
      ? numericPurity(column.values, request, turns)
      : levelPurity(column, request, turns));
    if (found === 'perfect') perfect.push(column.name);
    else partial.push(...found);
  }
  const warnings: Warning[] = [];
  if (perfect.length > 0) {
    const message = `${perfect.join(', ')}: alone tells the classes apart in every row; if it leaks the target, drop it`;
    warnings.push({ code: 'perfect-predictor', message, columns: perfect });
  }
  if (partial.length > 0 && !request.penalised) {
    const message =
      `${partial.join('; ')}: no finite coefficient is best there, the one given is where the fit stopped; ` +
      'use a penalty (l2) for one that means something';
    warnings.push({ code: 'quasi-separation', message });
  }
  return warnings;
}

/** A number separates when the classes' ranges do not overlap; they touch in one value when it does so but for ties. */
async function numericPurity(
  values: Float64Array,
  { rows, labels }: PurityRequest,
  turns: Turns,
): Promise<'perfect' | string[]> {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const overlap = (): boolean => high[0]! >= low[1]! && high[1]! >= low[0]!;
  await turns.over(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const y = labels.y[rows[i]!]!;
      const value = values[rows[i]!]!;
      if (value < low[y]!) low[y] = value;
      if (value > high[y]!) high[y] = value;
    }
    return !overlap(); // which no later row can undo
  });
  return overlap() ? [] : 'perfect';
}

/** A level is pure when all its rows are of one class. */
async function levelPurity(
  column: Column & { codes: Int32Array },
  { rows, labels }: PurityRequest,
  turns: Turns,
): Promise<'perfect' | string[]> {
  const names = column.kind === 'boolean' ? column.words : (column as { levels: readonly string[] }).levels;
  const counts = names.map(() => [0, 0]);
  await turns.over(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const code = column.codes[rows[i]!]!;
      if (code >= 0) counts[code]![labels.y[rows[i]!]!]!++;
    }
  });
  const occurring = names.map((name, code) => ({ name, of: counts[code]! })).filter(({ of }) => of[0]! + of[1]! > 0);
  const pure = occurring.filter(({ of }) => of[0] === 0 || of[1] === 0);
  if (occurring.length > 1 && pure.length === occurring.length) return 'perfect';
  if (occurring.length === 1) return [];
  return pure.map(({ name, of }) => {
    const label = labels.classes.find((candidate) => (candidate === labels.positive) === of[1]! > 0);
    return `${column.name}=${brief(name)} (${of[0]! + of[1]!} rows, all ${label})`;
  });
}
