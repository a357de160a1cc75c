/**
 * The whole road in one place: table → design → placed rows → solution → metrics → model file. Each step is another
 * file's: the first two and the place are placed.ts's.
 */
import { version } from '../../package.json';
import type { MissingCells } from '../data/table.ts';
import type { DecidedDesign, RowCounts } from '../design/design.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { defaultThreshold } from '../evaluation/two-class.ts';
import type { FitHooks } from '../fitting/options.ts';
import type { SolverReport } from '../fitting/solution.ts';
import { solve } from '../fitting/solve.ts';
import { formatVersion, type ModelFile } from '../predict/model-file.ts';
import { type CrossValidation, crossValidatePlaced } from './cross-validate.ts';
import type { Inference } from './infer.ts';
import { correctIntercepts } from './intercepts.ts';
import { countLevels, type LevelCounts } from './level-counts.ts';
import { type MeasuredMetrics, measurePartitions } from './measured.ts';
import type { CheckedOptions, Options } from './options.ts';
import { outcomeWarnings } from './outcome-warnings.ts';
import { type Dataset, type Placed, trainingPartitions } from './placed.ts';
import { rawCoefficients } from './raw-coefficients.ts';
import { describeSeparation, type SeparationReport } from './separation.ts';

/** How a model was made: the `training` part of its file. */
export interface TrainingReport {
  readonly source: string;
  readonly rows: RowCounts;
  /** Missing cells of each column that has any, with the tokens that spelled them. */
  readonly missing: Readonly<Record<string, MissingCells>>;
  /** The column of sample weights and how its numbers are spelled; null where there is none. */
  readonly weights: Placed['weights'];
  readonly solver: SolverReport;
  /** Coefficients without a finite estimate, where that was proved; else null. */
  readonly separation: SeparationReport | null;
  readonly warnings: readonly Warning[];
  /** Σ s·ℓ / Σ s over the training rows, s their sample weights. */
  readonly meanLogLoss: number;
  /** Null where they were not asked for; `holdout` and `crossValidation` where there is none. */
  readonly metrics: { readonly train: MeasuredMetrics | null; readonly holdout: MeasuredMetrics | null };
  readonly crossValidation: CrossValidation | null;
  /** Rows and events of each level, where inference or details were asked for and rows can be counted; else null. */
  readonly counts: LevelCounts | null;
  readonly options: Options;
}

/** With standard errors, tests and intervals, or why there are none, where they were asked for. */
export type FittedFile = ModelFile &
  Partial<Inference> & { readonly training: TrainingReport & Record<string, unknown> };

export function fit(data: Dataset, target: string, options: CheckedOptions, hooks: FitHooks): Promise<FittedFile> {
  return data.withPlaced(target, options, hooks, async (placed) => {
    refuseThreshold(placed.design, target, options);
    const solution = await solve(placed.problem, options, hooks);
    const theta = await correctIntercepts(solution.theta, {
      placed,
      rows: await placed.rows,
      partitions: trainingPartitions(placed.design),
      options,
      signal: hooks.signal,
    });
    const metrics = await measure(placed, theta, options, hooks);
    // Classes may weigh something in the fit, and intercepts are corrected after it: the loss is that of what is kept.
    const asFitted = theta === solution.theta && options.classWeight === undefined;
    const meanLogLoss = asFitted ? solution.meanLogLoss : await meanLogLossOf(placed, theta, metrics.train, hooks);
    const crossValidation =
      options.folds === undefined ? null : await crossValidatePlaced(placed, solution, options, hooks);
    const { design, place } = placed;
    const { classes, reference } = design.labels;
    const separation = describeSeparation(design, solution);
    const inference = asksInference(options)
      ? await (await import('./infer.ts')).infer({ placed, solution, separation, options, hooks })
      : {};
    const counted = asksInference(options) || options.detailedMetrics;
    const counts = counted ? await countLevels(placed, await placed.rows, hooks.signal) : null;
    return {
      format: 'tfjs-logistic',
      formatVersion,
      madeBy: { library: 'tfjs-logistic', version, backend: place.name, detail: place.detail },
      target: { name: target, classes, reference },
      threshold: classes.length === 2 ? (options.threshold ?? defaultThreshold) : null,
      unseen: options.unseen,
      missing: design.missing,
      missingTokens: options.missingTokens,
      features: design.features,
      ...rawCoefficients(design, theta),
      certificate: solution.certificate,
      ...inference,
      training: {
        source: placed.source,
        rows: design.counts,
        missing: placed.missing,
        weights: placed.weights,
        solver: solution.solver,
        separation,
        warnings: [
          ...design.warnings,
          ...outcomeWarnings({ design, solution, separation }, options),
          ...foldWarnings(crossValidation, design, placed.missing),
          ...(placed.warnings?.() ?? []),
        ],
        meanLogLoss,
        metrics,
        crossValidation,
        counts,
        options,
      },
    };
  });
}

async function meanLogLossOf(
  { design, part, rows }: Placed,
  theta: Float64Array,
  measured: MeasuredMetrics | null,
  { signal }: FitHooks,
): Promise<number> {
  const partitions = trainingPartitions(design);
  const known = measured ?? (await measurePartitions(await rows, theta, { design, part, partitions, signal }));
  return known.meanLogLoss!;
}

function refuseThreshold({ labels: { classes } }: DecidedDesign, target: string, { threshold }: CheckedOptions): void {
  if (threshold === undefined || classes.length === 2) return;
  throw new LogisticError('bad-option', `threshold is for two classes; ${target} has ${classes.length}`, {
    hint: 'leave it out: the most probable class is predicted',
    details: { option: 'threshold' },
  });
}

const asksInference = ({ inference, robust, cluster, weightType }: CheckedOptions): boolean =>
  inference || robust !== undefined || cluster !== undefined || weightType === 'sampling';

async function measure(
  { design, part, rows }: Placed,
  theta: Float64Array,
  options: CheckedOptions,
  { signal }: FitHooks,
) {
  const placed = await rows;
  const { threshold, trainingMetrics, detailedMetrics, intercept } = options;
  const likelihood = options.l2 === 0 && !options.firth && options.classWeight === undefined;
  const of = (partitions: readonly number[], fitted: boolean): Promise<MeasuredMetrics> => {
    const details = detailedMetrics ? { fitted, likelihood, intercept } : undefined;
    return measurePartitions(placed, theta, { design, part, partitions, threshold, details, signal });
  };
  return {
    train: trainingMetrics ? await of(trainingPartitions(design), true) : null,
    holdout: design.counts.holdout > 0 ? await of([design.partitions.length - 1], false) : null,
  };
}

function foldWarnings(
  crossValidation: CrossValidation | null,
  { missing }: DecidedDesign,
  cells: Placed['missing'],
): Warning[] {
  if (crossValidation === null) return [];
  const warnings: Warning[] = [];
  const failed = crossValidation.folds.filter(
    ({ outcome }) => outcome !== 'converged' && outcome !== 'quasi-separated',
  );
  if (failed.length > 0) {
    const outcomes = [...new Set(failed.map(({ outcome }) => outcome))].join(', ');
    const message = `${failed.length} of ${crossValidation.folds.length} folds did not converge: ${outcomes}`;
    warnings.push({ code: 'folds-not-converged', message });
  }
  if (missing === 'impute' && Object.keys(cells).length > 0) {
    const message = 'cross-validation fills missing cells by values of all training rows, the held-out fold among them';
    warnings.push({ code: 'imputation-across-folds', message });
  }
  return warnings;
}
