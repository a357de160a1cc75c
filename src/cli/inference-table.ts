/** Standard errors, tests and intervals for a person, in tables like those of R's summary, or why there are none. */
import type { CoefficientSummary, FittedLogisticRegression, Interval, PerUnits, Summary } from '../node.ts';
import { summaryOf, titleOfP } from '../report/coefficient-table.ts';
import { show, table } from './table.ts';

/** The tables; undefined of a model without a summary, of more than two classes, or of more coefficients than `most`. */
export function inferenceTables(model: FittedLogisticRegression, most: number, per?: PerUnits): string | undefined {
  const summary = summaryOf(model, per);
  if (summary === undefined || model.classes.length > 2 || summary.coefficients.length > most) return undefined;
  return allTables(summary);
}

/** One table of coefficients, one of columns where they have several, and what follows from the likelihood. */
export function allTables(summary: Summary): string {
  return `${coefficientRows(summary)}${termRows(summary)}${likelihoodLines(summary)}`;
}

/** The likelihood of a model whose coefficients are in a table of their own, or why it has no standard errors. */
export function describeInference(model: FittedLogisticRegression): string {
  const summary = summaryOf(model);
  if (summary !== undefined)
    return `${likelihoodLines(summary)}logit inspect MODEL shows standard errors, tests and intervals\n`;
  const { summaryRefused } = model.toJSON() as { readonly summaryRefused?: string };
  return summaryRefused === undefined ? '' : `\nno standard errors: ${summaryRefused}\n`;
}

function coefficientRows(summary: Summary): string {
  const { coefficients, level, covarianceType } = summary;
  const error = covarianceType === 'model' ? 'std. error' : `std. error (${covarianceType})`;
  const methods = new Set(coefficients.flatMap(({ ciMethod }) => ciMethod ?? []));
  const header = [
    '',
    'estimate',
    error,
    'z',
    titleOfP(summary),
    `${100 * level}% interval (${[...methods].join(', ')})`,
    'odds ratio',
  ];
  const byClass = coefficients.some((coefficient) => coefficient.class !== undefined);
  const rows = coefficients.map((coefficient) => {
    const { name, estimate, standardError, z, p, confidenceInterval, oddsRatio, per, note } = coefficient;
    const title = byClass ? `${coefficient.class}: ${name}` : name;
    const shownP = p === null ? '' : describeP(p);
    if (note !== undefined) return [title, show(estimate), note, '', shownP, describeInterval(confidenceInterval), ''];
    return [
      title,
      show(estimate),
      show(standardError!),
      z!.toFixed(3),
      shownP,
      describeInterval(confidenceInterval),
      oddsRatio === null ? '' : `${show(oddsRatio)}${per === undefined ? '' : ` per ${per}`}`,
    ];
  });
  return table([header, ...rows]);
}

/** Columns that have several coefficients: what their tests say together. */
function termRows({ terms, coefficients }: Summary): string {
  const several = terms.filter(({ df }) => df > 1);
  if (several.length === 0 || coefficients.some((coefficient: CoefficientSummary) => coefficient.class !== undefined))
    return '';
  const rows = several.map(({ term, df, likelihoodRatio, wald }) => {
    const test = likelihoodRatio ?? wald;
    const cells = test === null ? ['', ''] : [test.statistic.toFixed(3), describeP(test.p)];
    return [term, String(df), ...cells, test === null ? '' : likelihoodRatio ? 'likelihood ratio' : 'Wald'];
  });
  return `\n${table([['all levels', 'df', 'chi-squared', 'p', 'test'], ...rows])}`;
}

function likelihoodLines({ logLikelihood, aic, bic, pseudoR2, likelihoodRatio, notes }: Summary): string {
  const named = [
    ['log-likelihood', logLikelihood],
    ['AIC', aic],
    ['BIC', bic],
    ['McFadden R²', pseudoR2?.mcFadden ?? null],
  ] as const;
  const known = named.flatMap(([name, value]) => (value === null ? [] : [`${name} ${show(value)}`]));
  const test =
    likelihoodRatio === null
      ? []
      : [
          `against the null model: chi-squared ${show(likelihoodRatio.statistic)} on ${likelihoodRatio.df} df, p ${describeP(likelihoodRatio.p)}`,
        ];
  const lines = [...(known.length > 0 ? [known.join(', ')] : []), ...test, ...notes];
  return lines.length === 0 ? '' : ['', ...lines].map((line) => `${line}\n`).join('');
}

export function describeInterval(interval: Interval | null): string {
  if (interval === null) return '';
  return `[${interval.map((end) => (Number.isFinite(end) ? show(end) : end < 0 ? '−∞' : '+∞')).join(', ')}]`;
}

export function describeP(p: number): string {
  if (p < Number.MIN_VALUE) return '< 1e-300';
  return p < 1e-4 ? p.toExponential(1) : p.toFixed(4);
}
