/**
 * The whole road in one place: table → prepared rows → solution → model file. Only this file sees all
 * of it; each step is another file's business.
 */
import { version } from '../../package.json';
import type { Rows } from '../backends/backend.ts';
import type { Column, Table } from '../data/table.ts';
import type { Warning } from '../errors.ts';
import { type Metrics, measureScores } from '../evaluation/metrics.ts';
import { addScaled } from '../math/vector.ts';
import { formatVersion, type ModelFile, type Term } from '../predict/model-file.ts';
import { createTurns, type Turns } from '../turns.ts';
import type { CheckedOptions, Options } from './options.ts';
import { type Prepared, prepare, type RowCounts } from './prepare.ts';
import type { FitHooks, SolverReport } from './refine.ts';
import { type Solution, solve } from './solve.ts';

/** How a model was made: the `training` part of its file. */
export interface TrainingReport {
  readonly source: string;
  readonly rows: RowCounts;
  /** Missing cells of each column that has any, with the tokens that spelled them. */
  readonly missing: Readonly<Record<string, Column['missing']>>;
  readonly solver: SolverReport;
  readonly warnings: readonly Warning[];
  readonly metrics: { readonly train: Metrics; readonly holdout: Metrics | null };
  readonly options: Options;
}

export type FittedFile = ModelFile & { readonly training: TrainingReport & Record<string, unknown> };

export async function fit(table: Table, target: string, options: CheckedOptions, hooks: FitHooks): Promise<FittedFile> {
  const turns = createTurns(hooks.signal);
  const prepared = await prepare(table, target, options, turns);
  const scales = Float64Array.from(
    prepared.terms.filter((term) => term.excluded === undefined),
    (term) => term.scale,
  );
  const solution = await solve(prepared.rows, scales, options, hooks);
  const scores = await solution.scores(hooks.signal).finally(() => solution.close());
  const { labels, features, counts, rows, holdout } = prepared;
  const { threshold } = options;
  const measured = (decision: Float64Array, { y, weights }: Rows): Promise<Metrics> =>
    measureScores({ decision, y, weights, threshold }, turns);
  return {
    format: 'tfjs-logistic',
    formatVersion,
    madeBy: { library: 'tfjs-logistic', version, backend: solution.backend.name, detail: solution.backend.detail },
    target: { name: target, classes: labels.classes, positive: labels.positive },
    threshold,
    unseen: options.unseen,
    missing: options.missing ?? (table.source === 'arrays' ? 'error' : 'drop'),
    missingTokens: options.missingTokens,
    decimalComma: options.decimalComma,
    features,
    ...rawCoefficients(prepared, solution.theta),
    certificate: solution.certificate,
    training: {
      source: table.source,
      rows: counts,
      missing: Object.fromEntries(table.columns.filter((c) => c.missing.count > 0).map((c) => [c.name, c.missing])),
      solver: solution.solver,
      warnings: [...prepared.warnings, ...outcomeWarnings(solution, options)],
      metrics: {
        train: await measured(scores, rows),
        holdout: counts.holdout > 0 ? await measured(await scoresOf(holdout, solution.theta, turns), holdout) : null,
      },
      options,
    },
  };
}

/**
 * Back to raw units: coefficient_j = w_j / scale_j, intercept = b − Σ_j w_j·mean_j / scale_j. Terms that
 * were left out of the fit keep their place with coefficient 0.
 */
function rawCoefficients(
  { terms }: Prepared,
  theta: Float64Array,
): Pick<ModelFile, 'terms' | 'intercept' | 'standardizedIntercept'> {
  let next = 0;
  let intercept = theta.at(-1)!;
  const all = terms.map(({ name, column, level, mean, scale, excluded }): Term => {
    const standardized = excluded === undefined ? theta[next++]! : 0;
    intercept -= (standardized * mean) / scale;
    return {
      name,
      column,
      ...(level === undefined ? {} : { level }),
      coefficient: standardized / scale,
      standardized,
      mean,
      scale,
      ...(excluded === undefined ? {} : { excluded }),
    };
  });
  return { terms: all, intercept, standardizedIntercept: theta.at(-1)! };
}

/** Rows that are scored at a time: their scores stay in the cache while the features pass by. */
const scoredRows = 4096;

/** Z of rows that lie nowhere but in the table. */
async function scoresOf(rows: Rows, theta: Float64Array, turns: Turns): Promise<Float64Array> {
  const { count, features } = rows;
  const scores = new Float64Array(count).fill(theta[features]!);
  const buffer = new Float64Array(Math.min(count, scoredRows));
  for (let from = 0; from < count; from += scoredRows) {
    const x = buffer.subarray(0, Math.min(scoredRows, count - from));
    const z = scores.subarray(from, from + x.length);
    for (let j = 0; j < features; j++) {
      rows.read(j, from, x);
      addScaled(z, theta[j]!, x);
    }
    await turns.spend(features * x.length);
  }
  return scores;
}

function outcomeWarnings({ solver }: Solution, options: CheckedOptions): Warning[] {
  const { outcome, gradientNorm, iterations } = solver;
  if (outcome === 'separated') {
    const message =
      'perfect separation: the training rows are told apart without error, so no finite coefficients are best; ' +
      'these are where the fit stopped. Use a penalty (l2), for instance --l2 0.01';
    return [{ code: 'separated', message }];
  }
  if (outcome === 'converged') return [];
  const norm = gradientNorm.toExponential(1);
  const message =
    outcome === 'max-iterations'
      ? `not converged: ${iterations} ${iterations === 1 ? 'iteration' : 'iterations'} of ${solver.name} left a gradient of ${norm}; raise --max-iterations or change --solver`
      : `not converged to ${options.tolerance}: the gradient stays at ${norm}, the end of what float64 resolves here`;
  return [{ code: 'not-converged', message }];
}
