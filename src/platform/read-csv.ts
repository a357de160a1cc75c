/**
 * Delimited text → Table: one scan that profiles every column over all rows, data/infer.ts's decision,
 * one scan that reads numbers as numbers and texts as codes. Two scans bound the memory to the
 * numbers that are kept.
 */
import { describeCounters } from '../data/counters.ts';
import {
  type Asked,
  booleanWords,
  decideKind,
  type Kind,
  type Profile,
  refusal,
  type TextProfile,
} from '../data/infer.ts';
import { requireNames, wantedColumns } from '../data/names.ts';
import type { Column, ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { Dictionary, textColumn } from '../data/typed-column.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { booleanPairs, defaultMissingTokens, numberPattern, numberPatternComma } from '../predict/cell.ts';
import { type CsvFile, openCsv } from './csv.ts';
import { type Database, literal } from './duckdb.ts';
import type { Source } from './source.ts';

interface Plan {
  /** Position in the file. */
  readonly place: number;
  readonly name: string;
  readonly asked: Asked;
}

/** SQL over a column of the trimmed relation. */
interface CellSql {
  readonly missing: (t: string) => string;
  readonly number: (t: string, comma: boolean) => string;
}

export async function readCsv(
  db: Database,
  source: Source,
  request: ColumnRequest,
  options: ReadOptions,
): Promise<Table> {
  const csv = await openCsv(db, source, options, request.target);
  const { names } = csv.columns;
  requireNames(request, names, csv.dialect.header);
  const plans = wantedColumns(request, names).map(
    (place): Plan => ({ place, name: names[place]!, asked: askedOf(names[place]!, request, csv, options) }),
  );
  const tokens = [...new Set(['', ...(options.missingTokens ?? defaultMissingTokens)])];
  const sql = cellSql(tokens);

  const { rows, profiles, badRows } = await profileColumns(db, csv, plans, sql, options);
  const kinds = plans.map((plan, k) => decideKind(profiles[k]!, plan.asked));
  for (const [k, kind] of kinds.entries()) {
    if (kind.kind === 'refused')
      throw refusal(plans[k]!.name, kind, await findOffender(db, csv, plans[k]!, kind, sql, source.label));
  }
  const kept = plans
    .map((plan, k) => ({ plan, kind: kinds[k]!, profile: profiles[k]! }))
    .filter(({ kind }) => kind.kind !== 'left-out');
  const missing = await countMissing(
    db,
    csv,
    kept.filter(({ profile }) => profile.present < rows).map(({ plan }) => plan),
    tokens,
    options,
  );
  const columns = await readColumns(db, csv, kept, { rows, missing, sql, options });
  const counters = describeCounters(columns, request, new Set([...csv.columns.unnamed].map((place) => names[place]!)));
  return {
    rows,
    columns: counters.columns,
    source: source.label,
    badRows,
    warnings: [
      ...csv.warnings,
      ...kinds.flatMap((kind) => ('warning' in kind && kind.warning !== undefined ? [kind.warning] : [])),
      ...counters.warnings,
      ...tokenShares(columns, rows),
    ],
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

/**
 * A number is a cell that numberPattern matches; without a comma DuckDB's cast finds the same ones, faster,
 * once `_` between digits, inf and nan are taken out. Numbers begin with one of + - . 0 … 9, which lie
 * between + and : in ASCII; a text that does not is spared the cast, whose failure is slow.
 */
function cellSql(tokens: readonly string[]): CellSql {
  return {
    missing: (t) => `(${t} is null or ${t} in (${tokens.map(literal).join(', ')}))`,
    number: (t, comma) =>
      comma
        ? `(regexp_full_match(${t}, ${literal(numberPatternComma)}) and isfinite(${value(t, true)}))`
        : `(${t} between '+' and ':' and isfinite(${value(t, false)}) and not contains(${t}, '_'))`,
  };
}

const value = (t: string, comma: boolean): string => `try_cast(${comma ? `replace(${t}, ',', '.')` : t} as double)`;

/** `select … from (trimmed columns of the file)` */
const trimmed = (from: string, plans: readonly Plan[]): string =>
  `(select ${plans.map(({ place }) => `trim(c${place}, ' ' || chr(9)) as c${place}`).join(', ')} from ${from})`;

async function profileColumns(db: Database, csv: CsvFile, plans: readonly Plan[], sql: CellSql, options: ReadOptions) {
  const most = options.maxBadRows ?? 0;
  const cells = plans.flatMap(({ place, asked }) => {
    const t = `c${place}`;
    const present = `not ${sql.missing(t)}`;
    return [
      t,
      `${present} as p${place}`,
      `case when ${present} and ${sql.number(t, asked.decimalComma)} then ${value(t, asked.decimalComma)} end as v${place}`,
    ];
  });
  const counts = plans.flatMap(({ place }) => [
    `count(*) filter (p${place})::double as p${place}`,
    `count(v${place})::double as n${place}`,
    `count(*) filter (v${place} is not null and c${place} between '00' and '0:')::double as z${place}`,
    `count(*) filter (abs(v${place}) > 9007199254740992 and not contains(c${place}, '.') and not contains(lower(c${place}), 'e'))::double as b${place}`,
  ]);
  const first = await csv.scan(most, (from) =>
    db.rows<Record<string, number>>(
      `select count(*)::double as m, ${counts.join(', ')} from (select ${cells.join(', ')} from ${trimmed(from, plans)})`,
    ),
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
    ([name, holds]) => `coalesce(sum(c) filter (${holds}), 0)::double as ${name}`,
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
      `select k, ${t} as cell from (select row_number() over () - 1 as k, ${t} from ${trimmed(from, [plan])}) ` +
        `where not ${sql.missing(t)} and not coalesce(${sql.number(t, plan.asked.decimalComma)}, false) order by k limit 1`,
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
  if (plans.length === 0) return found;
  const counts = plans.flatMap(({ place }) =>
    tokens.map(
      (token, i) =>
        `count(*) filter (${token === '' ? `c${place} is null or ` : ''}c${place} = ${literal(token)})::double as t${place}_${i}`,
    ),
  );
  const { result } = await csv.scan(options.maxBadRows ?? 0, (from) =>
    db.rows<Record<string, number>>(`select ${counts.join(', ')} from ${trimmed(from, plans)}`),
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
  return found;
}

interface Reading {
  readonly rows: number;
  readonly missing: ReadonlyMap<number, Column['missing']>;
  readonly sql: CellSql;
  readonly options: ReadOptions;
}

const noneMissing: Column['missing'] = { count: 0, tokens: {} };

async function readColumns(
  db: Database,
  csv: CsvFile,
  kept: readonly { plan: Plan; kind: Kind }[],
  reading: Reading,
): Promise<Column[]> {
  const { rows, sql, options } = reading;
  const expressions = kept.map(({ plan: { place }, kind }) => {
    const t = `c${place}`;
    if (kind.kind !== 'numeric') return `case when ${sql.missing(t)} then null else ${t} end`;
    return `case when ${sql.missing(t)} then 'nan'::double else ${value(t, kind.comma)} end`;
  });
  const numbers = kept.map(({ kind }) => (kind.kind === 'numeric' ? new Float64Array(rows) : undefined));
  const dictionaries = kept.map(({ kind }) => (kind.kind === 'numeric' ? undefined : new Dictionary(rows)));
  let at = 0;
  await csv.scan(options.maxBadRows ?? 0, async (from) => {
    at = 0;
    await db.chunks(
      `select ${expressions.join(', ')} from ${trimmed(
        from,
        kept.map(({ plan }) => plan),
      )}`,
      (chunk) => {
        kept.forEach((_, k) => {
          const vector = chunk.getColumnVector(k);
          const values = numbers[k];
          if (values !== undefined)
            for (let i = 0; i < chunk.rowCount; i++) values[at + i] = vector.getItem(i) as number;
          else readTexts(dictionaries[k]!, at, chunk.rowCount, (i) => vector.getItem(i) as string | null);
        });
        at += chunk.rowCount;
      },
    );
  });
  // A stream that fails in the middle ends like one that is done, so the rows are counted against the profile.
  if (at !== rows) throw new Error(`${at} of ${rows} rows came through: DuckDB ended the stream early`);
  return kept.map(({ plan }, k): Column => {
    const missing = reading.missing.get(plan.place) ?? noneMissing;
    const values = numbers[k];
    if (values !== undefined) return { kind: 'numeric', name: plan.name, values, missing };
    refuseNul(plan.name, dictionaries[k]!.texts);
    return textColumn(plan.name, dictionaries[k]!, missing, plan.asked.as === 'categorical');
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
