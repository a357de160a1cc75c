/**
 * Sums over one page at a time: some of its rows after the other are standardised into a kernel memory that fits a cache,
 * and summed there. It keeps no rows between calls.
 */
import type { Measures, Order, Precision, Sums } from '../../rows/contract.ts';
import { measureScores } from '../../rows/measure.ts';
import { type MarkedRows, type PagePlan, pageSource, rowMarker } from '../../rows/pages.ts';
import { type Feature, featuresOf } from '../../rows/source.ts';
import { bytesPerRow, panelWidth } from './layout.ts';
import { openStore } from './store.ts';
import { plusSums } from './sums.ts';

/** A page that a host is lent: it is given back with the answer. */
export interface LentPage {
  readonly page: Float64Array;
  readonly held: number;
}

export interface PageStore {
  evaluate(page: LentPage, theta: Float64Array, order: Order, precision: Precision): Sums;
  /** By the weights of the rows themselves, whatever their classes weigh in the fit. */
  measure(page: LentPage, theta: Float64Array, threshold: number): Promise<Measures>;
}

export interface PageStoreShape {
  readonly plan: PagePlan;
  readonly features: number;
  readonly pageRows: number;
  readonly precision: Precision;
}

/** Rows that are summed at a time: whole blocks, about 1 MiB, so that they stay in a core's cache. */
const pieceBytes = 2 ** 20;
const blockRows = 512;

export async function openPageStore(module: WebAssembly.Module, shape: PageStoreShape): Promise<PageStore> {
  const { plan, features, pageRows, precision } = shape;
  const { classes } = plan;
  const own = { features, classes, precision };
  const fitting = Math.floor(pieceBytes / bytesPerRow(own) / blockRows) * blockRows;
  const pieceRows = Math.min(pageRows, Math.max(blockRows, fitting));
  const store = await openStore(module, { ...own, shards: [pieceRows] });
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

  return {
    evaluate(lent, theta, order, precision) {
      let total: Sums | undefined;
      overPieces(lent, () => {
        const sums = store.evaluate(theta, order, precision);
        total = total === undefined ? sums : plusSums(total, sums);
      });
      return total!;
    },
    measure(lent, theta, threshold) {
      const scores = new Float64Array((classes - 1) * pageRows);
      const marks = overPieces(lent, (from, count) => {
        const own = store.scores(theta);
        for (let c = 0; c < classes - 1; c++) {
          scores.set(own.subarray(c * pieceRows, c * pieceRows + count), c * pageRows + from);
        }
      });
      return measureScores({ rows: pageRows, columns: [], classes, ...marks }, scores, threshold, undefined);
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
