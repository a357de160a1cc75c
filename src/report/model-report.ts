/**
 * A fitted model as one page that a person would send to a colleague: what was estimated and how surely, how well it
 * predicts, what is wrong with it, and how it was made. It reads what a model file has and measures nothing.
 */
import { escapeHtml } from '../explain/markup.ts';
import type { FittedLogisticRegression, Metrics, PerUnits } from '../index.ts';
import { type ChartWidths, figureOf } from './chart.ts';
import {
  type CoefficientLine,
  coefficientCsv,
  coefficientLines,
  coefficientMarkdown,
  columnTitles,
  describeOdds,
  isCounted,
  showLine,
  summaryOf,
  titleOfP,
} from './coefficient-table.ts';
import { forest } from './forest.ts';
import { describeMaking } from './model-making.ts';
import { type MeasuredRows, performance } from './model-performance.ts';
import { style } from './model-style.ts';
import { count, figure, interval, r2, p as shownP } from './numbers.ts';
import { copyButtons, listOf, markupOfName, pageFrame, paragraph, tableOf } from './page.ts';

export interface ReportOptions {
  /** When the report was made, as text. */
  readonly day: string;
  /** Odds ratios of numbers for so many units. */
  readonly per?: PerUnits | undefined;
  /** Other rows that the model was measured on. */
  readonly measured?: { readonly name: string; readonly metrics: MeasuredRows['metrics'] } | undefined;
}

const wholeWidth: ChartWidths = { narrow: 350, wide: 880 };

export function renderModelReport(model: FittedLogisticRegression, { day, per, measured }: ReportOptions): string {
  const { target } = model.toJSON();
  const title = `Logistic regression of ${target.name}`;
  const sets = measuredSets(model, measured);
  const body = [
    `<h1>${markupOfName(title)}</h1>`,
    paragraph(describeQuestion(model), 'quiet'),
    keyFigures(model, sets),
    warningsOf(model),
    estimates(model, per),
    ...performance(model, sets),
    likelihood(model),
    coefficients(model),
    describeMaking(model),
    `<footer>${escapeHtml(`Made by ${model.toJSON().madeBy.library} ${model.toJSON().madeBy.version}; report of ${day}.`)}</footer>`,
  ];
  return pageFrame({ title, style, body: body.filter((part) => part !== '').join('\n') });
}

function measuredSets(model: FittedLogisticRegression, measured: ReportOptions['measured']): MeasuredRows[] {
  const { train = null, holdout = null } = model.training.metrics ?? {};
  return [
    ...(measured ? [{ name: measured.name, color: 'var(--held)', metrics: measured.metrics }] : []),
    ...(holdout ? [{ name: 'held-out rows', color: measured ? 'var(--other)' : 'var(--held)', metrics: holdout }] : []),
    ...(train ? [{ name: 'training rows', color: 'var(--trained)', fitted: true as const, metrics: train }] : []),
  ];
}

function describeQuestion(model: FittedLogisticRegression): string {
  const { target } = model.toJSON();
  const { source } = model.training;
  const classes =
    model.classes.length === 2
      ? `The probability that ${target.name} is ${model.positive} rather than ${model.reference}`
      : `The probabilities that ${target.name} is ${model.classes.join(', ')}; odds are against ${model.reference}`;
  return `${classes}${source === undefined ? '' : `, from ${source}`}.`;
}

/** What is asked first. */
function keyFigures(model: FittedLogisticRegression, sets: readonly MeasuredRows[]): string {
  const { counts, rows } = model.training;
  const [best] = sets;
  const used = rows === undefined ? [] : [[count(rows.train), 'training rows']];
  const events =
    model.classes.length === 2 && counts
      ? [[count(counts.all.events[0]!), `with ${model.toJSON().target.name} = ${model.positive}`]]
      : [];
  const auc = best?.metrics.auc == null ? [] : [[best.metrics.auc.toFixed(3), describeAuc(best.metrics, best.name)]];
  const items = [...used, ...events, ...auc].map(
    ([value, name]) => `<li><b>${escapeHtml(value!)}</b><span>${markupOfName(name!)}</span></li>`,
  );
  return items.length === 0 ? '' : `<ul class="keys">${items.join('')}</ul>`;
}

function describeAuc(metrics: Metrics, name: string): string {
  const ends = metrics.perClass === undefined ? metrics.aucInterval : null;
  const what = metrics.perClass === undefined ? 'AUC' : 'AUC (one-vs-rest)';
  return `${what}, ${name}${ends ? ` (95 % CI ${interval(ends, (end) => end.toFixed(3))})` : ''}`;
}

function warningsOf(model: FittedLogisticRegression): string {
  const { outcome } = model.certificate;
  const messages = [
    ...(['converged', 'separated', 'quasi-separated'].includes(outcome)
      ? []
      : [`The fit ended as “${outcome}”: see the diagnostics.`]),
    ...model.warnings.map(({ message }) => message),
  ];
  if (messages.length === 0) return '';
  const items = messages.map((message) => `<li>${escapeHtml(message)}</li>`).join('\n');
  return `<section class="warnings"><h2>${messages.length === 1 ? 'Warning' : 'Warnings'}</h2><ul>${items}</ul></section>`;
}

function estimates(model: FittedLogisticRegression, per: PerUnits | undefined): string {
  const lines = coefficientLines(model, per);
  if (lines.length === 0) return ''; // of an intercept alone
  const two = model.classes.length === 2;
  const labels = two ? [undefined] : model.byClass.map(({ label }) => label);
  const parts = labels.map((label) => {
    const own = lines.filter((line) => line.class === label);
    const shown = own.map((line) => showLine(line, { counted: isCounted(model) }));
    const odds = describeOdds(model, label);
    const table = tableOf({
      head: ['', ...columnTitles(model)],
      rows: shown.map(({ name, cells }) => [name, ...cells]),
      kinds: shown.map(({ kind }) => (kind === 'level' || kind === 'reference' ? 'level' : 'term')),
      caption: two ? undefined : odds,
    });
    const chart = forest(own, odds);
    return `${two ? copyTable(model, per) : ''}${table}${chart ? figureOf(chart, wholeWidth) : ''}`;
  });
  return `<section><h2>Odds ratios</h2>\n${paragraph(notesOf(model, lines).join(' '), 'quiet')}${parts.join('\n')}${two ? '' : copyTable(model, per)}</section>`;
}

const copyTable = (model: FittedLogisticRegression, per: PerUnits | undefined): string =>
  copyButtons({ Markdown: coefficientMarkdown(model, per), CSV: coefficientCsv(model, per) });

/** How the table is to be read. */
function notesOf(model: FittedLogisticRegression, lines: readonly CoefficientLine[]): string[] {
  const notes = [describeIntervals(model)];
  if (lines.some(({ at }) => at !== undefined)) {
    notes.push(
      'The odds ratio of a column within a product (a:b) holds where the other is as stated; that of the product is a ratio of odds ratios.',
    );
  }
  if (lines.some(({ kind }) => kind === 'curve')) {
    notes.push('A spline or polynomial has no single odds ratio: the coefficients of its terms are further below.');
  }
  if (!isCounted(model)) {
    notes.push('Rows and events of each level are not counted where rows are in a database or very many.');
  } else {
    const which = model.classes.length === 2 ? '' : ', of the two classes that the odds are of';
    notes.push(`n and events are of the training rows${which}.`);
  }
  return notes;
}

/** What the intervals are, or why there are none. */
function describeIntervals(model: FittedLogisticRegression): string {
  const summary = summaryOf(model);
  const { summaryRefused } = model.toJSON() as { readonly summaryRefused?: string };
  if (summary === undefined) {
    return `There are no intervals and tests: ${summaryRefused ?? 'the model was fitted without them'}.`;
  }
  const methods = new Set(summary.coefficients.flatMap(({ ciMethod }) => ciMethod ?? []));
  const robust = summary.covarianceType === 'model' ? '' : `, standard errors are robust (${summary.covarianceType})`;
  const profile = methods.has('profile') ? 'by profile likelihood' : 'Wald';
  const joint = summary.terms.some(({ df }) => df > 1)
    ? '; beside the name of a column with several coefficients it tests that all of them are 0'
    : '';
  return `Each is adjusted for the others. Intervals are ${profile}${robust}; p is ${methods.has('profile') ? 'of likelihood-ratio tests' : "Wald's"}${joint}.`;
}

function likelihood(model: FittedLogisticRegression): string {
  const summary = summaryOf(model);
  if (summary === undefined) return '';
  const { logLikelihood, nullLogLikelihood, aic, bic, pseudoR2, likelihoodRatio, notes } = summary;
  const items: (readonly [string, string])[] = [
    ['log-likelihood', `${figure(logLikelihood)} (without features ${figure(nullLogLikelihood)})`],
    ...(likelihoodRatio
      ? [
          [
            'against the null model',
            `χ² ${figure(likelihoodRatio.statistic)} on ${likelihoodRatio.df} df, p ${shownP(likelihoodRatio.p)}`,
          ] as const,
        ]
      : []),
    ...(aic === null ? [] : [['AIC, BIC', `${figure(aic)}, ${figure(bic)}`] as const]),
    ...(pseudoR2
      ? [
          [
            'R²',
            [
              `McFadden ${r2(pseudoR2.mcFadden)}`,
              `Cox–Snell ${r2(pseudoR2.coxSnell)}`,
              `Nagelkerke ${r2(pseudoR2.nagelkerke)}`,
              ...(pseudoR2.tjur === null ? [] : [`Tjur ${r2(pseudoR2.tjur)}`]),
            ].join(', '),
          ] as const,
        ]
      : []),
  ];
  if (logLikelihood === null) items.shift();
  return `<section><h2>Likelihood</h2>\n${listOf(items)}${notes.map((note) => paragraph(`${note}.`, 'quiet')).join('')}</section>`;
}

/** Everything in log-odds, as R's summary has it. */
function coefficients(model: FittedLogisticRegression): string {
  const summary = summaryOf(model);
  if (summary === undefined) return '';
  const tests = summary.terms.filter(({ df }) => df > 0);
  const inflated = tests.some(({ gvif }) => gvif !== null);
  const table = tableOf({
    head: ['log-odds', 'estimate', 'std. error', 'z', titleOfP(summary), `${100 * summary.level}% CI`],
    rows: summary.coefficients.map(
      ({ name, class: label, estimate, standardError, z, p, confidenceInterval, note }) => [
        label === undefined ? name : `${label}: ${name}`,
        figure(estimate),
        note ?? figure(standardError),
        z === null ? '' : z.toFixed(3),
        p === null ? '' : shownP(p),
        confidenceInterval === null ? '' : interval(confidenceInterval, figure),
      ],
    ),
  });
  const columns = tableOf({
    head: ['column', 'df', 'χ²', 'p', 'test', ...(inflated ? ['VIF'] : [])],
    rows: tests.map(({ term, df, likelihoodRatio, wald, gvif, adjustedGvif }) => {
      const test = likelihoodRatio ?? wald;
      const vif =
        gvif === null ? '' : df === 1 ? gvif.toFixed(2) : `${gvif.toFixed(2)}, per df ${adjustedGvif!.toFixed(2)}`;
      return [
        term,
        String(df),
        test === null ? '' : figure(test.statistic),
        test === null ? '' : shownP(test.p),
        test === null ? '' : likelihoodRatio ? 'likelihood ratio' : 'Wald',
        ...(inflated ? [vif] : []),
      ];
    }),
  });
  return `<section><h2>Coefficients</h2>\n${table}${tests.length > 0 ? `<h3>Columns</h3>\n${columns}` : ''}</section>`;
}
