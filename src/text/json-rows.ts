/**
 * JSON lines, or one array of objects → rows of objects, as the bytes come. A row that is no object, is broken, or has
 * a key twice is told with its line. It knows no column.
 */
import type { ObjectRows } from '../data/kinds.ts';
import type { ReadOptions } from '../data/table.ts';
import { brief, LogisticError } from '../errors.ts';
import { utf8Chunks } from './encoding.ts';
import type { ByteSource } from './source.ts';

export type JsonRow = ObjectRows[number];

const form = 'give one object a line, or one array of objects';

/** The rows in their order, in chunks. */
export async function* jsonRows(source: ByteSource, options: ReadOptions): AsyncGenerator<JsonRow[]> {
  const { label } = source;
  let cutter: LineCutter | ArrayCutter | undefined;
  let start = '';
  const parse = ({ text, line }: Item): JsonRow => parseRow(text, `${label}:${line}`);
  for await (const text of texts(source)) {
    options.signal?.throwIfAborted();
    start += text;
    if (cutter === undefined && start.trimStart() !== '') {
      cutter = start.trimStart().startsWith('[') ? new ArrayCutter(label) : new LineCutter();
    }
    if (cutter !== undefined) {
      yield Array.from(cutter.push(start), parse);
      start = '';
    }
    if (source.size !== undefined) options.onProgress?.(Math.min(1, source.given() / source.size));
  }
  if (cutter !== undefined) yield Array.from(cutter.finish(), parse);
}

/** The text of a row, and the line where it begins. */
interface Item {
  readonly text: string;
  readonly line: number;
}

/** Lines that are not blank. */
class LineCutter {
  #rest = '';
  #line = 0;

  *push(text: string): Generator<Item> {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop()!;
    for (const line of lines) yield* this.#item(line);
  }

  *finish(): Generator<Item> {
    yield* this.#item(this.#rest);
  }

  *#item(text: string): Generator<Item> {
    this.#line++;
    if (text.trim() !== '') yield { text, line: this.#line };
  }
}

const [quote, comma, backslash, open, close] = [0x22, 0x2c, 0x5c, [0x5b, 0x7b], [0x5d, 0x7d]] as const;

/** The items of an array, on however many lines: what stands between its commas, brackets and strings passed over. */
class ArrayCutter {
  readonly #label: string;
  /** From the current item on; looked at up to `#at`. */
  #rest = '';
  #at = 0;
  #line = 1;
  #depth = 0;
  #inString = false;
  #items = 0;
  #ended = false;

  constructor(label: string) {
    this.#label = label;
  }

  *push(text: string): Generator<Item> {
    this.#rest += text;
    for (; this.#at < this.#rest.length && !this.#ended; this.#at++) {
      const code = this.#rest.charCodeAt(this.#at);
      if (this.#inString) {
        if (code === backslash) this.#at++;
        else if (code === quote) this.#inString = false;
      } else if (code === quote) this.#inString = true;
      else if (open.includes(code as 0x5b)) {
        if (this.#depth++ === 0) this.#passOver();
      } else if (close.includes(code as 0x5d)) {
        this.#ended = --this.#depth === 0;
        if (this.#ended && (this.#items > 0 || this.#rest.slice(0, this.#at).trim() !== '')) yield this.#item();
      } else if (code === comma && this.#depth === 1) yield this.#item();
    }
  }

  finish(): Item[] {
    const ahead = this.#rest.length - this.#rest.trimStart().length;
    const where = `${this.#label}:${this.#line + lineEnds(this.#rest.slice(0, ahead))}`;
    if (!this.#ended) {
      throw new LogisticError('bad-rows', `${where}: the array that begins the file is never closed`, { hint: form });
    }
    if (this.#rest.slice(this.#at).trim() === '') return [];
    throw new LogisticError('bad-rows', `${where}: something follows the array`, { hint: form });
  }

  #item(): Item {
    const text = this.#rest.slice(0, this.#at);
    const ahead = text.slice(0, text.length - text.trimStart().length);
    const item = { text, line: this.#line + lineEnds(ahead) };
    this.#items++;
    this.#passOver();
    return item;
  }

  /** Goes on after the character that is looked at. */
  #passOver(): void {
    this.#line += lineEnds(this.#rest.slice(0, this.#at));
    this.#rest = this.#rest.slice(this.#at + 1);
    this.#at = -1;
  }
}

const lineEnds = (text: string): number => text.match(/\r\n|\n|\r/g)?.length ?? 0;

async function* texts({ chunks, label }: ByteSource): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of utf8Chunks(chunks, label)) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new LogisticError('encoding', `${label}: a byte that is not valid UTF-8`, {
      hint: 'convert the file to UTF-8',
    });
  }
}

function parseRow(text: string, where: string): JsonRow {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch (error) {
    throw new LogisticError('bad-rows', `${where}: not JSON (${(error as Error).message})`, { hint: form });
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw new LogisticError('bad-rows', `${where}: found ${brief(text.trim())}, expected an object`, { hint: form });
  }
  const twice = repeatedKey(text, row);
  if (twice !== undefined) {
    throw new LogisticError('bad-rows', `${where}: the key ${JSON.stringify(twice)} stands twice`, {
      hint: 'give each key once',
    });
  }
  return row as JsonRow;
}

const strings = /"(?:[^"\\]|\\.)*"/g;

/** The first key of an object that comes again; JSON.parse keeps the last one without a word. */
function repeatedKey(text: string, row: object): string | undefined {
  const bare = text.replace(strings, '""');
  if (bare.split(':').length - 1 === Object.keys(row).length) return undefined;
  const seen = new Set<string>();
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && token.endsWith(':')) {
      const key = JSON.parse(token.slice(0, -1).trimEnd()) as string;
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
}
