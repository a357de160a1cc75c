/**
 * Columns that alone keep classes apart: in all rows (a perfect predictor, which is usually the target in disguise),
 * or in the rows of one level that some class never has (a pure level). A missing cell counts as the value that fills
 * it. It looks at one column at a time and fits nothing: what several columns do together is fitting/separation.ts's.
 */
import type { BooleanColumn, CategoricalColumn, Column } from '../data/table.ts';
import type { Warning } from '../errors.ts';
import { classesByCode, type Feature, type Label } from '../predict/model-file.ts';
import { overRows } from '../yielding.ts';
import type { Labels } from './labels.ts';

interface PurityRequest {
  /** The training rows. */
  readonly rows: Int32Array;
  readonly labels: Labels;
  /** What the columns became, in their order. */
  readonly features: readonly Feature[];
}

/** A level that some class never has: without a penalty its coefficient has no finite estimate. */
export interface PureLevel {
  readonly column: string;
  readonly level: string;
  /** Rows that have it. */
  readonly rows: number;
  readonly present: readonly Label[];
  readonly absent: readonly Label[];
}

/** What is found of a column: levels that are pure, or that it is a perfect predictor. */
export type ColumnPurity = 'perfect' | readonly PureLevel[];

export interface Purity {
  readonly levels: readonly PureLevel[];
  readonly warnings: readonly Warning[];
}

export async function pureColumns(columns: readonly Column[], request: PurityRequest): Promise<Purity> {
  const found: ColumnPurity[] = [];
  for (const [k, column] of columns.entries()) {
    const { impute } = request.features[k]!;
    found.push(
      column.kind === 'numeric'
        ? await numericPurity(column.values, impute as number, request)
        : await levelPurity(column, impute, request),
    );
  }
  return joinPurities(columns, found);
}

/** The findings of columns, in their order, as one. */
export function joinPurities(columns: readonly { readonly name: string }[], found: readonly ColumnPurity[]): Purity {
  const levels = found.flatMap((purity) => (purity === 'perfect' ? [] : purity));
  const perfect = columns.filter((_, k) => found[k] === 'perfect').map(({ name }) => name);
  if (perfect.length === 0) return { levels, warnings: [] };
  const message = `${perfect.join(', ')}: alone tells the classes apart in every row; if it leaks the target, drop it`;
  return { levels, warnings: [{ code: 'perfect-predictor', message, columns: perfect }] };
}

/** A number separates when the ranges [low, high] of no two classes overlap. */
export function rangesOverlap(low: Float64Array, high: Float64Array): boolean {
  const order = Array.from(low, (_, c) => c).sort((a, b) => low[a]! - low[b]!);
  return order.some((c, i) => i > 0 && high[order[i - 1]!]! >= low[c]!);
}

async function numericPurity(
  values: Float64Array,
  impute: number | null,
  { rows, labels }: PurityRequest,
): Promise<ColumnPurity> {
  const { length } = labels.classes;
  const low = new Float64Array(length).fill(Number.POSITIVE_INFINITY);
  const high = new Float64Array(length).fill(Number.NEGATIVE_INFINITY);
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const c = labels.codes[rows[i]!]!;
      const own = values[rows[i]!]!;
      const value = Number.isNaN(own) && impute !== null ? impute : own;
      if (value < low[c]!) low[c] = value;
      if (value > high[c]!) high[c] = value;
    }
    return !rangesOverlap(low, high); // which no later row can undo
  });
  return rangesOverlap(low, high) ? [] : 'perfect';
}

async function levelPurity(
  column: BooleanColumn | CategoricalColumn,
  impute: Feature['impute'],
  { rows, labels }: PurityRequest,
): Promise<ColumnPurity> {
  const names = column.kind === 'boolean' ? column.words : column.levels;
  const fill = impute === null ? -1 : typeof impute === 'string' ? names.indexOf(impute) : Number(impute);
  const K = labels.classes.length;
  const counts = new Float64Array(names.length * K);
  await overRows(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const own = column.codes[rows[i]!]!;
      const code = own < 0 ? fill : own;
      if (code >= 0) counts[code * K + labels.codes[rows[i]!]!]!++;
    }
  });
  return purityOfLevels(column.name, names, counts, classesByCode(labels));
}

/**
 * From the rows of each level by class code, [levels, K]: a level is pure when some class has none of its rows; a column
 * is perfect when every level has one class only.
 */
export function purityOfLevels(
  column: string,
  names: readonly string[],
  counts: Float64Array,
  classes: readonly Label[],
): ColumnPurity {
  const K = classes.length;
  const occurring = names
    .map((level, code) => describeLevel({ column, level }, counts.subarray(code * K, (code + 1) * K), classes))
    .filter(({ rows }) => rows > 0);
  if (occurring.length === 1) return [];
  if (occurring.length > 0 && occurring.every(({ present }) => present.length === 1)) return 'perfect';
  return occurring.filter(({ absent }) => absent.length > 0);
}

function describeLevel(
  name: Pick<PureLevel, 'column' | 'level'>,
  counts: Float64Array,
  classes: readonly Label[],
): PureLevel {
  return {
    ...name,
    rows: counts.reduce((sum, count) => sum + count, 0),
    present: classes.filter((_, c) => counts[c]! > 0),
    absent: classes.filter((_, c) => counts[c] === 0),
  };
}
