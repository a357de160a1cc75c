/**
 * Delimited text → Table: one scan for the columns of plain numbers; for the others one that profiles
 * them over all rows, data/infer.ts's decision, and one that reads numbers as numbers and texts as codes.
 * So the memory is bounded to the numbers that are kept.
 */
import { describeCounters } from '../data/counters.ts';
import { type Asked, decideKind, type Kind, refusal } from '../data/infer.ts';
import { leftOut, requireNames, wantedColumns } from '../data/names.ts';
import type { Column, ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { Dictionary, textColumn } from '../data/typed-column.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { defaultMissingTokens } from '../predict/cell.ts';
import { type CsvFile, openCsv } from './csv.ts';
import { readPlainColumns } from './csv-plain.ts';
import { batches, type CellSql, cellSql, type Plan, profileColumns, trimmed } from './csv-profile.ts';
import { type Database, literal } from './duckdb.ts';
import type { Source } from './source.ts';

export async function readCsv(
  db: Database,
  source: Source,
  request: ColumnRequest,
  options: ReadOptions,
): Promise<Table> {
  const csv = await openCsv(db, source, options, request.target);
  const { names } = csv.columns;
  requireNames(request, names, csv.dialect);
  const plans = wantedColumns(request, names).map(
    (place): Plan => ({ place, name: names[place]!, asked: askedOf(names[place]!, request, csv, options) }),
  );
  const tokens = [...new Set(['', ...(options.missingTokens ?? defaultMissingTokens)])];
  const sql = cellSql(tokens);

  const plain = await readPlainColumns(db, source, csv, { plans, sql, options });
  const others = plans.filter(({ place }) => plain?.columns.has(place) !== true);
  const decided =
    plain !== undefined && others.length === 0
      ? { rows: plain.rows, badRows: plain.badRows, columns: new Map<number, Column>(), warnings: [] }
      : await readDecided(db, csv, others, { tokens, sql, options, label: source.label });
  const { rows } = decided;
  if (rows === 0) {
    // the sample has rows: DuckDB loses them where line ends of two kinds come first
    throw new LogisticError('bad-file', `${source.label}: no row can be read below the first lines`, {
      hint: 'give all lines the same end, \\n or \\r\\n',
    });
  }
  if (plain !== undefined && plain.rows !== rows) throw new Error(`${plain.rows} rows in one scan, ${rows} in another`);
  const columns = plans.flatMap(({ place, name }): Column[] => {
    const values = plain?.columns.get(place);
    const other = decided.columns.get(place);
    if (values !== undefined) return [{ kind: 'numeric', name, values, missing: noneMissing }];
    return other === undefined ? [] : [other];
  });
  const counters = describeCounters(columns, request, new Set([...csv.columns.unnamed].map((place) => names[place]!)));
  return {
    rows,
    columns: counters.columns,
    leftOut: leftOut(names, counters.columns),
    source: source.label,
    badRows: decided.badRows,
    warnings: [...csv.warnings, ...decided.warnings, ...counters.warnings, ...tokenShares(columns, rows)],
  };
}

interface Deciding {
  readonly tokens: readonly string[];
  readonly sql: CellSql;
  readonly options: ReadOptions;
  readonly label: string;
}

/** Columns of any kind: profiled over all rows, decided, read. */
async function readDecided(db: Database, csv: CsvFile, plans: readonly Plan[], deciding: Deciding) {
  const { tokens, sql, options, label } = deciding;
  const { rows, profiles, badRows } = await profileColumns(db, csv, plans, sql, options);
  const kinds = plans.map((plan, k) => decideKind(profiles[k]!, plan.asked));
  for (const [k, kind] of kinds.entries()) {
    if (kind.kind === 'refused')
      throw refusal(plans[k]!.name, kind, await findOffender(db, csv, plans[k]!, kind, sql, label));
  }
  const kept = plans
    .map((plan, k) => ({ plan, kind: kinds[k]!, profile: profiles[k]! }))
    .filter(({ kind }) => kind.kind !== 'left-out');
  const holed = kept.filter(({ profile }) => profile.present < rows).map(({ plan }) => plan);
  const missing = await countMissing(db, csv, holed, tokens, options);
  const columns = await readColumns(db, csv, kept, { rows, missing, sql, options });
  return {
    rows,
    badRows,
    columns: new Map(columns.map((column, k) => [kept[k]!.plan.place, column])),
    warnings: kinds.flatMap((kind) => ('warning' in kind && kind.warning !== undefined ? [kind.warning] : [])),
  };
}

function askedOf(name: string, request: ColumnRequest, csv: CsvFile, options: ReadOptions): Asked {
  const as = request.categorical?.includes(name)
    ? 'categorical'
    : request.numeric?.includes(name) || name === request.weights
      ? 'numeric'
      : name === request.target
        ? 'target'
        : undefined;
  return { as, decimalComma: options.decimalComma === true, delimiter: csv.dialect.delimiter };
}

/** The first cell that made a column be refused, with its line. */
async function findOffender(
  db: Database,
  csv: CsvFile,
  plan: Plan,
  kind: Kind & { kind: 'refused' },
  sql: CellSql,
  label: string,
) {
  if (kind.code === 'too-many-levels') return undefined;
  const t = `c${plan.place}`;
  const { result } = await csv.scan(Number.MAX_SAFE_INTEGER, (from) =>
    db.rows<{ k: number; cell: string }>(
      `select k, ${trimmed(t)} as cell from (select row_number() over () - 1 as k, ${t} from ${from}) ` +
        `where not ${sql.missing(t)} and ${sql.number(t, plan.asked.decimalComma)} is null order by k limit 1`,
    ),
  );
  const found = result[0];
  if (found === undefined) return undefined;
  const line = await csv.lineOf(Number(found.k));
  return { cell: found.cell, where: line === undefined ? `${label}: row ${Number(found.k) + 1}` : `${label}:${line}` };
}

/** How often each token spelled a missing cell, for the columns that have missing cells. */
async function countMissing(
  db: Database,
  csv: CsvFile,
  plans: readonly Plan[],
  tokens: readonly string[],
  options: ReadOptions,
) {
  const found = new Map<number, Column['missing']>();
  for (const batch of batches(plans)) await countBatch(batch);
  return found;

  async function countBatch(plans: readonly Plan[]): Promise<void> {
    const counts = plans.flatMap(({ place }) =>
      tokens.map(
        (token, i) =>
          `count_if(${token === '' ? `c${place} is null or ` : ''}${trimmed(`c${place}`)} = ${literal(token)})::double as t${place}_${i}`,
      ),
    );
    const { result } = await csv.scan(options.maxBadRows ?? 0, (from) =>
      db.rows<Record<string, number>>(`select ${counts.join(', ')} from ${from}`),
    );
    for (const { place } of plans) {
      const spelled = tokens
        .map((token, i) => [token, result[0]![`t${place}_${i}`]!] as const)
        .filter(([, count]) => count > 0);
      found.set(place, {
        count: spelled.reduce((sum, [, count]) => sum + count, 0),
        tokens: Object.fromEntries(spelled),
      });
    }
  }
}

interface Kept {
  readonly plan: Plan;
  readonly kind: Kind;
}

interface Reading {
  readonly rows: number;
  readonly missing: ReadonlyMap<number, Column['missing']>;
  readonly sql: CellSql;
  readonly options: ReadOptions;
}

const noneMissing: Column['missing'] = { count: 0, tokens: {} };

async function readColumns(db: Database, csv: CsvFile, kept: readonly Kept[], reading: Reading): Promise<Column[]> {
  const columns: Column[] = [];
  for (const batch of batches(kept)) columns.push(...(await readBatch(db, csv, batch, reading)));
  return columns;
}

async function readBatch(
  db: Database,
  csv: CsvFile,
  kept: readonly Kept[],
  { rows, missing, sql, options }: Reading,
): Promise<Column[]> {
  const expressions = kept.map(({ plan: { place }, kind }) => {
    const c = `c${place}`;
    if (kind.kind === 'numeric') return sql.number(c, kind.comma);
    return `case when ${sql.missing(c)} then null else ${trimmed(c)} end`;
  });
  const numbers = kept.map(({ kind }) => (kind.kind === 'numeric' ? new Float64Array(rows) : undefined));
  const dictionaries = kept.map(({ kind }) => (kind.kind === 'numeric' ? undefined : new Dictionary(rows)));
  let at = 0;
  await csv.scan(options.maxBadRows ?? 0, async (from) => {
    at = 0;
    await db.chunks(`select ${expressions.join(', ')} from ${from}`, (chunk) => {
      kept.forEach((_, k) => {
        const values = numbers[k];
        if (values !== undefined) db.copyNumbers(chunk, k, values, at);
        else {
          const vector = chunk.getColumnVector(k);
          readTexts(dictionaries[k]!, at, chunk.rowCount, (i) => vector.getItem(i) as string | null);
        }
      });
      at += chunk.rowCount;
    });
  });
  // A stream that fails in the middle ends like one that is done, so the rows are counted against the profile.
  if (at !== rows) throw new Error(`${at} of ${rows} rows came through: DuckDB ended the stream early`);
  return kept.map(({ plan, kind }, k): Column => {
    const holes = missing.get(plan.place) ?? noneMissing;
    const values = numbers[k];
    if (values !== undefined) return { kind: 'numeric', name: plan.name, values, missing: holes };
    refuseNul(plan.name, dictionaries[k]!.texts);
    return textColumn(plan.name, dictionaries[k]!, holes, kind.kind === 'categorical');
  });
}

function readTexts(dictionary: Dictionary, at: number, count: number, item: (i: number) => string | null): void {
  for (let i = 0; i < count; i++) {
    const text = item(i);
    if (text !== null) dictionary.set(at + i, text);
  }
}

function refuseNul(name: string, texts: readonly string[]): void {
  if (!texts.some((text) => text.includes('\0'))) return;
  throw new LogisticError('bad-file', `column ${name} has a NUL byte in a cell`, {
    hint: 'convert the file to UTF-8 text',
  });
}

/** A category in which one token of the missing list is common may be a real one: Namibia is NA. */
function tokenShares(columns: readonly Column[], rows: number): Warning[] {
  return columns.flatMap((column) => {
    if (column.kind === 'numeric') return [];
    const common = Object.entries(column.missing.tokens).filter(([token, count]) => token !== '' && count >= rows / 10);
    return common.map(([token, count]) => ({
      code: 'missing-token-share',
      message: `${column.name}: \`${token}\` is read as missing in ${count} of ${rows} rows; if it is a category of its own, list the missing texts without it (--missing-tokens)`,
      columns: [column.name],
    }));
  });
}
