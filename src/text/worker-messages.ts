/** What the reader and its worker threads say to each other. Answers come in the order of what was asked. */
import type { PackedBlock } from './block.ts';
import type { Use } from './kernel.ts';

/** The first message: what there is to read. */
export interface Setup {
  readonly module: WebAssembly.Module;
  readonly uses: readonly Use[];
  readonly delimiter: number;
}

/** A block to read, with memory that may be used for what comes of it. */
export interface Ask {
  readonly buffer: ArrayBuffer;
  readonly byteOffset: number;
  readonly length: number;
  readonly reuse: ArrayBuffer | undefined;
}

export interface Answer {
  readonly packed: PackedBlock;
  /** The memory of what was asked. */
  readonly buffer: ArrayBuffer;
  /** The dictionary's texts since the last answer. */
  readonly texts: readonly { readonly column: number; readonly bytes: Uint8Array }[];
  /** Set where reading failed. */
  readonly bug?: unknown;
}
