/** Checks the details of metrics in a model file's report: of two classes, where the fit was asked for them. */
import { finite, list, nullable, optional, record, recordOf, string } from '../predict/checks.ts';

const maybe = nullable(finite);
const all = (names: string, check: typeof finite) => Object.fromEntries(names.split(' ').map((name) => [name, check]));

const row = record({
  ...all('threshold truePositives falsePositives trueNegatives falseNegatives', finite),
  ...all('sensitivity specificity youden cost', finite),
  ...all('ppv npv', maybe),
});
const groups = list(record(all('low high rows observed expected', finite)), 'groups');

/** Absent in files from before 0.2. */
export const details = optional(
  record({
    thresholds: nullable(
      record({
        ...all('distinct falseNegativeCost', finite),
        rows: list(row, 'thresholds'),
        largestYouden: row,
        lowestCost: row,
      }),
    ),
    histogram: nullable(record({ positives: list(finite, 'numbers'), negatives: list(finite, 'numbers') })),
    calibration: nullable(
      record({
        ...all('intercept slope interceptInTheLarge ici e90 emax', maybe),
        ece: finite,
        groups,
        curve: list(record(all('probability observed', finite)), 'points'),
      }),
    ),
    hosmerLemeshow: nullable(record({ ...all('statistic df p', finite), groups })),
    squaredErrors: nullable(record(all('sum expected standardDeviation z p', finite))),
    decisionCurve: nullable(list(record(all('threshold model all', finite)), 'thresholds')),
    undefined: recordOf(string),
  }),
);
