/**
 * Decision curve analysis (Vickers & Elkin, Medical Decision Making 26, 2006): what a model is worth to who acts from
 * the probability t on, which says that a false positive costs t/(1 − t) of what a true positive gains.
 */
import type { SortedRows } from './sorted.ts';
import { descent } from './thresholds.ts';

/** Net benefits, in true positives a row; that of acting on nobody is 0. */
export interface NetBenefit {
  readonly threshold: number;
  /** TP/n − FP/n·t/(1 − t) */
  readonly model: number;
  /** Of acting on everybody. */
  readonly all: number;
}

/** At t = 0.01, 0.02 … 0.99. */
export function decisionCurve(sorted: SortedRows): NetBenefit[] {
  const { total, positives } = sorted;
  const points = [...descent(sorted)].reverse();
  let at = 0;
  return Array.from({ length: 99 }, (_, k) => {
    const threshold = (k + 1) / 100;
    while (at < points.length && points[at]!.threshold < threshold) at++;
    const { tp, fp } = points[at] ?? { tp: 0, fp: 0 };
    const benefit = (right: number, wrong: number): number => (right - (wrong * threshold) / (1 - threshold)) / total;
    return { threshold, model: benefit(tp, fp), all: benefit(positives, total - positives) };
  });
}
