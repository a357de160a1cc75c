/**
 * Rows as PostgreSQL's COPY sends them in binary (its manual, COPY, "Binary Format"): a header; of each row the count of its
 * fields, and each field after its length, −1 for null; −1 for a count at the end. Fields here are float8 or text.
 */
import type { ColumnarChunk } from '../../columnar/readers.ts';
import { Incoming } from './incoming.ts';
import { type CellKind, chunkOf, type SentCells } from './pull.ts';

/** Rows of a chunk. */
const mostRows = 8192;
/** The signature and the flags; the length of what extends the header follows. */
const headerBytes = 15;

export async function* copiedRows(
  parts: AsyncIterable<Uint8Array>,
  kinds: readonly CellKind[],
): AsyncGenerator<ColumnarChunk> {
  const incoming = new Incoming(parts);
  try {
    const extension = Buffer.alloc(4);
    await incoming.fill(Buffer.alloc(headerBytes));
    await incoming.fill(extension);
    await incoming.fill(Buffer.alloc(extension.readInt32BE()));
    for (let ended = false; !ended; ) {
      const rows = new Rows(kinds);
      while (!ended && rows.count < mostRows) {
        const state = rows.read(incoming);
        if (state === 'cut') await incoming.requireMore();
        ended = state === 'ended';
      }
      if (rows.count > 0) yield rows.chunk();
    }
  } finally {
    await incoming.end();
  }
}

/** The rows of a chunk, as far as they have come. */
class Rows {
  count = 0;
  /** Of each column either. */
  readonly #numbers: readonly (Float64Array | undefined)[];
  readonly #texts: readonly (string | null)[][];
  /** 1 for null, [columns, mostRows]. */
  readonly #isNull: Uint8Array;

  constructor(kinds: readonly CellKind[]) {
    this.#numbers = kinds.map((kind) => (kind === 'number' ? new Float64Array(mostRows) : undefined));
    this.#texts = kinds.map(() => []);
    this.#isNull = new Uint8Array(kinds.length * mostRows);
  }

  /** Reads on to the last row that is whole. */
  read(incoming: Incoming): 'full' | 'cut' | 'ended' {
    const { bytes } = incoming;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const width = this.#numbers.length;
    for (; this.count < mostRows; this.count++) {
      const row = this.count;
      let { at } = incoming;
      if (at + 2 > bytes.length) return 'cut';
      if (view.getInt16(at) < 0) return 'ended';
      at += 2;
      for (let k = 0; k < width; k++) {
        if (at + 4 > bytes.length) return 'cut';
        const length = view.getInt32(at);
        at += 4;
        if (at + length > bytes.length) return 'cut';
        const isNull = length < 0;
        this.#isNull[k * mostRows + row] = isNull ? 1 : 0;
        const numbers = this.#numbers[k];
        if (numbers !== undefined) numbers[row] = isNull ? Number.NaN : view.getFloat64(at);
        else this.#texts[k]![row] = isNull ? null : bytes.toString('utf8', at, at + length);
        if (!isNull) at += length;
      }
      incoming.at = at;
    }
    return 'full';
  }

  chunk(): ColumnarChunk {
    const columns = this.#numbers.map((numbers, k): SentCells => {
      const isNull = this.#isNull.subarray(k * mostRows, k * mostRows + this.count);
      return numbers ? { numbers, nulls: isNull.reduce((sum, own) => sum + own, 0) } : this.#texts[k]!;
    });
    return chunkOf(this.count, columns);
  }
}
