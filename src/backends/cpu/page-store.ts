/**
 * Sums over one page at a time: some of its rows after the other are standardised into a kernel memory that fits a cache,
 * or read there as they were once, and summed. It keeps no rows between calls.
 */
import { LogisticError } from '../../errors.ts';
import type { Measures, Order, Precision, Sums } from '../../rows/contract.ts';
import { measureScores } from '../../rows/measure.ts';
import { type MarkedRows, type PagePlan, pageSource, rowMarker } from '../../rows/pages.ts';
import { type Feature, featuresOf } from '../../rows/source.ts';
import type { Files } from '../../runtime/contract.ts';
import { panelWidth } from './layout.ts';
import { piecesOf } from './page-images.ts';
import { openStore } from './store.ts';
import { plusSums } from './sums.ts';

/** A page by its number, and how many of its rows there are. */
export interface PageNumber {
  readonly number: number;
  readonly held: number;
}

/** A page that a host is lent: it is given back with the answer. */
export interface LentPage extends PageNumber {
  readonly page: Float64Array;
}

/** What a sum is asked for. */
export interface SumRequest {
  readonly theta: Float64Array;
  readonly order: Order;
  readonly precision: Precision;
}

export interface PageStore {
  /** `images`: the file that the page's image is written to. Throws LogisticError 'no-space' where it cannot be. */
  evaluate(lent: LentPage, request: SumRequest, images: number | undefined): Sums;
  /** The same of a page whose image has been written. */
  evaluateImage(page: PageNumber, request: SumRequest, images: number): Sums;
  /** By the weights of the rows themselves, whatever their classes weigh in the fit. */
  measure(lent: LentPage, theta: Float64Array, threshold: number): Promise<Measures>;
}

export interface PageStoreShape {
  readonly plan: PagePlan;
  readonly pageRows: number;
  readonly precision: Precision;
}

/** `files`: where images are. */
export async function openPageStore(
  module: WebAssembly.Module,
  files: Files | undefined,
  { plan, pageRows, precision }: PageStoreShape,
): Promise<PageStore> {
  const { classes } = plan;
  const shape = piecesOf(plan, pageRows, precision);
  const { pieceRows, pieces, imageBytes } = shape;
  const store = await openStore(module, shape);
  const mark = rowMarker(plan);
  const lines = classes === 2 ? 1 : 2;
  const labelled = new Float64Array(lines * pieceRows);
  const spare = Array.from({ length: panelWidth }, () => new Float64Array(pieceRows));

  /** Calls visit for each piece that has been written to the store, from which row of the page on it is. */
  function overPieces({ page, held }: LentPage, visit: (from: number, count: number) => void): MarkedRows {
    const marks = mark(page, { pageRows, held });
    const source = pageSource(plan, marks, page);
    const panels = panelsOf(featuresOf(source));
    for (let from = 0; from < held; from += pieceRows) {
      const count = Math.min(pieceRows, pageRows - from);
      writeLabels(source.labels, source.weights!, from);
      panels.forEach(({ features: own, moments }, p) => {
        const lines = spare.map((line, k) => {
          const feature = own[k];
          if (feature?.view !== undefined && count === pieceRows) return feature.view(from, count);
          feature?.read(from, line.subarray(0, count));
          return line.fill(feature?.mean ?? 0, feature === undefined ? 0 : count);
        });
        store.writeLines({ first: p * panelWidth, slot: 0, lines, moments });
      });
      visit(from, count);
    }
    return marks;
  }

  function writeLabels(labels: RowLabels, weights: Float64Array, from: number): void {
    for (let i = 0; i < pieceRows; i++) {
      const s = weights[from + i] ?? 0; // the last piece of a page may be shorter
      const y = labels[from + i] ?? 0;
      labelled[i] = lines === 1 ? (1 - 2 * y) * s : s;
      if (lines === 2) labelled[pieceRows + i] = y;
    }
    store.writeLabels(0, labelled);
  }

  const imageAt = (number: number, from: number): number => (number * pieces + from / pieceRows) * imageBytes;

  /** Adds up pieces, which are brought to the store one after the other. */
  function summed({ theta, order, precision }: SumRequest, bring: (sum: () => void) => void): Sums {
    let total: Sums | undefined;
    bring(() => {
      const sums = store.evaluate(theta, order, precision);
      total = total === undefined ? sums : plusSums(total, sums);
    });
    return total!;
  }

  return {
    evaluate: (lent, request, images) =>
      summed(request, (sum) =>
        overPieces(lent, (from) => {
          if (images !== undefined) writeWhole(files!, images, store.image(), imageAt(lent.number, from));
          sum();
        }),
      ),
    evaluateImage: ({ number, held }, request, images) =>
      summed(request, (sum) => {
        for (let from = 0; from < held; from += pieceRows) {
          readWhole(files!, images, store.image(), imageAt(number, from));
          sum();
        }
      }),
    measure(lent, theta, threshold) {
      const scores = new Float64Array((classes - 1) * pageRows);
      const { labels, weights } = overPieces(lent, (from, count) => {
        const own = store.scores(theta);
        for (let c = 0; c < classes - 1; c++) {
          scores.set(own.subarray(c * pieceRows, c * pieceRows + count), c * pageRows + from);
        }
      });
      // Copies: what measures rows yields, and meanwhile the next page may come.
      const rows = { rows: pageRows, columns: [], classes, labels: labels.slice(), weights: weights.slice() };
      return measureScores(rows, scores, threshold, undefined);
    },
  };
}

type RowLabels = ReturnType<typeof pageSource>['labels'];

interface FeaturePanel {
  readonly features: readonly Feature[];
  /** As writePanel has them. */
  readonly moments: Float64Array;
}

function panelsOf(features: readonly Feature[]): FeaturePanel[] {
  return Array.from({ length: Math.ceil(features.length / panelWidth) }, (_, p) => {
    const own = features.slice(p * panelWidth, (p + 1) * panelWidth);
    const moments = new Float64Array(2 * panelWidth);
    own.forEach(({ mean, scale }, k) => {
      moments[k] = mean;
      moments[panelWidth + k] = 1 / scale;
    });
    return { features: own, moments };
  });
}

function readWhole({ readSync }: Files, descriptor: number, image: Uint8Array, at: number): void {
  const read = readSync(descriptor, image, 0, image.length, at);
  if (read < image.length) throw new Error(`${read} of ${image.length} bytes were read`);
}

/** A full disk takes what it still can, and then says so. */
function writeWhole({ writeSync }: Files, descriptor: number, image: Uint8Array, at: number): void {
  let code = 'ENOSPC';
  try {
    if (writeSync(descriptor, image, 0, image.length, at) === image.length) return;
  } catch (error) {
    code = (error as { readonly code?: string }).code ?? String(error);
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') throw new LogisticError('no-space', 'the temporary folder is full');
  throw new LogisticError('unwritable', `the temporary file of the rows cannot be written (${code})`);
}
