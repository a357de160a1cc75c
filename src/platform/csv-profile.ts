/**
 * What the cells of delimited text look like, over all rows: the counts that data/infer.ts decides on,
 * as DuckDB aggregates them. It decides nothing.
 */
import { type Asked, booleanWords, type Profile, type TextProfile } from '../data/infer.ts';
import type { ReadOptions } from '../data/table.ts';
import { booleanPairs, numberPattern, numberPatternComma } from '../predict/cell.ts';
import type { CsvFile } from './csv.ts';
import { type Database, literal } from './duckdb.ts';

/** A column that is read. */
export interface Plan {
  /** Position in the file. */
  readonly place: number;
  readonly name: string;
  readonly asked: Asked;
}

/** SQL over a column of the trimmed relation. */
export interface CellSql {
  readonly missing: (t: string) => string;
  readonly number: (t: string, comma: boolean) => string;
}

/**
 * A number is a cell that numberPattern matches; without a comma DuckDB's cast finds the same ones, faster,
 * once `_` between digits, inf and nan are taken out. Numbers begin with one of + - . 0 … 9, which lie
 * between + and : in ASCII; a text that does not is spared the cast, whose failure is slow.
 */
export function cellSql(tokens: readonly string[]): CellSql {
  return {
    // Not IN: beyond five constants DuckDB makes it a join, one for each column.
    missing: (t) => `coalesce(list_contains([${tokens.map(literal).join(', ')}], ${t}), true)`,
    number: (t, comma) =>
      comma
        ? `(regexp_full_match(${t}, ${literal(numberPatternComma)}) and isfinite(${value(t, true)}))`
        : `(${t} between '+' and ':' and isfinite(${value(t, false)}) and not contains(${t}, '_'))`,
  };
}

export const value = (t: string, comma: boolean): string =>
  `try_cast(${comma ? `replace(${t}, ',', '.')` : t} as double)`;

/** `select … from (trimmed columns of the file)` */
export const trimmed = (from: string, plans: readonly Plan[]): string =>
  `(select ${plans.map(({ place }) => `trim(c${place}, ' ' || chr(9)) as c${place}`).join(', ')} from ${from})`;

/** Columns in one query: DuckDB plans thousands of expressions slowly, and tens of thousands not at all. */
const batchSize = 200;

export function batches<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / batchSize) }, (_, k) =>
    items.slice(k * batchSize, (k + 1) * batchSize),
  );
}

export async function profileColumns(
  db: Database,
  csv: CsvFile,
  plans: readonly Plan[],
  sql: CellSql,
  options: ReadOptions,
) {
  const parts = [];
  for (const batch of batches(plans)) parts.push(await profileBatch(db, csv, batch, sql, options.maxBadRows ?? 0));
  return { rows: parts[0]!.rows, profiles: parts.flatMap(({ profiles }) => profiles), badRows: parts[0]!.badRows };
}

async function profileBatch(db: Database, csv: CsvFile, plans: readonly Plan[], sql: CellSql, most: number) {
  const missing = plans.map(({ place }) => `${sql.missing(`c${place}`)} as m${place}`);
  const numbers = plans.map(({ place, asked: { decimalComma } }) => {
    const t = `c${place}`;
    return `case when not m${place} and ${sql.number(t, decimalComma)} then ${value(t, decimalComma)} end as v${place}`;
  });
  const counts = plans.flatMap(({ place }) => [
    `count_if(not m${place})::double as p${place}`,
    `count(v${place})::double as n${place}`,
    `count_if(v${place} is not null and c${place} between '00' and '0:')::double as z${place}`,
    `count_if(abs(v${place}) > 9007199254740992 and not contains(c${place}, '.') and not contains(lower(c${place}), 'e'))::double as b${place}`,
  ]);
  const cells = (from: string): string =>
    `(select *, ${numbers.join(', ')} from (select *, ${missing.join(', ')} from ${trimmed(from, plans)}))`;
  const first = await csv.scan(most, (from) =>
    db.rows<Record<string, number>>(`select count(*)::double as m, ${counts.join(', ')} from ${cells(from)}`),
  );
  const row = first.result[0]!;
  const doubtful = plans.filter(
    ({ place, asked }) => row[`n${place}`]! < row[`p${place}`]! && asked.as !== 'categorical' && asked.as !== 'numeric',
  );
  const texts = await profileTexts(db, csv, doubtful, sql, most);
  const profiles = plans.map(
    ({ place, name }): Profile => ({
      name,
      present: row[`p${place}`]!,
      numbers: row[`n${place}`]!,
      leadingZeros: row[`z${place}`]!,
      beyondExact: row[`b${place}`]!,
      texts: texts.get(place),
    }),
  );
  return { rows: row.m!, profiles, badRows: first.badRows };
}

const dressedPattern = "[$€£¥]? ?[+-]?[0-9][0-9., \u00a0\u202f']*([eE][+-]?[0-9]+)? ?[%$€£¥]?|[+-]?(?i:inf|infinity)";
const datePattern =
  '([0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/.][0-9]{1,2}[-/.]([0-9]{4}|[0-9]{2}))([T ][0-9]{1,2}:.*)?';

/** Patterns are tried on distinct texts only, each weighted by how often it occurs. */
async function profileTexts(
  db: Database,
  csv: CsvFile,
  plans: readonly Plan[],
  sql: CellSql,
  most: number,
): Promise<Map<number, TextProfile>> {
  if (plans.length === 0) return new Map();
  const listed = (words: readonly string[]): string => words.map(literal).join(', ');
  const patterns: Record<Exclude<keyof TextProfile, 'distinct' | 'pairs'> | `pair${number}`, string> = {
    anyBoolean: `lower(t) in (${listed([...booleanWords, '0', '1'])})`,
    commaNumbers: `regexp_full_match(t, ${literal(numberPatternComma)})`,
    decimalOnly: "regexp_matches(t, '^[+-]?[0-9]*,([0-9]{1,2}|[0-9]{4,})$')",
    dressed: `regexp_full_match(t, ${literal(dressedPattern)}) and not regexp_full_match(t, ${literal(numberPattern)})`,
    dates: `regexp_full_match(t, ${literal(datePattern)})`,
    ...Object.fromEntries(booleanPairs.map((pair, i) => [`pair${i}`, `lower(t) in (${listed(pair)})`])),
  };
  const sums = Object.entries(patterns).map(
    ([name, holds]) => `sum(case when ${holds} then c else 0 end)::double as ${name}`,
  );
  const { result } = await csv.scan(most, (from) => {
    const cells = `select unnest([${plans.map(({ place }) => place).join(', ')}]) as k, unnest([${plans.map(({ place }) => `c${place}`).join(', ')}]) as t`;
    const distinct = `select k, t, count(*) as c from (${cells} from ${trimmed(from, plans)}) where not ${sql.missing('t')} group by k, t`;
    return db.rows<Omit<TextProfile, 'pairs'> & { k: number } & Record<string, number>>(
      `select k, count(*)::double as distinct, ${sums.join(', ')} from (${distinct}) group by k`,
    );
  });
  return new Map(result.map((row) => [row.k, { ...row, pairs: booleanPairs.map((_, i) => row[`pair${i}`]!) }]));
}
