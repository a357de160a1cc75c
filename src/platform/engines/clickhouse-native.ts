/**
 * Rows as ClickHouse sends them in its format Native: blocks of the counts of columns and rows, then of each column its
 * name, its type and its cells. Columns here are Float64 or String, Nullable where a byte for each row comes before, 1 for
 * null; a count or length is a varint, of 7 bits in a byte, the lowest first.
 */
import type { ColumnarChunk } from '../../columnar/readers.ts';
import { Incoming } from './incoming.ts';
import { chunkOf, type SentCells } from './pull.ts';

export async function* nativeRows(parts: AsyncIterable<Uint8Array>): AsyncGenerator<ColumnarChunk> {
  const incoming = new Incoming(parts);
  try {
    while (incoming.at < incoming.bytes.length || (await incoming.more())) {
      const width = await incoming.value(() => varint(incoming));
      const rows = await incoming.value(() => varint(incoming));
      const columns: SentCells[] = [];
      while (columns.length < width) columns.push(await columnOf(incoming, rows));
      if (rows > 0) yield chunkOf(rows, columns);
    }
  } finally {
    await incoming.end();
  }
}

async function columnOf(incoming: Incoming, rows: number): Promise<SentCells> {
  await incoming.value(() => text(incoming)); // its name
  const type = await incoming.value(() => text(incoming));
  const [, nullable, inner = type] = /^(Nullable)\((.*)\)$/.exec(type) ?? [];
  const isNull = new Uint8Array(nullable === undefined ? 0 : rows);
  await incoming.fill(isNull);
  if (inner === 'String') {
    const texts: (string | null)[] = [];
    while (texts.length < rows) {
      const found = text(incoming);
      if (found === undefined) await incoming.requireMore();
      else texts.push(isNull[texts.length] === 1 ? null : found);
    }
    return texts;
  }
  if (inner !== 'Float64') throw new TypeError(`a column of the type ${type}`);
  const numbers = new Float64Array(rows);
  await incoming.fill(new Uint8Array(numbers.buffer));
  let nulls = 0;
  isNull.forEach((own, row) => {
    if (own === 0) return;
    numbers[row] = Number.NaN;
    nulls++;
  });
  return { numbers, nulls };
}

/** Undefined, with nothing read, where it has not come whole; so below. */
function varint(incoming: Incoming): number | undefined {
  const { bytes } = incoming;
  for (let [value, unit, at] = [0, 1, incoming.at]; at < bytes.length; unit *= 128) {
    const byte = bytes[at++]!;
    value += (byte & 127) * unit;
    if (byte >= 128) continue;
    incoming.at = at;
    return value;
  }
  return undefined;
}

function text(incoming: Incoming): string | undefined {
  const from = incoming.at;
  const length = varint(incoming);
  const { bytes, at } = incoming;
  if (length !== undefined && at + length <= bytes.length) {
    incoming.at = at + length;
    return bytes.toString('utf8', at, at + length);
  }
  incoming.at = from;
  return undefined;
}
