/**
 * What the design is decided from, asked of the engine: counts of rows, levels, a random sample, and moments about the
 * sample's means, which keep all digits in one pass.
 */
import type { Dialect } from './dialects.ts';
import {
  type CompleteRows,
  classCode,
  fromQuery,
  isComplete,
  isLabelled,
  isPresent,
  type QueriedColumn,
  type QueriedRows,
  rawNumber,
  rawValue,
} from './queried-rows.ts';
import { inBatches, isFiniteNumber, isNotNaN, type Statement, Writer } from './statement.ts';

const isInfinite = (number: string): string => `not (${isFiniteNumber(number)}) and ${isNotNaN(number)}`;
const countIf = (condition: string): string => `sum(case when ${condition} then 1 else 0 end)`;

const numericOf = (columns: readonly QueriedColumn[]): readonly QueriedColumn[] =>
  columns.filter(({ kind }) => kind === 'numeric');

const weightOf = (w: Writer, { weights }: CompleteRows): string =>
  weights === undefined ? w.number(1) : w.dialect.asDouble(w.column(weights));

/** What kept rows out of the fit, and what may not be in it. */
export interface QueryCounts {
  readonly read: number;
  readonly complete: number;
  /** Rows whose weight alone keeps them out: 0. */
  readonly zeroWeight: number;
  /** Missing cells of each column, the target last. */
  readonly missing: readonly number[];
  /** NaN and infinite numbers of each numeric column, the weights last where there are any. */
  readonly notFinite: readonly number[];
  readonly infiniteLabels: number;
  readonly negativeWeights: number;
  readonly fractionalWeights: number;
}

/** Their answers, one after the other, are what readCounts takes. */
export function countsStatements(dialect: Dialect, rows: CompleteRows): Statement[] {
  const { columns, target, weights } = rows;
  const weight = (w: Writer): string => dialect.asDouble(w.column(weights!));
  const present = (w: Writer): string => isComplete(w, { ...rows, weights: undefined });
  const notFinite = (number: string): string => countIf(`not (${isFiniteNumber(number)})`);
  const zero = (): string => '0';
  const items: ((w: Writer) => string)[] = [
    () => 'count(*)',
    (w) => countIf(isComplete(w, rows)),
    weights === undefined ? zero : (w) => countIf(`${present(w)} and ${weight(w)} = 0`),
    weights === undefined ? zero : (w) => countIf(`${weight(w)} < 0`),
    weights === undefined ? zero : (w) => countIf(`${weight(w)} <> floor(${weight(w)})`),
    target.kind === 'numeric' ? (w) => countIf(isInfinite(rawNumber(w, target))) : zero,
    ...columns.map((column) => (w: Writer) => countIf(`not ${isPresent(w, column, rows.missingTokens)}`)),
    (w) => countIf(`not ${isLabelled(w, rows)}`),
    ...numericOf(columns).map((column) => (w: Writer) => notFinite(rawNumber(w, column))),
    ...(weights === undefined ? [] : [(w: Writer) => notFinite(weight(w))]),
  ];
  return inBatches(items, dialect.mostSums).map((some) => {
    const w = new Writer(dialect);
    return w.statement(`select ${some.map((item) => item(w)).join(', ')} ${fromQuery(rows.query)}`);
  });
}

/** Complete rows whose key is missing: one number. */
export function missingKeyStatement(dialect: Dialect, rows: CompleteRows, key: QueriedColumn): Statement {
  const w = new Writer(dialect);
  const missing = `not ${isPresent(w, { ...key, kind: 'categorical' }, rows.missingTokens)}`;
  return w.statement(`select count(*) ${fromQuery(rows.query)} where ${isComplete(w, rows)} and ${missing}`);
}

/** Complete rows in which a category has none of the levels that are known: a number for each of `features`. */
export function unseenStatement(
  dialect: Dialect,
  rows: CompleteRows,
  features: readonly { readonly column: string; readonly levels: readonly string[] }[],
): Statement {
  const w = new Writer(dialect);
  const items = features.map(({ column, levels }) => {
    const known = levels.map((level) => w.text(level)).join(', ');
    return countIf(`${dialect.asText(w.column(column))} not in (${known})`);
  });
  return w.statement(`select ${items.join(', ')} ${fromQuery(rows.query)} where ${isComplete(w, rows)}`);
}

export function readCounts(answer: readonly unknown[], { columns }: CompleteRows): QueryCounts {
  const [read, complete, zeroWeight, negativeWeights, fractionalWeights, infiniteLabels, ...more] = answer.map(
    Number,
  ) as number[] & [number, number, number, number, number, number];
  const cells = columns.length + 1;
  return {
    read,
    complete,
    zeroWeight,
    negativeWeights,
    fractionalWeights,
    infiniteLabels,
    missing: more.slice(0, cells),
    notFinite: more.slice(cells),
  };
}

/** Each value that a column has in complete rows: rows of [value, rows, Σ s]. */
export function valuesStatement(dialect: Dialect, rows: CompleteRows, column: QueriedColumn, most: number): Statement {
  const w = new Writer(dialect);
  const items = `${rawValue(w, column)} as v, ${weightOf(w, rows)} as s`;
  const inner = `select ${items} ${fromQuery(rows.query)} where ${isComplete(w, rows)}${dialect.fence}`;
  return w.statement(`select v, count(*), ${dialect.sum('s')} from (${inner}) g group by v limit ${most}`);
}

/** The levels of a column by class: rows of [value, class code, rows, Σ s]. */
export function levelsStatement(
  dialect: Dialect,
  rows: CompleteRows & Pick<QueriedRows, 'labels'>,
  column: QueriedColumn,
  most: number,
): Statement {
  const w = new Writer(dialect);
  const items = `${rawValue(w, column)} as v, ${classCode(w, rows.target, rows.labels)} as y, ${weightOf(w, rows)} as s`;
  const inner = `select ${items} ${fromQuery(rows.query)} where ${isComplete(w, rows)}${dialect.fence}`;
  return w.statement(`select v, y, count(*), ${dialect.sum('s')} from (${inner}) g group by v, y limit ${most}`);
}

/**
 * About a share of the complete rows, drawn by a seed: the numbers or texts of `columns`, the class code, the weight.
 * The last statement's answer has them; there are `most` at most.
 */
export function sampleStatements(
  dialect: Dialect,
  rows: CompleteRows & Pick<QueriedRows, 'labels'>,
  { share, seed, most }: { readonly share: number; readonly seed: number; readonly most: number },
): Statement[] {
  const w = new Writer(dialect);
  const items = [
    ...rows.columns.map((column) => rawValue(w, column)),
    classCode(w, rows.target, rows.labels),
    weightOf(w, rows),
  ];
  const values = [...rows.columns, rows.target].map(({ name }) => w.column(name));
  const drawn = share >= 1 ? '' : dialect.drawn(w.number(share), seed, values);
  const select = `select ${items.join(', ')} ${fromQuery(rows.query)} where ${isComplete(w, rows)}${drawn} limit ${most}`;
  const seeding = dialect.seedSession?.(seed);
  return [...(seeding === undefined ? [] : [{ sql: seeding, texts: [] }]), w.statement(select)];
}

/**
 * Moments of numeric columns about `centres` by class: rows of [y, rows, Σ s, min s, then Σ s·v, Σ s·v², min v, max v of
 * each]. Each statement is of some of the columns.
 */
export function momentsStatements(
  dialect: Dialect,
  rows: CompleteRows & Pick<QueriedRows, 'labels'>,
  columns: readonly QueriedColumn[],
  centres: readonly number[],
): Statement[] {
  const centred = columns.map((column, j) => (w: Writer) => `${rawNumber(w, column)} - ${w.number(centres[j]!)}`);
  const batches = inBatches(centred, Math.floor(dialect.mostSums / 4) - 1);
  return (batches.length === 0 ? [[]] : batches).map((some) => {
    const w = new Writer(dialect);
    const inner = [
      ...some.map((number, j) => `${number(w)} as v${j}`),
      `${classCode(w, rows.target, rows.labels)} as y`,
      `${weightOf(w, rows)} as s`,
    ];
    const items = some.flatMap((_, j) => [
      dialect.sum(`s * v${j}`),
      dialect.sum(`s * v${j} * v${j}`),
      `min(v${j})`,
      `max(v${j})`,
    ]);
    const selected = `select ${inner.join(', ')} ${fromQuery(rows.query)} where ${isComplete(w, rows)}${dialect.fence}`;
    return w.statement(
      `select ${['y', 'count(*)', dialect.sum('s'), 'min(s)', ...items].join(', ')} from (${selected}) v group by y`,
    );
  });
}
