/**
 * m examples as matrices, each with its shape, formula and label: one evaluation of the loss and its gradient. X is
 * feature-major, [n, m]: a row is a feature, a column an example. Plain loops, for looking at; the sums of a fit are
 * computed where the rows are (rows/contract.ts).
 */
import { LogisticError } from '../errors.ts';
import { crossEntropy, probabilities, residuals } from '../math/softmax.ts';
import {
  call,
  type Expression,
  type Formula,
  formulaOf,
  minus,
  number,
  over,
  plus,
  symbol,
  times,
  transposed,
} from './notation.ts';
import { requireCode, requireHead } from './numbers.ts';

/** n features, K classes, k = K − 1 score vectors. */
export interface NumericBatch {
  /** X [n][m] */
  readonly x: readonly (readonly number[])[];
  /** W, by score vector: [k][n] */
  readonly weights: readonly (readonly number[])[];
  /** b [k] */
  readonly biases: readonly number[];
  /** The class code of each example [m], 0 … k. */
  readonly labels: readonly number[];
  /** s [m]; default all 1. */
  readonly sampleWeights?: readonly number[];
  /** Strength of the penalty ½·l2·Σ w²; default 0. */
  readonly l2?: number;
}

export interface BatchMatrix {
  readonly id: string;
  readonly symbol: Formula;
  readonly name: string;
  readonly shape: readonly [rows: number, columns: number];
  /** Row by row. */
  readonly values: readonly (readonly number[])[];
  /** How it is computed, with the label in docs/derivation.md; absent where it is given. */
  readonly computed?: { readonly label: string; readonly formula: Formula };
}

/**
 * X, W, b, Y, Z, A, the losses, their mean, dZ, dW and db in the order of computation; s where weights are given, and
 * the gradient of the penalty where there is one. Throws LogisticError 'bad-shape' or 'unknown-label'.
 */
export function explainBatch(batch: NumericBatch): readonly BatchMatrix[] {
  requireBatch(batch);
  const { x, weights, biases, labels, sampleWeights, l2 = 0 } = batch;
  const two = biases.length === 1;
  const { Z, A, dZ, losses, loss, dW, db } = evaluate(batch);
  const eachWeighted = (each: Expression): Expression => (sampleWeights ? times(symbol('s'), each) : each);
  const mean = (sum: Expression): Expression => over(sum, sampleWeights ? call('Σ', symbol('s')) : symbol('m'));

  return [
    given('X', 'features: a row each, an example a column', x),
    given('W', 'weights: a column for each score', transpose(weights, x.length)),
    given(
      'b',
      'intercepts',
      biases.map((b) => [b]),
    ),
    given(
      'Y',
      'labels',
      biases.map((_, c) => labels.map((label) => Number(label === c + 1))),
    ),
    ...(sampleWeights ? [given('s', 'sample weights', [sampleWeights])] : []),
    computed('Z', 'scores', Z, 'B9', plus(times(transposed(symbol('W')), symbol('X')), symbol('b'))),
    computed('A', 'probabilities', two ? A.slice(1) : A, two ? 'B10' : 'B17', call(two ? 'σ' : 'softmax', symbol('Z'))),
    computed('ℓ', 'losses', [losses], two ? 'B3' : 'B18', call('ℓ', symbol('Z, Y'))),
    computed('loss', 'mean loss', [[loss]], sampleWeights ? 'B16' : 'B11', mean(call('Σ', eachWeighted(symbol('ℓ'))))),
    computed('dZ', 'derivatives by the scores', dZ, two ? 'B12' : 'B19', minus(symbol('A'), symbol('Y'))),
    computed(
      'dW',
      'derivatives by the weights',
      dW,
      'B13',
      mean(times(symbol('X'), transposed(eachWeighted(symbol('dZ'))))),
    ),
    computed('db', 'derivatives by the intercepts', db, 'B14', mean(call('Σ', eachWeighted(symbol('dZ'))))),
    ...(l2 === 0 ? [] : [penaltyGradient(weights, l2)]),
  ];
}

const given = (id: string, name: string, values: BatchMatrix['values']): BatchMatrix => ({
  id,
  symbol: formulaOf(symbol(id)),
  name,
  shape: [values.length, values[0]?.length ?? 0],
  values,
});

const computed = (
  id: string,
  name: string,
  values: BatchMatrix['values'],
  label: string,
  formula: Expression,
): BatchMatrix => ({
  ...given(id, name, values),
  computed: { label, formula: formulaOf(formula) },
});

/** Z [k, m], A [K, m], dZ [k, m]; the losses and their mean; dW [n, k] and db [k, 1]. */
function evaluate({ x, weights, biases, labels, sampleWeights }: NumericBatch) {
  const s = sampleWeights ?? labels.map(() => 1);
  const total = s.reduce((sum, own) => sum + own, 0);
  const mean = (numbers: (i: number) => number): number => s.reduce((sum, own, i) => sum + own * numbers(i), 0) / total;
  const examples = labels.map((label, i) => {
    const z = biases.map((b, c) => weights[c]!.reduce((sum, w, j) => sum + w * x[j]![i]!, b));
    const a: number[] = [];
    const dz: number[] = [];
    probabilities(z, a);
    residuals(z, label, a, dz);
    return { z, a, dz, loss: crossEntropy(z, label) };
  });
  const side = (pick: (example: (typeof examples)[number]) => number[], rows: number): number[][] =>
    transpose(examples.map(pick), rows);
  const dZ = side(({ dz }) => dz, biases.length);
  return {
    Z: side(({ z }) => z, biases.length),
    A: side(({ a }) => a, biases.length + 1),
    dZ,
    losses: examples.map(({ loss }) => loss),
    loss: mean((i) => examples[i]!.loss),
    dW: x.map((row) => dZ.map((dz) => mean((i) => row[i]! * dz[i]!))),
    db: dZ.map((dz) => [mean((i) => dz[i]!)]),
  };
}

/** l2·W; for more than two classes l2·(w_cj − w̄_j), w̄_j the mean over all K of which the reference has 0. */
function penaltyGradient(weights: NumericBatch['weights'], l2: number): BatchMatrix {
  const k = weights.length;
  const centres = weights[0]!.map((_, j) => (k > 1 ? weights.reduce((sum, own) => sum + own[j]!, 0) / (k + 1) : 0));
  const values = centres.map((centre, j) => weights.map((own) => l2 * (own[j]! - centre)));
  const moved = k > 1 ? minus(symbol('W'), symbol('w̄')) : symbol('W');
  return computed('l2', 'derivatives of the penalty', values, k > 1 ? 'B21' : 'B16', times(number(l2), moved));
}

/** Rows as columns; `rows` is how many numbers each has, for when there is none. */
function transpose(columns: readonly (readonly number[])[], rows: number): number[][] {
  return Array.from({ length: rows }, (_, r) => columns.map((column) => column[r]!));
}

function requireBatch({ x, weights, biases, labels, sampleWeights = labels }: NumericBatch): void {
  requireHead(x.length, { weights, biases });
  for (const label of labels) requireCode(label, biases.length);
  const m = labels.length;
  if (m > 0 && sampleWeights.length === m && x.every((row) => row.length === m)) return;
  throw new LogisticError('bad-shape', 'X, labels and weights should have the same number of examples, at least one');
}
