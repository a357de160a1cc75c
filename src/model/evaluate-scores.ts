/** Scores of rows with known labels → the metrics of a model, and whether its AUC differs from another's. */
import { LogisticError, unexpected } from '../errors.ts';
import { type AucComparison, compareAuc } from '../evaluation/delong.ts';
import { detailsFromScores, metricsFromScores } from '../evaluation/evaluate.ts';
import type { ModelFile } from '../predict/model-file.ts';
import type { AcceptedCells } from './accepted-cells.ts';
import type { OverRowsOptions } from './given-rows.ts';
import { type MeasuredMetrics, reportedClasses } from './measured.ts';
import { type TrainedOn, trainedOn } from './trained-on.ts';

export interface EvaluateOptions extends OverRowsOptions {
  /** Two classes only. */
  readonly threshold?: number;
  /** Two classes: every threshold, calibration, goodness of fit and net benefit as well, in `details`; default false. */
  readonly detailed?: boolean;
  /** In `details`: a false negative costs so many false positives; default 1. */
  readonly falseNegativeCost?: number;
}

export type MeasureOptions = {
  readonly [Name in keyof Omit<EvaluateOptions, keyof OverRowsOptions>]: EvaluateOptions[Name] | undefined;
} & { readonly weights?: Float64Array | undefined };

/** Metrics of rows that were given to a model, and more where it was asked for. */
export type Evaluation = MeasuredMetrics & {
  /**
   * Present where these are the rows that the model was fitted to ('all'), or those and its holdout ('some'): figures
   * flatter it. They are known by their number and mean log loss; other parts of the rows are not recognised.
   */
  readonly trainedOn?: TrainedOn;
  /** Cells that were missing or of a category unseen in training, and were accepted; absent where there are none. */
  readonly cells?: AcceptedCells;
};

/** Metrics of log-odds [m][k] against class codes as `labelReader` gives them. */
export async function evaluateScores(
  model: ModelFile,
  logOdds: readonly (readonly number[])[],
  labels: ArrayLike<number>,
  more: MeasureOptions = {},
): Promise<Evaluation> {
  const { falseNegativeCost } = more;
  if (more.detailed) requireDetails(model, falseNegativeCost);
  const m = logOdds.length;
  const { target, threshold, intercepts } = model;
  const scores = new Float64Array(intercepts.length * m);
  logOdds.forEach((own, i) => {
    for (let c = 0; c < own.length; c++) scores[c * m + i] = own[c]!;
  });
  const scored = {
    scores,
    labels,
    ...reportedClasses(target),
    weights: more.weights,
    threshold: more.threshold ?? threshold ?? undefined,
  };
  const metrics = await metricsFromScores(scored);
  const fittedTo = trainedOn(model, metrics);
  return {
    ...metrics,
    ...(fittedTo && { trainedOn: fittedTo }),
    ...(more.detailed && { details: await detailsFromScores(scored, { trainedOn: fittedTo, falseNegativeCost }) }),
  };
}

/** Two models on the same rows, with the cells that each accepted. */
export interface ModelComparison extends AucComparison {
  readonly cells?: AcceptedCells;
  readonly otherCells?: AcceptedCells;
}

/** Rows that two models have scored. */
export interface ScoredByBoth {
  readonly scores: readonly number[];
  readonly otherScores: readonly number[];
  readonly labels: ArrayLike<number>;
  readonly weights?: Float64Array | undefined;
}

/** DeLong's paired test of log-odds [m] of two models, against class codes as the first model's `labelReader` gives them. */
export async function compareScores(model: ModelFile, other: ModelFile, rows: ScoredByBoth): Promise<AucComparison> {
  const [own, others] = [model.target, other.target];
  if (String(own.classes) !== String(others.classes) || own.reference !== others.reference) {
    const of = (target: typeof own): string => `${target.classes.join(', ')} against ${target.reference}`;
    throw new LogisticError('not-comparable', `the models predict ${of(own)} and ${of(others)}`, {
      hint: 'AUCs are compared of models with the same classes and the same reference',
    });
  }
  requireTwoClasses(model, 'comparisons of AUCs');
  const { labels, weights } = rows;
  const ranked = { scores: Float64Array.from(rows.scores), labels, own: 1, weights };
  const found = await compareAuc(ranked, Float64Array.from(rows.otherScores));
  if (!('undefined' in found)) return found;
  throw new LogisticError('bad-data', `the AUCs cannot be compared: ${found.undefined}`);
}

function requireDetails(model: ModelFile, falseNegativeCost = 1): void {
  requireTwoClasses(model, 'detailed metrics');
  if (Number.isFinite(falseNegativeCost) && falseNegativeCost > 0) return;
  const details = { option: 'falseNegativeCost' };
  throw unexpected('bad-option', 'falseNegativeCost', 'a number above 0', falseNegativeCost, { details });
}

function requireTwoClasses({ target: { classes } }: ModelFile, what: string): void {
  if (classes.length === 2) return;
  throw new LogisticError(
    'two-classes-only',
    `${what} are there for two classes only; the model has ${classes.length}: ${classes.join(', ')}`,
  );
}
