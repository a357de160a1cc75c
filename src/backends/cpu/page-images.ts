/**
 * Images of rows as they lie in a kernel memory, labels and standardised features, in a file beside the pages: made in the
 * first sum over all rows that a plan takes of them, and read by all that follow, which then convert nothing. Those of the
 * last plan are kept for the next placement of the same one. Whose they are is told here; page-store.ts writes and reads them.
 */
import type { Precision } from '../../rows/contract.ts';
import { keyOf } from '../../rows/key.ts';
import type { PagePlan, PageReader } from '../../rows/pages.ts';
import { countFeatures } from '../../rows/source.ts';
import { bytesPerRow, planLayout, type StoreShape } from './layout.ts';

/** Bytes of rows that are summed at a time: whole blocks that stay in a core's cache. */
const pieceBytes = 2 ** 20;
const blockRows = 512;

/** How a page is cut into pieces, each of which fills one kernel memory. */
export interface PieceShape extends StoreShape {
  readonly pieceRows: number;
  /** Pieces of a page, and bytes of the image of one. */
  readonly pieces: number;
  readonly imageBytes: number;
}

export function piecesOf(plan: PagePlan, pageRows: number, precision: Precision): PieceShape {
  const own = { features: countFeatures(plan), classes: plan.classes, precision };
  const most = Math.max(1, Math.floor(pieceBytes / bytesPerRow(own) / blockRows)) * blockRows;
  const pieces = Math.ceil(pageRows / most);
  const pieceRows = Math.min(pageRows, Math.ceil(pageRows / pieces / blockRows) * blockRows);
  const shape = { ...own, shards: [pieceRows] };
  const { weights, sums } = planLayout(shape);
  return { ...shape, pieceRows, pieces, imageBytes: sums - weights };
}

/** A file that other threads read and write. */
export interface ImageFile {
  /** The descriptor stays what it is until it is given back. */
  lend(): { readonly descriptor: number; giveBack(): void };
  /** Closes it when nobody has it. */
  close(): Promise<void>;
}

/** The images of one placement. */
export interface LentImages {
  readonly descriptor: number;
  /** Whether all of them have been written. */
  readonly written: boolean;
  /** Keeps them, now that they have been. */
  keep(): void;
  giveBack(): void;
}

/** The images of the pages of one file. */
export class PageImages {
  readonly #openFile: (bytes: number) => Promise<ImageFile>;
  #kept: { readonly key: string | undefined; readonly file: ImageFile } | undefined;
  #closed = false;

  constructor(openFile: (bytes: number) => Promise<ImageFile>) {
    this.#openFile = openFile;
  }

  /** Those that are kept or, of another plan, a new file for them. Throws as the opener of files does. */
  async lend({ key: cells, rows, pageRows }: PageReader, plan: PagePlan, precision: Precision): Promise<LentImages> {
    const key = cells === undefined ? undefined : keyOf([cells, pageRows, plan, precision]);
    const { pieces, imageBytes } = piecesOf(plan, pageRows, precision);
    const written = key !== undefined && key === this.#kept?.key;
    const file = written ? this.#kept!.file : await this.#openFile(Math.ceil(rows / pageRows) * pieces * imageBytes);
    const { descriptor, giveBack } = file.lend();
    return {
      descriptor,
      written,
      keep: () => {
        if (this.#closed || key === undefined) return;
        void this.#kept?.file.close();
        this.#kept = { key, file };
      },
      giveBack: () => {
        giveBack();
        if (this.#kept?.file !== file) void file.close();
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#kept?.file.close();
  }
}
