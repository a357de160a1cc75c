/**
 * What differs between SQL engines, one record each: how a name, a text and a number are written, which types are
 * float64 and text, and how wide a query may be. All else is the same text for every engine. It knows no query.
 */

export const dialectNames = ['duckdb', 'postgres', 'clickhouse', 'spark', 'trino'] as const;
export type DialectName = (typeof dialectNames)[number];

export interface Dialect {
  readonly name: DialectName;
  readonly identifier: (name: string) => string;
  readonly text: (text: string) => string;
  /** The placeholder of a bound text, counted from 0; undefined where the engine binds none. */
  readonly parameter: ((k: number) => string) | undefined;
  /** A finite double, which every engine reads back exactly. */
  readonly number: (x: number) => string;
  readonly asDouble: (expression: string) => string;
  readonly castText: (expression: string) => string;
  /** As text without whitespace around it, where the engine can take off more than spaces, as cells of files are read. */
  readonly asText: (expression: string) => string;
  /** Ends a sub-select whose expressions a planner would copy into every sum that uses them. */
  readonly fence: string;
  /** What is asked before a random sample, where the seed is one of the session. */
  readonly seedSession?: (seed: number) => string;
  /** Ends a select after `where …`: of its rows about this share, the same ones for the same seed. */
  readonly drawn: (share: string, seed: number, columns: readonly string[]) => string;
  /** The first 8 digits of the MD5 of `seed:text` in hexadecimal, compared by code. */
  readonly keyHash: (text: string, seed: number) => string;
  /** The most accurate sum that costs no more. */
  readonly sum: (expression: string) => string;
  /** Sums in one query: what are more is asked in several. */
  readonly mostSums: number;
  /** Columns that the design may have of rows that stay in the engine: of more, queries fail or take minutes to be planned. */
  readonly mostColumns: number;
}

const doubled = (quote: string) => (text: string) => `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
const escaped = (quote: string) => (text: string) =>
  `${quote}${text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)}${quote}`;
/** With an exponent, so that no engine takes it for a decimal; 17 digits. */
const digits = (x: number): string => {
  if (!Number.isFinite(x)) throw new RangeError(`${x} in a query`);
  return x < 0 ? `(${x.toExponential(16)})` : x.toExponential(16);
};
const castTo = (type: string) => (expression: string) => `cast(${expression} as ${type})`;
const trimmed = (type: string) => (expression: string) => `trim(cast(${expression} as ${type}))`;
/** What a cell of a file has around it, where trim() alone takes spaces only. */
const whitespace = "e' \\t\\n\\r\\f'";
/** Spreads seeds over [0, 1). */
const goldenRatio = 0.6180339887498949;
const plainSum = (expression: string): string => `sum(${expression})`;

export const dialects: Readonly<Record<DialectName, Dialect>> = {
  duckdb: {
    name: 'duckdb',
    identifier: doubled('"'),
    text: doubled("'"),
    parameter: (k) => `$${k + 1}`,
    number: digits,
    asDouble: castTo('double'),
    castText: castTo('varchar'),
    asText: (expression) => `trim(cast(${expression} as varchar), ${whitespace})`,
    fence: '',
    drawn: (share, seed) =>
      ` qualify cast(hash(row_number() over (), ${seed}) as double) / 18446744073709551616e0 < ${share}`,
    keyHash: (text, seed) => `substr(md5('${seed}:' || ${text}), 1, 8)`,
    sum: (expression) => `fsum(${expression})`, // Kahan's
    mostSums: 2000,
    mostColumns: 1000,
  },
  postgres: {
    name: 'postgres',
    identifier: doubled('"'),
    text: doubled("'"), // the session sets standard_conforming_strings
    parameter: (k) => `$${k + 1}::text`,
    number: (x) => `'${digits(x).replace(/[()]/g, '')}'::float8`,
    asDouble: castTo('double precision'),
    castText: castTo('text'),
    asText: (expression) => `btrim(cast(${expression} as text), ${whitespace})`,
    fence: ' offset 0',
    seedSession: (seed) => `select setseed(${(seed * goldenRatio) % 1})`,
    drawn: (share) => ` and random() < ${share}`,
    keyHash: (text, seed) => `substr(md5('${seed}:' || ${text}), 1, 8) collate "C"`,
    sum: plainSum,
    mostSums: 1600, // of 1,664 items in a select
    mostColumns: 1600,
  },
  clickhouse: {
    name: 'clickhouse',
    identifier: escaped('"'),
    text: escaped("'"),
    parameter: (k) => `{p${k}:String}`,
    number: digits,
    asDouble: (expression) => `toFloat64(${expression})`,
    castText: castTo('Nullable(String)'), // of low cardinality toString makes low cardinality
    asText: (expression) => `replaceRegexpAll(toString(${expression}), '^ +| +$', '')`, // no trim in old releases
    fence: '',
    // Its random numbers take no seed: equal rows are drawn together.
    drawn: (share, seed, columns) =>
      ` and cityHash64(toUInt64(${seed}), ${columns.join(', ')}) / 18446744073709551616e0 < ${share}`,
    keyHash: (text, seed) => `lower(substring(hex(MD5(concat('${seed}:', ${text}))), 1, 8))`,
    sum: plainSum,
    mostSums: 500,
    mostColumns: 1000,
  },
  spark: {
    name: 'spark',
    identifier: doubled('`'),
    text: escaped("'"), // the session substitutes no variables, which would take ${x} out of texts
    parameter: (k) => `:p${k}`,
    number: (x) => digits(x).replace(/\d(?=\)?$)/, '$&d'),
    asDouble: castTo('double'),
    castText: castTo('string'),
    asText: trimmed('string'),
    fence: '',
    drawn: (share, seed) => ` and rand(${seed}) < ${share}`,
    keyHash: (text, seed) => `substr(md5(concat('${seed}:', ${text})), 1, 8)`,
    sum: plainSum,
    mostSums: 96, // more than 100 fields are not compiled
    mostColumns: 250, // more was not tried
  },
  trino: {
    name: 'trino',
    identifier: doubled('"'),
    text: doubled("'"),
    parameter: undefined, // its texts have no escapes
    number: digits,
    asDouble: castTo('double'),
    castText: castTo('varchar'),
    asText: trimmed('varchar'),
    fence: '',
    // Its random numbers take no seed: equal rows are drawn together.
    drawn: (share, seed, columns) => {
      const texts = columns.map(castTo('varchar')).join(', ');
      const hash = `from_big_endian_64(xxhash64(to_utf8(concat_ws(chr(31), '${seed}', ${texts}))))`;
      return ` and cast(${hash} as double) / 18446744073709551616e0 + 5e-1 < ${share}`;
    },
    keyHash: (text, seed) => `substr(lower(to_hex(md5(to_utf8(concat('${seed}:', ${text}))))), 1, 8)`,
    sum: plainSum,
    mostSums: 500,
    mostColumns: 250, // more was not tried
  },
};
