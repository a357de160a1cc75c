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
import type { Turns } from '../turns.ts';
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

export async function prepare(table: Table, target: string, options: CheckedOptions, turns: Turns): Promise<Prepared> {
  const labels = await readLabels(findColumn(table, target), options.positive, turns);
  const columns = featureColumns(table, { ...options, target });
  const weights = options.weights === undefined ? undefined : sampleWeights(findColumn(table, options.weights));
  const missing = options.missing ?? (table.source === 'arrays' ? 'error' : 'drop');
  const penalised = options.l2 > 0;

  const { used, dropped } = await selectRows({ table, columns, labels, weights, missing }, turns);
  requireBothClasses({ used, labels, columns, target });
  const split = await stratifiedSplit(used, labels.y, { share: options.holdout, seed: options.seed }, turns);
  const factors = await classFactors(options.classWeight, { labels, rows: split.train, weights, target }, turns);
  const part = (rows: Int32Array): Promise<Part> => gather(rows, { y: labels.y, weights, factors }, turns);

  const train = await part(split.train);
  const holdout = await part(split.holdout);
  const imputation = missing === 'impute' ? options.imputation : undefined;
  const features = await fitFeatures(columns, { ...train, imputation }, turns);
  const { intercept } = options;
  const design = await buildDesign({ columns, features, train, holdout, intercept, penalised }, turns);
  const separation = await purity(columns, { rows: split.train, labels, penalised }, turns);
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
    warnings: [...table.warnings, ...separation, ...design.warnings],
  };
}

interface RowValues {
  readonly y: Int8Array;
  readonly weights: Float64Array | undefined;
  readonly factors: readonly [number, number] | undefined;
}

/** Rows of the table with what belongs to each of them. */
async function gather(rows: Int32Array, { y, weights, factors }: RowValues, turns: Turns): Promise<Part> {
  const own = new Float64Array(rows.length);
  const s = weights || factors ? new Float64Array(rows.length) : undefined;
  await turns.over(rows.length, (from, to) => {
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      own[i] = y[row]!;
      if (s) s[i] = (weights ? weights[row]! : 1) * (factors ? factors[y[row]!]! : 1);
    }
  });
  return { rows, y: own, weights: s };
}
