/**
 * Measures of rows whose scores are at hand: loss, confusion and the histogram of each class's probability. Places
 * that have a number for each row share it; a place that has not (a database) counts the same by its own means.
 */
import { sigmoid } from '../math/logistic.ts';
import { crossEntropy, largestScore, probabilities } from '../math/softmax.ts';
import { overRows } from '../yielding.ts';
import type { Measures, RowSource, ScoreHistogram, SumOptions } from './contract.ts';
import { spansOf } from './source.ts';

/** Bins of a histogram: an AUC from them is off by at most half of Σ own·others within bins. */
export const histogramBins = 2 ** 14;

/** `scores`: Z [k, m] of the rows that the options ask for. Yields to the event loop, where it may be aborted. */
export async function measureScores(
  source: RowSource,
  scores: Float64Array,
  threshold: number,
  options: SumOptions | undefined,
): Promise<Measures> {
  const { classes, labels, weights } = source;
  const k = classes - 1;
  const m = scores.length / k;
  const z = new Float64Array(k);
  const a = new Float64Array(classes);
  const confusion = new Float64Array(classes * classes);
  const measured = classes === 2 ? [1] : Array.from({ length: classes }, (_, c) => c);
  const histograms = measured.map((): ScoreHistogram => {
    return { own: new Float64Array(histogramBins), others: new Float64Array(histogramBins) };
  });
  let loss = 0;
  const measureRow = (i: number, at: number): void => {
    for (let c = 0; c < k; c++) z[c] = scores[c * m + at]!;
    const s = weights ? weights[i]! : 1;
    const y = labels[i]!;
    loss += s * crossEntropy(z, y);
    probabilities(z, a);
    const predicted = k === 1 ? Number(sigmoid(z[0]!) >= threshold) : largestScore(z);
    confusion[y * classes + predicted]! += s;
    measured.forEach((c, h) => {
      const bin = Math.min(histogramBins - 1, Math.floor(a[c]! * histogramBins));
      histograms[h]![y === c ? 'own' : 'others'][bin]! += s;
    });
  };
  let done = 0;
  for (const span of spansOf(source, options)) {
    const measureRows = (from: number, to: number): void => {
      options?.signal?.throwIfAborted();
      for (let i = from; i < to; i++) measureRow(span.from + i, done + i);
    };
    await overRows(span.to - span.from, measureRows, 8 * classes);
    done += span.to - span.from;
  }
  return { loss, confusion, histograms };
}

/** The measures of two sets of rows as those of both. */
export function addMeasures(one: Measures, other: Measures): Measures {
  const sum = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + b[i]!);
  return {
    loss: one.loss + other.loss,
    confusion: sum(one.confusion, other.confusion),
    histograms: one.histograms.map(({ own, others }, h) => ({
      own: sum(own, other.histograms[h]!.own),
      others: sum(others, other.histograms[h]!.others),
    })),
  };
}
