/**
 * Columns of delimited text that call for a decision: one scan that profiles them over all rows,
 * data/infer.ts's decision, one scan that reads numbers as numbers and texts as codes. Two scans bound the
 * memory to the numbers that are kept.
 */
import { decideKind, type Kind, refusal } from '../data/infer.ts';
import type { Column, ReadOptions } from '../data/table.ts';
import { Dictionary, textColumn } from '../data/typed-column.ts';
import { LogisticError } from '../errors.ts';
import type { CsvFile } from './csv.ts';
import { batches, type CellSql, type Plan, profileColumns, trimmed } from './csv-profile.ts';
import { type Database, literal } from './duckdb.ts';

interface Deciding {
  readonly tokens: readonly string[];
  readonly sql: CellSql;
  readonly options: ReadOptions;
  readonly label: string;
}

/** Columns of any kind: profiled over all rows, decided, read. */
export async function readDecided(db: Database, csv: CsvFile, plans: readonly Plan[], deciding: Deciding) {
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

export const noneMissing: Column['missing'] = { count: 0, tokens: {} };

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
