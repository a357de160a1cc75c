/** The influence of each row on a fitted model: who is refused, the rows on the standardised design, and their names. */
import { LogisticError } from '../errors.ts';
import { type Diagnostics, influenceOf, type ObservedRow } from '../inference/influence.ts';
import { logLoss, sigmoid } from '../math/logistic.ts';
import { classesByCode, type Label } from '../predict/model-file.ts';
import { type RowDesign, rawRow, scoresOf } from './design-rows.ts';
import type { TrainingReport } from './fit.ts';
import type { GivenRows } from './given-rows.ts';
import { trainedOn } from './trained-on.ts';

export interface RowInfluence<L extends Label = Label> extends Diagnostics {
  /** Its number among the rows given, from 1. */
  readonly row: number;
  readonly label: L;
  /** Of the positive class. */
  readonly probability: number;
}

export interface Influence<L extends Label = Label> {
  /** The coefficients that `dfbeta` is of, in order. */
  readonly coefficients: readonly string[];
  readonly rows: readonly RowInfluence<L>[];
  readonly notes: readonly string[];
}

const others =
  "these are not the model's training rows, or not all of them: influence is computed as if it were fitted to them";

/** `codes`: 1 of the positive class, else 0. Throws LogisticError 'no-influence', 'two-classes-only'. */
export function rowInfluence<L extends Label>(
  { design, rows, weights, notes }: GivenRows,
  codes: ArrayLike<number>,
): Influence<L> {
  const { model, terms, intercept } = design;
  refuse(design);
  const means = Float64Array.from(terms, ({ mean }) => mean);
  const scales = Float64Array.from(terms, ({ scale }) => scale);
  const first = Number(intercept);
  const observed = rows.map((values, i): ObservedRow => {
    const raw = rawRow(design, values);
    const x = terms.map((_, j) => (raw[first + j]! - means[j]!) / scales[j]!);
    return {
      x: Float64Array.from(intercept ? [...x, 1] : x),
      z: scoresOf(design, raw, values)[0]!,
      label: codes[i]!,
      weight: weights ? weights[i]! : 1,
    };
  });
  const diagnostics = influenceOf(observed, { means, scales, intercept });
  if (diagnostics === undefined) {
    throw new LogisticError('no-influence', 'the information matrix of these rows is singular', {
      hint: 'give the rows that the model was fitted to',
    });
  }
  const classes = classesByCode(model.target) as L[];
  const total = observed.reduce((sum, { weight }) => sum + weight, 0);
  const meanLogLoss = observed.reduce((sum, { z, label, weight }) => sum + (weight * logLoss(z, label)) / total, 0);
  return {
    coefficients: [...(intercept ? ['(intercept)'] : []), ...terms.map(({ name }) => name)],
    rows: diagnostics.map((own, i) => ({
      row: i + 1,
      label: classes[codes[i]!]!,
      probability: sigmoid(observed[i]!.z),
      ...own,
    })),
    notes: [...(trainedOn(model, { rows: rows.length, meanLogLoss }) === 'all' ? [] : [others]), ...notes],
  };
}

function refuse({ model }: RowDesign): void {
  const { classes } = model.target;
  if (classes.length > 2) {
    throw new LogisticError('two-classes-only', `influence is there for two classes; the model has ${classes.length}`);
  }
  const { options, separation, solver } = model.training as Partial<TrainingReport>;
  const reason =
    (options?.l2 ?? 0) > 0 || options?.firth
      ? 'the fit is penalised'
      : options?.classWeight !== undefined
        ? 'class weights change what is estimated'
        : separation
          ? 'some coefficients have no finite estimate'
          : (solver?.outcome ?? 'converged') !== 'converged'
            ? `the fit has not converged (${solver!.outcome})`
            : undefined;
  if (reason === undefined) return;
  throw new LogisticError('no-influence', `influence is that of rows on a maximum-likelihood fit: ${reason}`);
}
