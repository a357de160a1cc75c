/** What is warned of when a solve has ended: no convergence, no finite estimate. It knows terms and no rows. */
import type { DecidedDesign } from '../design/design.ts';
import { brief, plural, type Warning } from '../errors.ts';
import type { Solution } from '../fitting/solution.ts';
import type { CheckedOptions } from './options.ts';
import type { SeparationReport } from './separation.ts';

/** Coefficients, and levels, that a message names. */
const named = 6;

export function outcomeWarnings(
  {
    design,
    solution: { solver },
    separation,
  }: { readonly design: DecidedDesign; readonly solution: Solution; readonly separation: SeparationReport | null },
  { l2, firth, tolerance, intercept }: CheckedOptions,
): Warning[] {
  const { outcome, gradientNorm, rule } = solver;
  const remedy = `${design.labels.classes.length === 2 ? "Firth's likelihood (firth) or " : ''}a penalty (l2)`;
  const warnings =
    l2 > 0 || firth ? [] : [...fewRows(design, intercept), ...quasiSeparation(design, separation, remedy)];
  if (outcome === 'separated') {
    const message =
      'perfect separation: the training rows are told apart without error, so the maximum-likelihood estimate does ' +
      `not exist; the coefficients are where the fit stopped. Use ${remedy}, for instance --l2 0.01`;
    return [...warnings, { code: 'separated', message }];
  }
  if (outcome === 'converged' || outcome === 'quasi-separated') return warnings;
  const message =
    outcome === 'max-iterations'
      ? `not converged: ${rule}; raise --max-iterations or change --solver`
      : `not converged: no step lowers the loss any further, at a gradient max-norm of ${gradientNorm.toExponential(1)} > tolerance ${Number(tolerance.toPrecision(3))}`;
  return [...warnings, { code: 'not-converged', message }];
}

/** As many coefficients as rows fit any labels. */
function fewRows({ terms, counts, labels }: DecidedDesign, intercept: boolean): Warning[] {
  const estimated = terms.filter(({ excluded, offset }) => excluded !== 'constant' && !offset);
  const coefficients = estimated.length + Number(intercept);
  if (coefficients < counts.train) return [];
  const message =
    `${counts.train} rows for ${coefficients} coefficients${labels.classes.length > 2 ? ' of each class' : ''}: so many fit any ` +
    'labels. Choose columns (only), or use a penalty (l2)';
  return [{ code: 'few-rows', message }];
}

/** Levels that some class never has, and the coefficients that a direction of recession takes along beside theirs. */
function quasiSeparation(
  { pureLevels }: DecidedDesign,
  separation: SeparationReport | null,
  remedy: string,
): Warning[] {
  const levels = pureLevels.slice(0, named).map(({ column, level, rows, present, absent }) => {
    const what = present.length === 1 ? `all ${present[0]}` : `none ${absent.join(' or ')}`;
    return `${column}=${brief(level)} (${plural(rows, 'row')}, ${what})`;
  });
  const pure = new Set(pureLevels.map(({ column, level }) => `${column}=${level}`));
  const others =
    separation?.kind === 'quasi-complete' ? separation.coefficients.filter(({ name }) => !pure.has(name)) : [];
  const more = pureLevels.length - levels.length;
  if (more > 0) levels.push(`${more} more such levels`);
  const parts = [...levels, ...(others.length > 0 ? [describeOthers(others, separation!)] : [])];
  if (parts.length === 0) return [];
  const columns = new Set([...pureLevels.map(({ column }) => column), ...others.flatMap(({ column }) => column ?? [])]);
  const message =
    `${parts.join('; ')}: the maximum-likelihood estimate does not exist there, the coefficient given is where the fit stopped; ` +
    `use ${remedy} for one that means something`;
  return [{ code: 'quasi-separation', message, columns: [...columns] }];
}

function describeOthers(
  coefficients: SeparationReport['coefficients'],
  { weight, totalWeight, unique }: SeparationReport,
): string {
  const shown = coefficients
    .slice(0, named)
    .map(
      ({ name, class: of, sign }) => `${brief(name)}${of === undefined ? '' : ` of ${of}`} → ${sign > 0 ? '+' : '−'}∞`,
    );
  const more = coefficients.length > named ? ` and ${coefficients.length - named} more` : '';
  return `${unique ? '' : 'for example '}${shown.join(', ')}${more} (told apart: ${weight} of ${totalWeight} rows)`;
}
