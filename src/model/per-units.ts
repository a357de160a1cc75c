/** Odds ratios for a change of a column by other than one unit: e^(u·estimate), and of the interval's ends. */
import { LogisticError, nearestName } from '../errors.ts';
import type { CoefficientSummary, Interval, Summary } from '../inference/summary.ts';
import type { Term } from '../predict/model-file.ts';

/** Units by column: { age: 10 } for ten years. */
export type PerUnits = Readonly<Record<string, number>>;

/** The summary with the odds ratios of some numbers for so many units. Throws LogisticError 'bad-option', 'unknown-column'. */
export function perUnits(summary: Summary, per: PerUnits, terms: readonly Term[]): Summary {
  for (const [column, units] of Object.entries(per)) requireNumber(column, units, terms);
  return {
    ...summary,
    coefficients: summary.coefficients.map((coefficient) => {
      const { name, term } = coefficient;
      return term !== null && Object.hasOwn(per, name) ? inUnits(coefficient, per[name]!) : coefficient;
    }),
  };
}

function inUnits(coefficient: CoefficientSummary, per: number): CoefficientSummary {
  const { estimate, oddsRatio, oddsRatioInterval, confidenceInterval } = coefficient;
  return {
    ...coefficient,
    per,
    oddsRatio: oddsRatio && Math.exp(per * estimate),
    oddsRatioInterval:
      oddsRatioInterval && (confidenceInterval!.map((end) => Math.exp(per * end)) as unknown as Interval),
  };
}

/** A column that one term alone has, as it is. */
function requireNumber(column: string, units: unknown, terms: readonly Term[]): void {
  const details = { option: 'per' };
  if (!(typeof units === 'number' && Number.isFinite(units) && units > 0)) {
    throw new LogisticError('bad-option', `per: ${column} needs a number of units above 0`, { details });
  }
  const holding = terms.filter(({ factors }) => factors.some((factor) => factor.column === column));
  if (holding.length === 0) {
    const near = nearestName(
      column,
      terms.flatMap(({ factors }) => factors.map((factor) => factor.column)),
    );
    throw new LogisticError('unknown-column', `per: the model has no column ${JSON.stringify(column)}`, {
      hint: near && `did you mean ${JSON.stringify(near)}?`,
      details,
    });
  }
  const [{ factors, offset }] = holding as [Term];
  if (holding.length === 1 && !offset && factors.length === 1 && factors[0]!.basis.kind === 'identity') return;
  throw new LogisticError('bad-option', `per: ${column} is not a number with one coefficient`, {
    hint: 'an odds ratio for so many units is there where the log-odds grow by the same for each',
    details,
  });
}
