/**
 * Where bytes come from: a file, a pipe, a response. Pieces may be of any size, and are read once. A piece's memory is
 * the source's again when the next piece is asked for.
 */
export type Chunks = AsyncIterable<Uint8Array>;

export interface ByteSource {
  /** What messages call it. */
  readonly label: string;
  /** Bytes in all, where that is known. */
  readonly size: number | undefined;
  /** Bytes given so far, of `size`: they may be packed. */
  readonly given: () => number;
  readonly chunks: Chunks;
}
