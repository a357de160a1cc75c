/**
 * Checks every field of a model file's `training`, the report of how it was made, and names the first bad one by its
 * path. Scoring needs none of it, so that `tfjs-logistic/predict` does without this file. A part may be absent, as in a
 * file that another program wrote; unknown fields are ignored, as everywhere in the file.
 */
import {
  type Check,
  finite,
  flag,
  list,
  nullable,
  oneOf,
  optional,
  record,
  recordOf,
  string,
  test,
} from '../predict/checks.ts';
import { numberStyle } from '../predict/validate.ts';
import { optionRecords } from './option-records.ts';
import { details } from './validate-details.ts';

const count = test('a whole number of at least 0', (value) => Number.isSafeInteger(value) && (value as number) >= 0);
const strings = list(string, 'strings');
const measured = nullable(finite);
const averages = { precision: measured, recall: measured, f1: measured };
const ofOneClass = { ...averages, auc: measured, aucError: optional(finite) };
const common = {
  rows: count,
  meanLogLoss: measured,
  accuracy: measured,
  auc: measured,
  aucError: optional(finite),
  undefined: recordOf(string),
};
const twoClasses = record({
  ...common,
  ...averages,
  aucStandardError: optional(measured), // since 0.2
  aucInterval: optional(nullable(list(finite, '2 numbers', 2))),
  averagePrecision: measured,
  brier: measured,
  confusion: record({ truePositives: finite, falsePositives: finite, trueNegatives: finite, falseNegatives: finite }),
  details,
});

export function validateReport(training: unknown, classes: readonly unknown[]): void {
  const k = classes.length;
  const moreClasses = record({
    ...common,
    perClass: list(record({ ...ofOneClass, label: oneOf(...classes), support: finite }), `${k} classes`, k),
    macro: record(averages),
    weighted: record(averages),
    confusion: list(list(finite, `${k} numbers`, k), `${k} rows`, k),
  });
  const metrics = k === 2 ? twoClasses : moreClasses;
  const spread = record({ mean: measured, standardDeviation: measured, folds: count });
  const separation = record({
    kind: oneOf('complete', 'quasi-complete'),
    weight: finite,
    totalWeight: finite,
    unique: optional(flag),
    coefficients: list(
      record({ name: string, column: optional(string), class: oneOf(undefined, ...classes), sign: oneOf(1, -1) }),
      'coefficients',
    ),
  });
  const levelCount = record({ rows: finite, events: list(finite, `${k - 1} numbers`, k - 1) });
  const missing = record({ count, tokens: recordOf(count) });
  record({
    source: optional(string),
    rows: optional(
      record({
        read: count,
        used: count,
        train: count,
        holdout: count,
        dropped: record({ missing: count, noTarget: count, zeroWeight: count, bad: count }),
      }),
    ),
    missing: optional(recordOf(missing)),
    weights: optional(nullable(record({ column: string, style: numberStyle }))),
    solver: optional(
      record({
        name: string,
        outcome: string,
        rule: string,
        warmStart: optional(
          nullable(record({ of: optional(oneOf('sample', 'fit')), rows: count, used: flag, reason: optional(string) })),
        ),
        iterations: count,
        evaluations: count,
        refinements: count,
        gradientNorm: finite,
      }),
    ),
    separation: optional(nullable(separation)),
    warnings: optional(list(record({ code: string, message: string, columns: optional(strings) }), 'warnings')),
    meanLogLoss: optional(finite),
    metrics: optional(record({ train: nullable(metrics), holdout: nullable(metrics) })),
    crossValidation: optional(
      nullable(
        record({
          seed: count,
          by: optional(string),
          folds: list(record({ rows: count, outcome: string, metrics }), 'folds'),
          metrics: recordOf(spread),
          details,
        }),
      ),
    ),
    counts: optional(nullable(record({ all: levelCount, levels: recordOf(levelCount) }))),
    options: optional(record(optionChecks)),
  })(training, 'training');
}

const optionChecks: Record<string, Check> = Object.fromEntries(
  Object.entries(optionRecords).map(([name, { expected, holds }]) => [name, optional(test(expected, holds))]),
);
