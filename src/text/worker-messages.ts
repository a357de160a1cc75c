/** What the reader asks of its worker threads. */
import type { PackedBlock } from './block.ts';
import type { PackedTexts, Use } from './kernel.ts';

export interface BlockWorker {
  /** Called first. */
  describe(setup: Setup): Promise<void>;
  read(asked: AskedBlock): Promise<Answer>;
}

/** What there is to read. */
export interface Setup {
  readonly module: WebAssembly.Module;
  readonly uses: readonly Use[];
  readonly delimiter: number;
}

/** A block to read, with memory that may be used for what comes of it. */
export interface AskedBlock {
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
  readonly texts: PackedTexts;
}
