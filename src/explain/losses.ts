/**
 * From the scores of an example to its loss: the sigmoid and the log loss for two classes, the softmax and the cross
 * entropy for more. Textbook formulas are what is written and differentiated; values are those of the formulas in
 * math/, which hold for every score.
 */
import { curvature, logLoss, residual, sigmoid } from '../math/logistic.ts';
import { complement, crossCurvature, crossEntropy, probabilities, residuals } from '../math/softmax.ts';
import type { Quantity, Rule, ValueOf } from './graph.ts';
import { call, type Expression, exp, minus, negative, number, over, plus, symbol, times } from './notation.ts';
import type { NodeRole } from './roles.ts';

export interface Loss {
  readonly quantities: readonly Quantity<NodeRole>[];
  /** ∂L/∂z_c, c = 1 … k. */
  dz(c: number): Rule;
}

const one = number(1);
const lnOf = (a: Expression): Expression => call('ln', a);
/** part·value, 0 where the part is, however large the value. */
const share = (part: number, value: () => number): number => (part === 0 ? 0 : part * value());

/** a = σ(z) and L = −y·ln a − (1 − y)·ln(1 − a), with y = 1 for the positive class. */
export function sigmoidLoss(y: number, classes: readonly string[]): Loss {
  const z = (of: ValueOf): number => of('z');
  const dz: Rule = {
    label: 'B7',
    formula: (write) => minus(write('a'), write('y')),
    value: (of) => residual(z(of), of('y')),
  };
  const a: Quantity<NodeRole> = {
    id: 'a',
    symbol: symbol('a'),
    name: `probability of ${classes[1]}`,
    about: { role: 'probability', class: 1 },
    is: {
      label: 'B2',
      inputs: ['z'],
      formula: (write) => call('σ', write('z')),
      value: (of) => sigmoid(z(of)),
      derivatives: [
        {
          label: 'B5',
          formula: (write) => times(write('a'), minus(one, write('a'))),
          value: (of) => curvature(z(of)),
        },
      ],
    },
    gradient: {
      label: 'B4',
      formula: (write) => over(minus(write('a'), write('y')), times(write('a'), minus(one, write('a')))),
    },
    reach: (of) => sigmoid(-Math.abs(z(of))), // the nearer of 0 and 1
  };
  const truth: Quantity<NodeRole> = {
    id: 'y',
    symbol: symbol('y'),
    name: `1 for ${classes[1]}, 0 for ${classes[0]}`,
    about: { role: 'label', class: 1 },
    is: y,
  };
  const loss: Quantity<NodeRole> = {
    id: 'L',
    symbol: symbol('L'),
    name: 'loss',
    about: { role: 'loss' },
    is: {
      label: 'B3',
      inputs: ['a', 'y'],
      formula: (write) =>
        minus(
          negative(times(write('y'), lnOf(write('a')))),
          times(minus(one, write('y')), lnOf(minus(one, write('a')))),
        ),
      value: (of) => -share(of('y'), () => Math.log(of('a'))) - share(1 - of('y'), () => Math.log1p(-of('a'))),
      derivatives: [
        {
          label: 'B4',
          formula: (write) =>
            plus(negative(over(write('y'), write('a'))), over(minus(one, write('y')), minus(one, write('a')))),
          value: (of) => share(1 - of('y'), () => 1 / sigmoid(-z(of))) - share(of('y'), () => 1 / sigmoid(z(of))),
        },
        {
          formula: (write) => minus(lnOf(minus(one, write('a'))), lnOf(write('a'))),
          value: (of) => -z(of),
        },
      ],
      stable: {
        inputs: ['z', 'y'],
        formula: (write) =>
          plus(
            times(write('y'), call('softplus', negative(write('z')))),
            times(minus(one, write('y')), call('softplus', write('z'))),
          ),
        value: (of) => share(of('y'), () => logLoss(z(of), 1)) + share(1 - of('y'), () => logLoss(z(of), 0)),
      },
    },
  };
  return { quantities: [a, truth, loss], dz: () => dz };
}

/** a_c = e^(z_c) / Σ_d e^(z_d), z_0 = 0, and L = −Σ_c y_c·ln a_c, with y_c = 1 for the example's own class only. */
export function softmaxLoss(label: number, classes: readonly string[]): Loss {
  const codes = [...classes.keys()];
  const scored = codes.slice(1);
  const scores = (of: ValueOf): number[] => scored.map((c) => of(`z_${c}`));
  const probabilitiesOf = (of: ValueOf): number[] => {
    const a: number[] = [];
    probabilities(scores(of), a);
    return a;
  };
  const dz = (c: number): Rule => ({
    label: 'B19',
    formula: (write) => minus(write(`a_${c}`), write(`y_${c}`)),
    value: (of) => {
      const own: number[] = [];
      residuals(scores(of), label, probabilitiesOf(of), own);
      return own[c - 1]!;
    },
  });
  const inputs = scored.map((c) => `z_${c}`);
  const a = codes.map(
    (c): Quantity<NodeRole> => ({
      id: `a_${c}`,
      symbol: symbol('a', c),
      name: `probability of ${classes[c]}`,
      about: { role: 'probability', class: c },
      is: {
        label: 'B17',
        inputs,
        formula: (write) =>
          over(c === 0 ? one : exp(write(`z_${c}`)), plus(one, ...inputs.map((id) => exp(write(id))))),
        value: (of) => probabilitiesOf(of)[c]!,
        derivatives: scored.map((d) => ({
          label: 'B20',
          formula: (write) =>
            c === d
              ? times(write(`a_${c}`), minus(one, write(`a_${c}`)))
              : negative(times(write(`a_${c}`), write(`a_${d}`))),
          value: (of) => crossCurvature(scores(of), probabilitiesOf(of), c, d),
        })),
      },
      reach: (of) => Math.min(of(`a_${c}`), complement(scores(of), c)),
    }),
  );
  const truth = codes.map(
    (c): Quantity<NodeRole> => ({
      id: `y_${c}`,
      symbol: symbol('y', c),
      name: `1 if the class is ${classes[c]}, else 0`,
      about: { role: 'label', class: c },
      is: Number(c === label),
    }),
  );
  const byProbability = codes.map(
    (c): Rule => ({
      formula: (write) => negative(over(write(`y_${c}`), write(`a_${c}`))),
      value: (of) => -share(of(`y_${c}`), () => 1 / of(`a_${c}`)),
    }),
  );
  const byTruth = codes.map(
    (c): Rule => ({
      formula: (write) => negative(lnOf(write(`a_${c}`))),
      value: (of) => crossEntropy(scores(of), c),
    }),
  );
  const loss: Quantity<NodeRole> = {
    id: 'L',
    symbol: symbol('L'),
    name: 'loss',
    about: { role: 'loss' },
    is: {
      label: 'B18',
      inputs: [...a, ...truth].map(({ id }) => id),
      formula: (write) => negative(plus(...codes.map((c) => times(write(`y_${c}`), lnOf(write(`a_${c}`)))))),
      value: (of) => -codes.reduce((sum, c) => sum + share(of(`y_${c}`), () => Math.log(of(`a_${c}`))), 0),
      derivatives: [...byProbability, ...byTruth],
      stable: {
        inputs: [...inputs, ...truth.map(({ id }) => id)],
        formula: (write) =>
          minus(
            lnOf(plus(one, ...inputs.map((id) => exp(write(id))))),
            plus(...scored.map((c) => times(write(`y_${c}`), write(`z_${c}`)))),
          ),
        value: (of) => codes.reduce((sum, c) => sum + share(of(`y_${c}`), () => crossEntropy(scores(of), c)), 0),
      },
    },
  };
  return { quantities: [...a, ...truth, loss], dz };
}
