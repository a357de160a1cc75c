/** Texts as sources of bytes in pieces of any size, and tables as plain data. */
import type { ColumnRequest, ReadOptions, Table } from '../../src/data/table.ts';
import { LogisticError } from '../../src/errors.ts';
import { readDelimitedCells } from '../../src/text/read-cells.ts';
import { readDelimited } from '../../src/text/read-delimited.ts';
import type { ByteSource } from '../../src/text/source.ts';

export function sourceOf(text: string | Uint8Array, piece = 65_536): ByteSource {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  let given = 0;
  // One memory for all pieces: whoever keeps one must copy it.
  const room = new Uint8Array(piece);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    while (given < bytes.length) {
      const next = bytes.subarray(given, given + piece);
      given += next.length;
      room.fill(0xff);
      room.set(next);
      yield room.subarray(0, next.length);
    }
  }
  return { label: 'd.csv', size: bytes.length, given: () => given, chunks: chunks() };
}

export interface Reading {
  readonly request?: ColumnRequest;
  readonly options?: ReadOptions;
  readonly piece?: number;
  readonly threads?: number;
}

export const read = (text: string | Uint8Array, { request = {}, options = {}, piece, threads }: Reading = {}) =>
  readDelimited([sourceOf(text, piece)], request, options, threads);

/** What is read, or the error, as plain data; numbers to the last bit. */
export async function outcome(text: string | Uint8Array, reading: Reading = {}) {
  try {
    return plain(await read(text, reading));
  } catch (error) {
    if (!(error instanceof LogisticError)) throw error;
    return { code: error.code, message: error.message, hint: error.hint };
  }
}

export function plain(table: Table) {
  const columns = table.columns.map((column) =>
    column.kind === 'numeric'
      ? { ...column, values: [...column.values].map((value) => (Object.is(value, -0) ? '-0' : String(value))) }
      : { ...column, codes: [...column.codes] },
  );
  return { ...table, columns };
}

export async function cellsOf(
  text: string | Uint8Array,
  options: ReadOptions = {},
  piece?: number,
): Promise<string[][]> {
  const all: string[][] = [];
  for await (const chunk of (await readDelimitedCells(sourceOf(text, piece), options)).rows) all.push(...chunk);
  return all;
}
