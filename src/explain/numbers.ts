/**
 * The graph of one row: features, weights and intercepts → scores → probabilities → loss, with each derivative as
 * docs/derivation.md writes it. It knows no model file and no cell.
 */
import { unexpected } from '../errors.ts';
import { type ComputationalGraph, describeGraph } from './describe.ts';
import type { Quantity, Rule } from './graph.ts';
import { type Loss, sigmoidLoss, softmaxLoss } from './losses.ts';
import { number, plus, symbol, times } from './notation.ts';
import type { NodeRole } from './roles.ts';

/** What a row meets, and its label: n features, K classes, k = K − 1 score vectors. */
export interface RowParameters {
  /** W [k][n] */
  readonly weights: readonly (readonly number[])[];
  /** b [k] */
  readonly biases: readonly number[];
  /** y, the code of the row's class: 0 for the reference, 1 … k. */
  readonly label: number;
  /** Names of the classes by code [K]; default 0, 1, … */
  readonly classes?: readonly string[];
  /** s: derivatives are then those of s·L. */
  readonly sampleWeight?: number;
}

export interface NumericRow extends RowParameters {
  /** x [n] */
  readonly x: readonly number[];
  /** Names of the features [n]; default x_1, x_2, … */
  readonly names?: readonly string[];
}

/** The graph of a row that is given as numbers. Throws LogisticError 'bad-shape' or 'unknown-label'. */
export function explainNumbers(row: NumericRow): ComputationalGraph<NodeRole> {
  const { x, names = x.map((_, j) => `x_${j + 1}`) } = row;
  requireShapes(row, names);
  return describeGraph(
    quantitiesOf(
      x.map((value, j) => featureOf(j + 1, names[j]!, value)),
      row,
    ),
  );
}

export const featureOf = (j: number, name: string, is: Quantity<NodeRole>['is']): Quantity<NodeRole> => ({
  id: `x_${j}`,
  symbol: symbol('x', j),
  name,
  about: { role: 'feature', feature: j },
  is,
});

/** All quantities of a row, the given ones first: its features, and what these are computed from. */
export function quantitiesOf(given: readonly Quantity<NodeRole>[], parameters: RowParameters): Quantity<NodeRole>[] {
  const { biases, label, classes = ['0', ...biases.map((_, c) => String(c + 1))], sampleWeight } = parameters;
  const features = given.filter(({ about }) => about.role === 'feature');
  const own = biases.length === 1 ? sigmoidLoss(label, classes) : softmaxLoss(label, classes);
  const loss = sampleWeight === undefined ? own : weighted(own, sampleWeight);
  return [
    ...given,
    ...biases.flatMap((_, at) => scoreOf(at + 1, features, parameters, classes, loss)),
    ...loss.quantities,
  ];
}

/** z_c with its weights and its intercept. Two classes have one score, and no index c. */
function scoreOf(
  c: number,
  features: readonly Quantity<NodeRole>[],
  { weights, biases }: RowParameters,
  classes: readonly string[],
  loss: Loss,
): Quantity<NodeRole>[] {
  const two = biases.length === 1;
  const index = two ? [] : [c];
  const whose = two ? '' : ` for ${classes[c]}`;
  const label = two ? 'B8' : 'B19';
  const dz = loss.dz(c);
  const named = (letter: string, ...indices: number[]) => ({
    id: [letter, ...indices].join('_'),
    symbol: symbol(letter, ...indices),
  });

  const w = features.map(
    ({ id, name }, j): Quantity<NodeRole> => ({
      ...named('w', ...index, j + 1),
      name: `weight of ${name}${whose}`,
      about: { role: 'weight', feature: j + 1, class: c },
      is: weights[c - 1]![j]!,
      gradient: { label, formula: (write) => times(write(id), dz.formula(write)) },
    }),
  );
  const b: Quantity<NodeRole> = {
    ...named('b', ...index),
    name: `intercept${whose}`,
    about: { role: 'bias', class: c },
    is: biases[c - 1]!,
    gradient: { label, formula: dz.formula },
  };
  /** In z each weight is what its feature is multiplied by, and the other way round. */
  const factor = ({ id }: Quantity<NodeRole>): Rule => ({
    label: 'B6',
    formula: (write) => write(id),
    value: (of) => of(id),
  });
  const z: Quantity<NodeRole> = {
    ...named('z', ...index),
    name: `score${whose}`,
    about: { role: 'score', class: c },
    is: {
      label: 'B1',
      inputs: [...features, ...w, b].map(({ id }) => id),
      formula: (write) => plus(...w.map(({ id }, j) => times(write(id), write(features[j]!.id))), write(b.id)),
      value: (of) => w.reduce((sum, { id }, j) => sum + of(id) * of(features[j]!.id), of(b.id)),
      derivatives: [
        ...w.map(factor),
        ...features.map(factor),
        { label: 'B6', formula: () => number(1), value: () => 1 },
      ],
    },
    gradient: dz,
    reach: () => 1,
  };
  return [...w, b, z];
}

/** s·L after L: everything before it counts s times. */
function weighted({ quantities, dz }: Loss, weight: number): Loss {
  const s: Quantity<NodeRole> = {
    id: 's',
    symbol: symbol('s'),
    name: 'sample weight',
    about: { role: 'sample weight' },
    is: weight,
  };
  const product: Quantity<NodeRole> = {
    id: 'sL',
    symbol: times(symbol('s'), symbol('L')),
    name: 'weighted loss',
    about: { role: 'weighted loss' },
    is: {
      label: 'B16',
      inputs: ['s', 'L'],
      formula: (write) => times(write('s'), write('L')),
      value: (of) => of('s') * of('L'),
      derivatives: ['L', 's'].map((other) => ({ formula: (write) => write(other), value: (of) => of(other) })),
    },
  };
  return {
    quantities: [...quantities, s, product],
    dz: (c) => {
      const { label, formula, value } = dz(c);
      return {
        ...(label !== undefined && { label }),
        formula: (write) => times(write('s'), formula(write)),
        value: (of) => of('s') * value(of),
      };
    },
  };
}

function requireShapes({ x, weights, biases, label, classes }: NumericRow, names: readonly string[]): void {
  const [n, k] = [x.length, biases.length];
  requireHead(n, { weights, biases });
  if (names.length !== n) throw unexpected('bad-shape', 'names', `${n} names`, names);
  if (classes !== undefined && classes.length !== k + 1) {
    throw unexpected('bad-shape', 'classes', `${k + 1} names`, classes);
  }
  requireCode(label, k);
}

/** n weights for each of k ≥ 1 intercepts. */
export function requireHead(n: number, { weights, biases }: Pick<RowParameters, 'weights' | 'biases'>): void {
  const k = biases.length;
  if (k === 0) throw unexpected('bad-shape', 'biases', 'a number for each score vector', biases);
  if (weights.length === k && weights.every((own) => own.length === n)) return;
  throw unexpected('bad-shape', 'weights', `${k} lists of ${n} numbers`, weights);
}

/** A class code from 0 to k. */
export function requireCode(label: number, k: number): void {
  if (Number.isInteger(label) && label >= 0 && label <= k) return;
  throw unexpected('unknown-label', 'label', `a class code from 0 to ${k}`, label);
}
