/**
 * The door: unknown options are refused with the nearest name or the translation of another library's, values by type and
 * range, and defaults put in place.
 */

import { columnsOf, variablesOf } from '../design/expand-terms.ts';
import { parseFormula } from '../design/formula.ts';
import { askedTree } from '../design/model-terms.ts';
import { LogisticError, nearestName, shown, unexpected } from '../errors.ts';
import { optionRecords } from './option-records.ts';
import type { CheckedOptions, Options } from './options.ts';

/** What other libraries call an option, and what it is here. */
const translations: Readonly<Record<string, string>> = {
  C: 'l2 = 1/(m·C), with m the number of rows',
  penalty: 'l2 is the strength of the penalty, and 0 is none',
  lambda: 'l2 = lambda where lambda acts on the mean loss (glmnet), lambda/m where it acts on the sum',
  alpha: 'l2 = alpha where alpha acts on the mean loss, alpha/m where it acts on the sum',
  tol: 'it is tolerance, on the gradient of the mean loss',
  max_iter: 'it is maxIterations',
  fit_intercept: 'it is intercept',
  class_weight: 'it is classWeight',
  random_state: 'it is seed',
  learning_rate: 'it is learningRate',
  numSteps: 'it is maxIterations',
  regularization: 'l2 is the strength of the penalty, and 0 is none',
  multi_class: 'more than two classes are fitted by softmax, without being asked',
  maxIter: 'it is maxIterations',
  epochs: 'it is maxIterations',
  ...Object.fromEntries(
    ['signal', 'onIteration', 'onProgress', 'sampleWeight', 'featureNames'].map((name) => [
      name,
      `it goes to fit, in its last argument: fit(data, target, { ${name} })`,
    ]),
  ),
};

/** The options with their defaults; throws LogisticError 'bad-argument', 'unknown-option' or 'bad-option'. */
export function checkOptions(options: Options): CheckedOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw unexpected('bad-argument', 'options', 'an object', options);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!Object.hasOwn(optionRecords, name)) throw unknownOption(name);
    const { expected, holds } = optionRecords[name as keyof Options];
    if (!holds(value)) {
      throw new LogisticError('bad-option', `${name} must be ${expected}, found ${shown(value)}`, {
        details: { option: name },
      });
    }
  }
  const defaults = Object.entries(optionRecords).flatMap(([name, record]) =>
    record.default === undefined ? [] : [[name, record.default] as const],
  );
  const checked = { ...Object.fromEntries(defaults), ...Object.fromEntries(given) } as CheckedOptions;
  const descent = (['learningRate', 'momentum'] as const).find((name) => options[name] !== undefined);
  if (descent !== undefined && checked.solver !== 'gd') {
    throw new LogisticError('bad-option', `${descent} is for gradient descent; the solver is ${checked.solver}`, {
      hint: 'choose solver gd',
      details: { option: descent },
    });
  }
  requireRoles(checked);
  requireRobust(checked, options.inference);
  const twice = checked.numeric?.find((name) => checked.categorical?.includes(name));
  if (twice !== undefined) {
    throw new LogisticError('bad-option', `numeric and categorical both list ${JSON.stringify(twice)}`, {
      hint: 'a column is read in one way',
    });
  }
  if (checked.firth && (checked.l2 > 0 || !['auto', 'newton'].includes(checked.solver))) {
    const other =
      checked.l2 > 0
        ? 'has a penalty of its own: leave out l2'
        : `is fitted by newton; the solver is ${checked.solver}`;
    throw new LogisticError('bad-option', `firth ${other}`, { details: { option: 'firth' } });
  }
  const withIntercept = withTerms(checked);
  requireCorrected(withIntercept);
  return withIntercept;
}

/** What a formula or terms say of the columns: which are read, which are categories; and of the intercept. */
function withTerms(checked: CheckedOptions): CheckedOptions {
  const { formula, terms, offset, referenceLevels = {}, only, drop, intercept } = checked;
  const levelled = Object.keys(referenceLevels);
  const categorical = [...(checked.categorical ?? []), ...levelled];
  if (formula !== undefined && terms !== undefined) {
    throw new LogisticError('bad-option', 'formula and terms both say what the terms are', {
      hint: 'leave one of them out',
      details: { option: 'terms' },
    });
  }
  const beside = only && offset !== undefined ? { only: [...new Set([...only, offset])] } : {};
  const tree = askedTree(checked);
  if (tree === undefined) return { ...checked, ...beside, ...(levelled.length > 0 && { categorical }) };
  const variables = variablesOf(tree);
  if (variables.some(({ column }) => column === offset)) {
    refuse('offset', `${offset} is among the terms too`, 'a column has one role');
  }
  const { named, others } = columnsOf(tree);
  const used = new Set(offset === undefined ? named : [...named, offset]);
  const gone = variables.flatMap(({ column }) => (used.has(column) ? [] : [column]));
  const lost = drop?.find((name) => used.has(name));
  if (lost !== undefined) {
    throw new LogisticError('bad-option', `drop lists ${JSON.stringify(lost)}, which is among the terms`, {
      hint: 'leave it out of one of them',
      details: { option: 'drop' },
    });
  }
  const stranger = others ? undefined : only?.find((name) => !used.has(name));
  if (stranger !== undefined) {
    throw new LogisticError('bad-option', `only lists ${JSON.stringify(stranger)}, which is not among the terms`, {
      hint: 'leave out only: what the terms name is all that is read',
      details: { option: 'only' },
    });
  }
  const unasked = levelled.find((name) => (others ? gone.includes(name) : !used.has(name)));
  if (unasked !== undefined) {
    throw new LogisticError('bad-option', `reference: ${JSON.stringify(unasked)} is not among the terms`, {
      hint: 'leave the reference out, or add the column to the terms',
      details: { option: 'reference' },
    });
  }
  const categories = variables.flatMap(({ column, transform }) =>
    transform.kind === 'category' && used.has(column) ? [column] : [],
  );
  return {
    ...checked,
    ...(others && only === undefined ? {} : { only: [...new Set([...(only ?? []), ...used])] }),
    ...(gone.length > 0 && { drop: [...new Set([...(drop ?? []), ...gone])] }),
    ...(categorical.length + categories.length > 0 && { categorical: [...new Set([...categorical, ...categories])] }),
    intercept: intercept && (formula === undefined || parseFormula(formula).intercept),
  };
}

const refuse = (option: string, message: string, hint?: string): never => {
  throw new LogisticError('bad-option', `${option}: ${message}`, {
    ...(hint !== undefined && { hint }),
    details: { option },
  });
};

/** Of a fit, for which cross-validation may give folds. Throws LogisticError 'bad-option'. */
export function requireHeldOut({ holdoutBy, holdout, folds }: CheckedOptions): void {
  if (holdoutBy === undefined || holdout > 0 || folds !== undefined) return;
  throw new LogisticError('bad-option', 'holdoutBy says by what, and holdout says how much', {
    hint: 'give holdout too: 0.2 holds out about a fifth; or folds',
    details: { option: 'holdoutBy' },
  });
}

/** A column has one role: a feature, the weights, an offset, or a key; clusters may be held out whole. */
function requireRoles(options: CheckedOptions): void {
  const { weights, cluster, holdoutBy, only } = options;
  for (const [option, name] of Object.entries({ weights, cluster, holdoutBy })) {
    if (name === undefined) continue;
    const other = (['weights', 'offset'] as const).find((own) => own !== option && options[own] === name);
    if (other !== undefined) refuse(option, `${name} is the column of ${other} too`, 'a column has one role');
    if (only?.includes(name)) refuse('only', `${name} is the column of ${option}, no feature`, 'leave it out of only');
  }
}

/** Robust standard errors need a likelihood without a penalty; CR0 and CR1 go with a column of clusters, and it with no other kind. */
function requireRobust(
  { cluster, robust, firth, l2, weightType }: CheckedOptions,
  inference: boolean | undefined,
): void {
  const clustered = robust?.startsWith('CR') === true;
  if (cluster === undefined && clustered) refuse('robust', `${robust} is of clusters`, 'name their column: cluster');
  if (cluster !== undefined && robust !== undefined && !clustered)
    refuse('robust', `${robust} takes rows to be independent`, 'choose CR0 or CR1');
  const option = cluster === undefined ? 'robust' : 'cluster';
  if (cluster === undefined && robust === undefined) return;
  if (cluster === undefined && weightType === 'sampling')
    refuse(option, 'weights of a sample have robust standard errors of their own', 'leave out one of them');
  if (firth || l2 > 0)
    refuse(option, 'robust standard errors are those of maximum likelihood', `leave out ${firth ? 'firth' : 'l2'}`);
  if (inference === false)
    refuse(option, 'it is of the standard errors, which are not wanted', 'leave out one of them');
}

/** What is corrected must be there, and an intercept to correct. */
function requireCorrected({ flic, firth, priorCorrection, classWeight, intercept }: CheckedOptions): void {
  if (flic && !firth) refuse('flic', "it corrects the intercept of Firth's method: choose firth too");
  if (priorCorrection && classWeight === undefined)
    refuse('priorCorrection', 'it corrects for classWeight, which is not given');
  if ((flic || priorCorrection) && !intercept)
    refuse(flic ? 'flic' : 'priorCorrection', 'there is no intercept to correct');
}

function unknownOption(name: string): LogisticError {
  const translation = Object.hasOwn(translations, name) ? translations[name] : undefined;
  const near = nearestName(name, Object.keys(optionRecords));
  return new LogisticError('unknown-option', `there is no option ${JSON.stringify(name)}`, {
    hint:
      translation ??
      (near === undefined ? `the options are ${Object.keys(optionRecords).join(', ')}` : `did you mean ${near}?`),
    details: { option: name },
  });
}
