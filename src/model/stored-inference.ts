/**
 * The fields `summary`, `covariance` and `summaryRefused` of a model file when it is read: each checked, and the ends of
 * intervals that JSON cannot hold put back. `./predict` ignores them, so their checks are here.
 */
import { LogisticError } from '../errors.ts';
import type { CoefficientSummary, Interval, Summary } from '../inference/summary.ts';
import { finite, list, nullable, optional, record, string, test } from '../predict/checks.ts';
import type { ModelFile } from '../predict/model-file.ts';
import type { TrainingReport } from './fit.ts';
import type { Inference } from './infer.ts';

const maybe = nullable(finite);
const end = nullable(test('a number', (value) => typeof value === 'number' && !Number.isNaN(value)));
const interval = nullable(list(end, '2 numbers', 2));
const chiSquared = nullable(record({ statistic: finite, df: finite, p: finite }));
const likelihood = ['logLikelihood', 'nullLogLikelihood', 'deviance', 'nullDeviance', 'aic', 'bic', 'conditionNumber'];
const summary = record({
  level: finite,
  covarianceType: string,
  clusters: optional(record({ column: string, count: finite })),
  observations: finite,
  coefficients: list(
    record({
      name: string,
      term: nullable(string),
      estimate: finite,
      standardError: maybe,
      z: maybe,
      p: maybe,
      logP: maybe,
      confidenceInterval: interval,
      ciMethod: nullable(string),
      oddsRatio: maybe,
      oddsRatioInterval: interval,
      note: optional(string),
    }),
    'coefficients',
  ),
  terms: list(
    record({
      term: string,
      df: finite,
      likelihoodRatio: chiSquared,
      wald: chiSquared,
      gvif: maybe,
      adjustedGvif: maybe,
    }),
    'terms',
  ),
  parameters: finite,
  ...Object.fromEntries(likelihood.map((name) => [name, maybe])),
  pseudoR2: nullable(record({ mcFadden: finite, coxSnell: finite, nagelkerke: finite, tjur: maybe })),
  likelihoodRatio: chiSquared,
  notes: list(string, 'sentences'),
});

/** The inference of a model, checked; undefined where it has none. Throws LogisticError 'bad-model'. */
export function inferenceOf(model: ModelFile): Inference | undefined {
  const stored = model as Partial<Record<'summary' | 'covariance' | 'summaryRefused', unknown>>;
  record({ summaryRefused: optional(string) })(stored, '');
  if (stored.summaryRefused !== undefined) return { summaryRefused: stored.summaryRefused as string };
  if (stored.summary === undefined) return undefined;
  record({ summary, covariance: optional(list(finite, 'numbers')) })(stored, '');
  const { summary: read, covariance } = stored as {
    readonly summary: Summary;
    readonly covariance?: readonly number[];
  };
  const revived = { ...read, coefficients: read.coefficients.map(withInfiniteEnds) };
  return { summary: revived, ...(covariance && { covariance }) };
}

/** JSON has null for ±Infinity. */
function withInfiniteEnds(coefficient: CoefficientSummary): CoefficientSummary {
  const revive = (ends: Interval | null, lowest: number): Interval | null =>
    ends && [ends[0] ?? lowest, ends[1] ?? Number.POSITIVE_INFINITY];
  const { confidenceInterval, oddsRatioInterval } = coefficient;
  return {
    ...coefficient,
    confidenceInterval: revive(confidenceInterval, Number.NEGATIVE_INFINITY),
    oddsRatioInterval: revive(oddsRatioInterval, 0),
  };
}

/** The summary, or LogisticError 'no-summary' that says why there is none. */
export function requireSummary(inference: Inference | undefined): {
  readonly summary: Summary;
  readonly covariance?: readonly number[];
} {
  if (inference === undefined) {
    throw new LogisticError('no-summary', 'this model was fitted without standard errors', {
      hint: 'fit with inference: true; `logit train` does unless it is told --no-inference',
    });
  }
  if ('summaryRefused' in inference) {
    throw new LogisticError('no-summary', `there is no summary: ${inference.summaryRefused}`);
  }
  return inference;
}

/**
 * The covariance of the estimated coefficients in raw units, [p][p] in the order of the summary, for what rests on all of
 * them; or why it cannot.
 */
export function covarianceOf(
  inference: Inference | undefined,
  model: ModelFile,
): readonly (readonly number[])[] | string {
  if (inference === undefined) return 'this model was fitted without standard errors';
  if ('summaryRefused' in inference) return inference.summaryRefused;
  if (inference.covariance === undefined) return 'the covariance of more than 128 coefficients is not kept';
  const { separation } = model.training as Partial<TrainingReport>;
  if (separation) return 'some coefficients have no finite estimate';
  return squareOf(inference.covariance);
}

/** A symmetric matrix from its lower triangle, row by row. */
export function squareOf(triangle: readonly number[]): readonly (readonly number[])[] {
  const order = (Math.sqrt(8 * triangle.length + 1) - 1) / 2;
  const at = (i: number, j: number): number => triangle[(i * (i + 1)) / 2 + j]!;
  return Array.from({ length: order }, (_, i) =>
    Array.from({ length: order }, (__, j) => (j <= i ? at(i, j) : at(j, i))),
  );
}
