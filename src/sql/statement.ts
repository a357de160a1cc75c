/**
 * SQL text while it is written: names are quoted and qualified, numbers are literals of 17 digits, texts are bound, so
 * that no name and no category can be read as SQL. It knows no formula.
 */
import type { Dialect } from './dialects.ts';

/** A query with the texts that are bound to its placeholders, in their order. */
export interface Statement {
  readonly sql: string;
  readonly texts: readonly string[];
}

export class Writer {
  readonly dialect: Dialect;
  readonly #texts: string[] = [];

  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  text(text: string): string {
    if (this.dialect.parameter === undefined) return this.dialect.text(text);
    const known = this.#texts.indexOf(text);
    return this.dialect.parameter(known >= 0 ? known : this.#texts.push(text) - 1);
  }

  number(x: number): string {
    return this.dialect.number(x);
  }

  /** A column of the user's query. Qualified: ClickHouse would read a bare name as an alias of the same select. */
  column(name: string): string {
    return `q.${this.dialect.identifier(name)}`;
  }

  statement(sql: string): Statement {
    return { sql, texts: [...this.#texts] };
  }
}

/** Parts of at most so many, in order. */
export function inBatches<T>(items: readonly T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, k) => items.slice(k * most, (k + 1) * most));
}

/** A sum of many as a balanced tree: engines limit how deep an expression is. */
export function sumOf(parts: readonly string[]): string {
  if (parts.length === 1) return parts[0]!;
  const half = parts.length >> 1;
  return `(${sumOf(parts.slice(0, half))} + ${sumOf(parts.slice(half))})`;
}

/** False for NaN and both infinities in every engine, some of which order NaN above all numbers. */
export const isFiniteNumber = (number: string): string => `abs(${number}) <= 1.7976931348623157e308`;

/** False for NaN, which is below nothing in some engines and above all numbers in the others; an arc tangent is at most π/2. */
export const isNotNaN = (number: string): string => `atan(${number}) < 2`;

/** ln(1 + o) without loss of digits for small o (W. Kahan). */
export const log1p = (o: string): string =>
  `case when 1 + ${o} = 1 then ${o} else ln(1 + ${o}) * ${o} / ((1 + ${o}) - 1) end`;
