/**
 * Table → what is fitted: labels, rows, weights, holdout, features and the standardised design, with all
 * statistics from the training rows. How it is fitted is solve.ts's business.
 */
import type { Rows } from '../backends/backend.ts';
import { stratifiedSplit } from '../data/split.ts';
import type { Table } from '../data/table.ts';
import { featureColumns, findColumn, fitFeatures } from '../design/features.ts';
import { type Labels, readLabels } from '../design/labels.ts';
import { purity } from '../design/separation.ts';
import { classFactors, sampleWeights } from '../design/weights.ts';
import type { Warning } from '../errors.ts';
import type { Feature } from '../predict/model-file.ts';
import { buildDesign, type Part, type ScaledTerm } from './build-design.ts';
import type { CheckedOptions } from './options.ts';
import { requireBothClasses, selectRows } from './select-rows.ts';

export interface RowCounts {
  readonly read: number;
  readonly used: number;
  readonly train: number;
  readonly holdout: number;
  readonly dropped: {
    readonly missing: number;
    readonly bad: number;
    readonly noTarget: number;
    readonly zeroWeight: number;
  };
}

export interface Prepared {
  readonly labels: Labels;
  readonly counts: RowCounts;
  readonly features: readonly Feature[];
  readonly terms: readonly ScaledTerm[];
  /** The training rows over the terms that are fitted. */
  readonly rows: Rows;
  /** The held-out rows over the same terms. */
  readonly holdout: Rows;
  readonly warnings: readonly Warning[];
}

export function prepare(table: Table, target: string, options: CheckedOptions): Prepared {
  const labels = readLabels(findColumn(table, target), options.positive);
  const columns = featureColumns(table, { ...options, target });
  const weights = options.weights === undefined ? undefined : sampleWeights(findColumn(table, options.weights));
  const missing = options.missing ?? (table.source === 'arrays' ? 'error' : 'drop');
  const penalised = options.l2 > 0;

  const { used, dropped } = selectRows({ table, columns, labels, weights, missing });
  requireBothClasses({ used, labels, columns, target });
  const split = stratifiedSplit(used, labels.y, options.holdout, options.seed);
  const factors = classFactors(options.classWeight, { labels, rows: split.train, weights, target });
  const weightOf = (row: number): number => (weights ? weights[row]! : 1) * (factors ? factors[labels.y[row]!]! : 1);
  const part = (rows: Int32Array): Part => ({
    rows,
    y: Float64Array.from(rows, (row) => labels.y[row]!),
    weights: weights || factors ? Float64Array.from(rows, weightOf) : undefined,
  });

  const train = part(split.train);
  const imputation = missing === 'impute' ? options.imputation : undefined;
  const features = fitFeatures(columns, { ...train, imputation });
  const { intercept } = options;
  const design = buildDesign({ columns, features, train, holdout: part(split.holdout), intercept, penalised });
  return {
    labels,
    counts: {
      read: table.rows + table.badRows,
      used: used.length,
      train: split.train.length,
      holdout: split.holdout.length,
      dropped: { ...dropped, bad: table.badRows },
    },
    features,
    terms: design.terms,
    rows: design.rows,
    holdout: design.holdout,
    warnings: [...table.warnings, ...purity(columns, { rows: split.train, labels, penalised }), ...design.warnings],
  };
}
