/**
 * Lines → records of a delimited text, as RFC 4180 quotes them, and what a sample of them says about the
 * dialect: delimiter, header, width. DuckDB parses the whole file; this reads the first lines, and
 * finds the line of a record when an error must name it. It knows no types.
 */

export interface TextRecord {
  readonly fields: string[];
  /** The line on which it begins, from 1. */
  readonly line: number;
}

/** Puts lines together until quotes are closed; blank lines between records are skipped. */
export class RecordAssembler {
  readonly #delimiter: string;
  #open: string | undefined;
  #line = 0;
  #start = 0;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(line: string): TextRecord | undefined {
    this.#line++;
    if (this.#open === undefined) {
      if (line === '') return undefined;
      this.#start = this.#line;
    }
    const text = this.#open === undefined ? line : `${this.#open}\n${line}`;
    const fields = splitFields(text, this.#delimiter);
    this.#open = fields === undefined ? text : undefined;
    return fields && { fields, line: this.#start };
  }
}

/** The fields of one record, quotes undone; undefined while a quote is open. */
function splitFields(text: string, delimiter: string): string[] | undefined {
  const fields: string[] = [];
  for (let at = 0; ; ) {
    const begin = at + (text.slice(at).match(/^ */)?.[0].length ?? 0);
    let end: number;
    if (text[begin] === '"') {
      let close = begin + 1;
      while (close < text.length && !(text[close] === '"' && text[close + 1] !== '"'))
        close += text[close] === '"' ? 2 : 1;
      if (close >= text.length) return undefined;
      fields.push(text.slice(begin + 1, close).replaceAll('""', '"'));
      end = text.indexOf(delimiter, close);
    } else {
      end = text.indexOf(delimiter, at);
      fields.push(text.slice(at, end < 0 ? undefined : end));
    }
    if (end < 0) return fields;
    at = end + delimiter.length;
  }
}

export interface Dialect {
  readonly delimiter: string;
  /** Blank lines before the first record. */
  readonly blankLines: number;
  /** The header's fields as they stand; undefined when the first line is data. */
  readonly header: readonly string[] | undefined;
  /** The first records below the header. */
  readonly sample: readonly TextRecord[];
  /** Fields in a row. */
  readonly width: number;
  /** Every row of the sample ends with a delimiter that the header lacks. */
  readonly trailing: boolean;
}

const candidates = [',', ';', '\t', '|'];

/**
 * The delimiter is the one that cuts most records, the header among them, into the same number of
 * fields; of equals, the one that makes more of the fields numbers, and then the one that makes more
 * fields. Undefined when there is no record at all.
 */
export function sniffDialect(
  lines: readonly string[],
  asked: { delimiter?: string | undefined; header: boolean },
): Dialect | undefined {
  const readings = (asked.delimiter === undefined ? candidates : [asked.delimiter]).map((delimiter) => {
    const assembler = new RecordAssembler(delimiter);
    const records = lines.map((line) => assembler.push(line)).filter((record) => record !== undefined);
    return { delimiter, records, ...agreement(records) };
  });
  const best = readings.reduce((a, b) => {
    const better = b.fraction - a.fraction || b.numbers - a.numbers || b.width - a.width;
    return better > 0 ? b : a;
  });
  const [first, ...rest] = best.records;
  if (first === undefined) return undefined;
  const sample = asked.header ? rest : best.records;
  const header = asked.header ? first.fields : undefined;
  const trailing =
    header !== undefined &&
    rest.length > 0 &&
    rest.every(({ fields }) => fields.length === header.length + 1 && fields.at(-1)!.trim() === '');
  return {
    delimiter: best.delimiter,
    blankLines: first.line - 1,
    header,
    sample,
    width: header === undefined ? best.width : header.length + (trailing ? 1 : 0),
    trailing,
  };
}

/** The commonest number of fields above one, the fraction of the records that have it, and the fraction of numbers among fields. */
function agreement(records: readonly TextRecord[]): { fraction: number; width: number; numbers: number } {
  const counts = new Map<number, number>();
  for (const { fields } of records) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  const [width, count] = [...counts].filter(([fields]) => fields > 1).sort((a, b) => b[1] - a[1])[0] ?? [1, 0];
  const fields = records.flatMap((record) => record.fields);
  const numbers = fields.filter((field) => /^[+-]?\d*[.,]?\d+$/.test(field.trim())).length;
  return { fraction: count / Math.max(1, records.length), width, numbers: numbers / Math.max(1, fields.length) };
}
