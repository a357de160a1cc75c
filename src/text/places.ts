/**
 * Where rows stand in their file, and the errors that say so: physical lines, whatever ends them, with blank lines,
 * lines within quotes and rows that were left out counted. It keeps a pair of numbers wherever lines do not follow
 * rows one by one.
 */
import { LogisticError } from '../errors.ts';
import type { Block, Broken } from './block.ts';

/** Bad rows whose text is told. */
const told = 5;

export class Places {
  readonly #files: { readonly label: string; readonly row: number }[] = [];
  readonly #maxBadRows: number;
  readonly #rows: number[] = [];
  readonly #lines: number[] = [];
  readonly #faults: string[] = [];
  #line = 0;
  #row = 0;
  #bytes = 0;
  badRows = 0;

  constructor(maxBadRows: number) {
    this.#maxBadRows = maxBadRows;
  }

  /** Begins a file. `lines` and `at`: what comes before its first block. */
  open(label: string, before: { readonly lines: number; readonly at: number }): void {
    this.#files.push({ label, row: this.#row });
    this.#line = before.lines;
    this.#bytes = before.at;
  }

  /** Counts a block of so many bytes. Throws where it cannot be read at all. */
  add(block: Block, bytes: number): void {
    if (block.broken !== undefined) throw this.#broken(block.broken);
    if (block.rows > 0 && block.jumps[0] !== 0) this.#jump(0, 0);
    for (let k = 0; k < block.jumps.length; k += 2) this.#jump(block.jumps[k]!, block.jumps[k + 1]!);
    for (const { line, reason, text } of block.faults) {
      if (this.#faults.length < told) this.#faults.push(`${this.#at(line)}: ${reason} in ${JSON.stringify(text)}`);
    }
    this.badRows += block.faultCount;
    this.#row += block.rows;
    this.#line += block.lines;
    this.#bytes += bytes;
  }

  /** Throws when more rows are bad than may be. */
  requireGoodRows(): void {
    const { badRows } = this;
    if (badRows <= this.#maxBadRows) return;
    const more = badRows > this.#faults.length ? `; … ${badRows} bad rows in all` : '';
    throw new LogisticError('bad-rows', `${this.#faults.join('; ')}${more}`, {
      hint: `fix the file, or skip them with --max-bad-rows ${badRows}`,
      details: { rows: badRows },
    });
  }

  /** The line, from 1, of a row from 0. */
  lineOf(row: number): number {
    let [low, high] = [0, this.#rows.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#rows[middle]! <= row) low = middle;
      else high = middle - 1;
    }
    return this.#lines[low]! + row - this.#rows[low]! + 1;
  }

  whereIs(row: number): string {
    const { label } = this.#files.findLast((file) => file.row <= row)!;
    return `${label}:${this.lineOf(row)}`;
  }

  /** The error of a row that is longer than a row can be. */
  tooLong(inQuotes: boolean): LogisticError {
    if (inQuotes) return this.#openQuote(0);
    return new LogisticError('bad-rows', `${this.#at(0)}: a line of more than 64 MiB`, { hint: 'check the line ends' });
  }

  #at(line: number): string {
    return `${this.#files.at(-1)!.label}:${this.#line + line + 1}`;
  }

  #jump(row: number, line: number): void {
    const [at, place] = [this.#row + row, this.#line + line];
    const last = this.#rows.length - 1;
    if (last >= 0 && place - at === this.#lines[last]! - this.#rows[last]!) return;
    this.#rows.push(at);
    this.#lines.push(place);
  }

  #broken(broken: Broken): LogisticError {
    if (broken.kind === 'quote') return this.#openQuote(broken.line);
    return badByte(this.#at(broken.line), broken.byte, this.#bytes + broken.offset, {
      line: this.#line + broken.line + 1,
    });
  }

  #openQuote(line: number): LogisticError {
    return new LogisticError('bad-rows', `${this.#at(line)}: a quote that opens here is never closed`, {
      hint: 'close it, or double a quote that belongs to the text',
    });
  }
}

/** The error of a byte that is no text, at an offset of the text. */
export function badByte(
  where: string,
  byte: number,
  offset: number,
  details: { readonly line: number },
): LogisticError {
  const what = byte === 0 ? 'a NUL byte: this is not plain text' : `byte 0x${byte.toString(16)} is not valid UTF-8`;
  return new LogisticError('encoding', `${where}: ${what} (byte ${offset} of the text)`, {
    hint: 'convert the file to UTF-8, for instance with iconv -f LATIN1 -t UTF-8',
    details: { ...details, offset },
  });
}
