/**
 * Delimited text → records with the line each began on: a small careful reader for the first lines of a
 * file, for files that DuckDB objects to, and to find the line of a cell. DuckDB reads all else; on text
 * that both accept they agree (test/platform/records.test.ts). It knows no types and no names.
 *
 * A field is quoted when its first character after spaces is `"`; `""` inside is one quote. A line that
 * holds only spaces is no record. A line ends with \n, \r\n or \r.
 */
export interface Record {
  readonly fields: readonly string[];
  /** The line of the file it began on, from 1. */
  readonly line: number;
  /** Why it cannot be read, and the line of that. */
  readonly problem?: { readonly what: 'unclosed-quote' | 'text-after-quote'; readonly line: number };
}

type State = 'start' | 'plain' | 'quoted' | 'closed';

export class RecordReader {
  private readonly delimiter: string;
  private state: State = 'start';
  private fields: string[] = [];
  private field = '';
  private line = 1;
  private recordLine = 1;
  private quoteLine = 0;
  /** Spaces after a closing quote; a further quote after them reopens nothing. */
  private spaced = false;
  private anyQuote = false;
  private afterReturn = false;
  private problem: Record['problem'];

  constructor(delimiter: string) {
    this.delimiter = delimiter;
  }

  /** The records that end in this piece of the text. */
  push(text: string): Record[] {
    const records: Record[] = [];
    let begin = 0;
    for (let i = 0; i < text.length; i++) {
      const character = text[i]!;
      if (this.state === 'quoted') {
        if (character === '"') {
          this.field += text.slice(begin, i);
          this.state = 'closed';
          this.spaced = false;
        } else this.countLine(character);
        this.afterReturn = character === '\r';
        continue;
      }
      if (character === '\n' && this.afterReturn) {
        this.afterReturn = false;
        begin = i + 1;
        continue;
      }
      this.afterReturn = character === '\r';
      if (character === this.delimiter || character === '\n' || character === '\r') {
        if (this.state === 'plain' || this.state === 'start') this.field += text.slice(begin, i);
        this.endField();
        begin = i + 1;
        if (character !== this.delimiter) this.endRecord(records);
      } else if (this.state === 'closed') begin = this.afterQuote(character, i);
      else if (this.state === 'start' && character === '"') {
        this.state = 'quoted';
        this.quoteLine = this.line;
        this.anyQuote = true;
        this.field = '';
        begin = i + 1;
      } else if (character !== ' ') this.state = 'plain';
    }
    if (this.state !== 'closed') this.field += text.slice(begin);
    return records;
  }

  /** The last record, when the text does not end with a line end. */
  end(): Record[] {
    const records: Record[] = [];
    if (this.state === 'quoted') this.problem = { what: 'unclosed-quote', line: this.quoteLine };
    if (this.field === '' && this.fields.length === 0 && !this.anyQuote) return records;
    this.endField();
    this.endRecord(records);
    return records;
  }

  private afterQuote(character: string, at: number): number {
    if (character === '"' && !this.spaced) {
      this.state = 'quoted';
      return at; // the quote itself is part of the field
    }
    if (character === ' ') this.spaced = true;
    else this.problem ??= { what: 'text-after-quote', line: this.line };
    return at + 1;
  }

  private countLine(character: string): void {
    if (character === '\r' || (character === '\n' && !this.afterReturn)) this.line++;
  }

  private endField(): void {
    this.fields.push(this.field);
    this.field = '';
    this.state = 'start';
  }

  private endRecord(records: Record[]): void {
    const blank = this.fields.length === 1 && !this.anyQuote && this.fields[0]!.trim() === '';
    if (!blank) {
      const record = { fields: this.fields, line: this.recordLine };
      records.push(this.problem === undefined ? record : { ...record, problem: this.problem });
    }
    this.fields = [];
    this.problem = undefined;
    this.anyQuote = false;
    this.line++;
    this.recordLine = this.line;
  }
}
