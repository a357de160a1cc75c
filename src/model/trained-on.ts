/**
 * Whether rows are those that a model was fitted to, where every figure flatters it. They are known by their number and
 * their mean log loss, which the report of the fit has: it agrees to rounding for the same rows in any order, and for
 * others by chance alone. A part of the rows is not recognised.
 */
import type { Metrics } from '../evaluation/metrics.ts';
import type { ModelFile } from '../predict/model-file.ts';
import type { TrainingReport } from './fit.ts';

/** All of the rows, or some: all that the file of a fit with a holdout had. */
export type TrainedOn = 'all' | 'some';

export function trainedOn(
  { training, certificate }: ModelFile,
  measured: Pick<Metrics, 'rows' | 'meanLogLoss'>,
): TrainedOn | undefined {
  const { rows, metrics, meanLogLoss, counts }: Partial<TrainingReport> = training;
  if (rows === undefined || measured.meanLogLoss === null) return undefined;
  // Sums in another order; rows that were kept in float32 gave a loss of other numbers.
  const tolerance = certificate.storagePrecision === 'float32' ? 2 ** -18 : 2 ** -36;
  const is = (count: number, loss: number | null | undefined): boolean =>
    measured.rows === count &&
    typeof loss === 'number' &&
    Math.abs(loss - measured.meanLogLoss!) <= tolerance * Math.max(Math.abs(loss), 2 ** -20);
  const trained = metrics?.train?.meanLogLoss ?? meanLogLoss;
  if (is(rows.train, trained)) return 'all';
  const { train, holdout } = metrics ?? {};
  if (trained === undefined || typeof holdout?.meanLogLoss !== 'number') return undefined;
  const [fitted, held] = [train ? weightOf(train) : (counts?.all.rows ?? rows.train), weightOf(holdout)];
  return is(rows.used, (fitted * trained + held * holdout.meanLogLoss) / (fitted + held)) ? 'some' : undefined;
}

/** Σs of the rows that were measured. */
const weightOf = ({ confusion }: Metrics): number =>
  Object.values(confusion)
    .flat()
    .reduce((sum: number, s: number) => sum + s, 0);
