/**
 * What the cells of delimited text look like, over all rows: the counts that data/infer.ts decides on,
 * as DuckDB aggregates them. It decides nothing.
 */
import { type Asked, booleanWords, type Profile, type TextProfile } from '../data/infer.ts';
import type { ReadOptions } from '../data/table.ts';
import { booleanPairs, numberPattern, numberPatternComma, readNumber } from '../predict/cell.ts';
import type { CsvFile } from './csv.ts';
import { type Database, literal } from './duckdb.ts';

/** A column that is read. */
export interface Plan {
  /** Position in the file. */
  readonly place: number;
  readonly name: string;
  readonly asked: Asked;
}

/** SQL over a column of the file as it stands. */
export interface CellSql {
  /** Whether a cell is missing: empty, or one of the tokens. */
  readonly missing: (column: string) => string;
  /** Whether some token spells a number. */
  readonly numericToken: boolean;
  /** A cell's number, null when it is missing or none. */
  readonly number: (column: string, comma: boolean) => string;
}

/** A cell without the spaces and tabs around it. Most have none, and DuckDB's trim takes six times as long as to see that. */
export const trimmed = (column: string): string =>
  `case when ${column} >= '!' and not suffix(${column}, ' ') and not suffix(${column}, chr(9)) then ${column} ` +
  `when contains(${column}, chr(9)) then trim(${column}, ' ' || chr(9)) else trim(${column}) end`;

/** Beyond this a float64 skips whole numbers. */
export const exactBelow = 2 ** 53;

/** Whether a number is spelled as codes are. CASE spares the rare check; AND and OR would not. */
const leadingZero = (column: string): string =>
  `(case when starts_with(${column}, ' ') then trim(${column}, ' ' || chr(9)) else ${column} end) between '00' and '0:'`;

/**
 * A number is a cell that numberPattern matches; without a comma DuckDB's cast finds the same ones, faster,
 * once `_` between digits, `+-`, inf and nan are taken out, and spaces around it do not matter to the cast. Only
 * when some token spells a number must a number be looked up among the tokens.
 */
export function cellSql(tokens: readonly string[]): CellSql {
  // Not IN: beyond five constants DuckDB makes it a join, one for each column.
  const missing = (c: string): string =>
    `coalesce(list_contains([${tokens.map(literal).join(', ')}], ${trimmed(c)}), true)`;
  const numericToken = tokens.some((token) => readNumber(token) !== undefined || readNumber(token, true) !== undefined);
  return {
    missing,
    numericToken,
    number(c, comma) {
      const value = `try_cast(${comma ? `replace(${c}, ',', '.')` : c} as double)`;
      const spelled = comma
        ? `regexp_full_match(${trimmed(c)}, ${literal(numberPatternComma)})`
        : `not contains(${c}, '_') and not contains(${c}, '+-')`;
      const present = numericToken ? ` and not ${missing(c)}` : '';
      return `case when isfinite(${value}) and ${spelled}${present} then ${value} end`;
    },
  };
}

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
  const numbers = plans.map(({ place, asked }) => `${sql.number(`c${place}`, asked.decimalComma)} as v${place}`);
  const missing = plans.map(
    ({ place }) => `case when v${place} is null then ${sql.missing(`c${place}`)} else false end as m${place}`,
  );
  const counts = plans.flatMap(({ place }) => {
    const [c, v] = [`c${place}`, `v${place}`];
    const whole = `not contains(${c}, '.') and not contains(lower(${c}), 'e')`;
    return [
      `count_if(not m${place})::double as p${place}`,
      `count(${v})::double as n${place}`,
      `count_if(${v} is not null and ${leadingZero(c)})::double as z${place}`,
      `count_if(case when abs(${v}) > ${exactBelow} then ${whole} else false end)::double as b${place}`,
    ];
  });
  const columns = plans.map(({ place }) => `c${place}`).join(', ');
  const cells = (from: string): string =>
    `(select *, ${missing.join(', ')} from (select ${columns}, ${numbers.join(', ')} from ${from}))`;
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
    const cells = `select unnest([${plans.map(({ place }) => place).join(', ')}]) as k, unnest([${plans.map(({ place }) => trimmed(`c${place}`)).join(', ')}]) as t`;
    const distinct = `select k, t, count(*) as c from (${cells} from ${from}) where not ${sql.missing('t')} group by k, t`;
    return db.rows<Omit<TextProfile, 'pairs'> & { k: number } & Record<string, number>>(
      `select k, count(*)::double as distinct, ${sums.join(', ')} from (${distinct}) group by k`,
    );
  });
  return new Map(result.map((row) => [row.k, { ...row, pairs: booleanPairs.map((_, i) => row[`pair${i}`]!) }]));
}
