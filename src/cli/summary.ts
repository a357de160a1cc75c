/** A fitted model in words and tables, for a person: what `train` and `inspect` print. */
import type { FittedLogisticRegression, Metrics, PerUnits } from '../node.ts';
import { describeInference, inferenceTables } from './inference-table.ts';
import { show, table } from './table.ts';
import { onOneLine, visible } from './visible.ts';

const shownTerms = 20;
const shownClasses = 6;

export function summarise(model: FittedLogisticRegression, per?: PerUnits): string {
  return [`${describeRows(model)}\n`, describeSolver(model), shownTable(model, per), metricsTable(model)].join('\n');
}

/** Standard errors and tests where there is room for them. */
function shownTable(model: FittedLogisticRegression, per: PerUnits | undefined): string {
  const tables = inferenceTables(model, shownTerms, per);
  return (
    tables ?? `${coefficientTable(model, { terms: shownTerms, classes: shownClasses })}${describeInference(model)}`
  );
}

function describeRows(model: FittedLogisticRegression): string {
  const { rows, source, missing } = model.training;
  const dropped = [
    [rows.dropped.missing, 'with missing cells'],
    [rows.dropped.noTarget, 'without a label'],
    [rows.dropped.bad, 'unreadable'],
    [rows.dropped.zeroWeight, 'of weight 0'],
  ] as const;
  const lost = dropped.filter(([count]) => count > 0).map(([count, why]) => `${count.toLocaleString('en')} ${why}`);
  const used = `${rows.read.toLocaleString('en')} rows read, ${rows.used.toLocaleString('en')} used`;
  const parts = rows.holdout > 0 ? `, of which ${rows.holdout.toLocaleString('en')} held out` : '';
  const holes = Object.entries(missing).map(([column, { count, tokens }]) => {
    const spelled = Object.keys(tokens).filter((token) => token !== '');
    return `${visible(column)} ${count.toLocaleString('en')}${spelled.length > 0 ? ` (${spelled.join(' ')})` : ''}`;
  });
  return [
    onOneLine(`${describeClasses(model)}, from ${source}`),
    `${used}${parts}${lost.length > 0 ? `; dropped: ${lost.join(', ')}` : ''}`,
    ...(holes.length > 0 ? [onOneLine(`missing cells: ${holes.join(', ')}`)] : []),
  ].join('\n');
}

function describeClasses(model: FittedLogisticRegression): string {
  const name = visible(model.toJSON().target.name);
  const shown = (label: unknown): string => visible(String(label));
  if (model.classes.length === 2)
    return `${name}: ${shown(model.positive)} (positive) against ${shown(model.reference)}`;
  const listed = model.classes
    .slice(0, shownClasses)
    .map((label) => `${shown(label)}${label === model.reference ? ' (reference)' : ''}`);
  const more = model.classes.length - listed.length;
  return `${name}: ${listed.join(', ')}${more > 0 ? ` and ${more} more classes` : ''}`;
}

function describeSolver(model: FittedLogisticRegression): string {
  const { solver } = model.training;
  const { madeBy } = model.toJSON();
  const { outcome, iterations, warmStart, refinements, gradientNorm } = solver;
  const found = warmStart?.of === 'fit' ? 'another fit' : `${warmStart?.rows.toLocaleString('en')} rows`;
  const start = warmStart?.used === true ? ` from the optimum of ${found}` : '';
  const refined = refinements > 0 ? ` and ${refinements} in float64` : '';
  const way = `${iterations} ${iterations === 1 ? 'iteration' : 'iterations'}${start}${refined}`;
  const norm = gradientNorm.toExponential(1);
  const without = warmStart?.used === false ? `warm start from ${found} not used: ${warmStart.reason}\n` : '';
  return `${solver.name}: ${outcome} after ${way}, gradient ${norm}; ${madeBy.backend} (${madeBy.detail})\n${without}`;
}

/**
 * Terms with their coefficients, the largest standardised ones first when there are too many. Two classes: raw and
 * standardised; more: raw, a column for each class but the reference.
 */
export function coefficientTable(
  model: FittedLogisticRegression,
  most: { readonly terms: number; readonly classes: number },
): string {
  const { terms, intercepts, standardizedIntercepts } = model.toJSON();
  const size = (standardized: readonly number[]): number => Math.max(...standardized.map(Math.abs));
  const shown =
    terms.length <= most.terms
      ? terms
      : [...terms].sort((a, b) => size(b.standardized) - size(a.standardized)).slice(0, most.terms);
  const more = terms.length - shown.length;
  const rest = more > 0 ? `… and ${more} smaller ones: logit inspect shows all\n` : '';
  if (intercepts.length === 1) {
    const rows = [
      ['', 'coefficient', 'standardized'],
      ['(intercept)', show(intercepts[0]!), show(standardizedIntercepts[0]!)],
      ...shown.map(({ name, coefficients, standardized, excluded }) => [
        name,
        show(coefficients[0]!),
        excluded ?? show(standardized[0]!),
      ]),
    ];
    return `${table(rows)}${rest}`;
  }
  const classes = model.byClass.slice(0, most.classes).map(({ label }) => String(label));
  const hidden = intercepts.length - classes.length;
  const rows = [
    [`log-odds against ${model.reference}`, ...classes],
    ['(intercept)', ...classes.map((_, c) => show(intercepts[c]!))],
    ...shown.map(({ name, coefficients, excluded }) => [
      name,
      ...classes.map((_, c) => excluded ?? show(coefficients[c]!)),
    ]),
  ];
  const others = hidden > 0 ? `… and ${hidden} more classes: logit inspect shows all\n` : '';
  return `${table(rows)}${rest}${others}`;
}

function metricsTable(model: FittedLogisticRegression): string {
  const { train, holdout } = model.training.metrics;
  const measured = Object.entries({ train, holdout }).flatMap(([name, of]) => (of === null ? [] : [{ name, of }]));
  const rows = metricRows(measured.map(({ of }) => of));
  const { crossValidation } = model.training;
  const header = ['', ...measured.map(({ name }) => name)];
  const notes = metricNotes(measured.map(({ of }) => of));
  if (crossValidation === null) return `${table([header, ...rows.map(({ cells }) => cells)])}${notes}`;
  const total = crossValidation.folds.length;
  const spread = (key: string): string => {
    const { mean, standardDeviation, folds } = crossValidation.metrics[key] ?? { mean: null, folds: 0 };
    if (key === 'aucInterval') return '';
    if (mean === null) return 'undefined';
    const measured = folds < total ? ` (in ${folds})` : '';
    return `${mean.toFixed(4)}${standardDeviation === null ? '' : ` ± ${standardDeviation?.toFixed(4)}`}${measured}`;
  };
  const by = crossValidation.by === undefined ? '' : ` by ${visible(crossValidation.by)}`;
  const all = [[...header, `${total} folds${by}`], ...rows.map(({ key, cells }) => [...cells, spread(key)])];
  return `${table(all)}${notes}`;
}

const twoClassNames = {
  meanLogLoss: 'log loss',
  accuracy: 'accuracy',
  auc: 'AUC',
  aucInterval: 'AUC, 95% interval',
  averagePrecision: 'average precision',
  brier: 'Brier score',
  precision: 'precision',
  recall: 'recall',
  f1: 'F1',
};
const multiClassNames = {
  meanLogLoss: 'log loss',
  accuracy: 'accuracy',
  auc: 'AUC (one-vs-rest)',
  'macro.precision': 'macro precision',
  'macro.recall': 'macro recall',
  'macro.f1': 'macro F1',
  'weighted.precision': 'weighted precision',
  'weighted.recall': 'weighted recall',
  'weighted.f1': 'weighted F1',
};

/** A row for each metric: its name and its value in each of the given. */
export function metricRows(metrics: readonly Metrics[]): { readonly key: string; readonly cells: readonly string[] }[] {
  return Object.entries(namesOf(metrics)).map(([key, name]) => ({
    key,
    cells: [name, ...metrics.map((of) => describeMetric(metricAt(of, key)))],
  }));
}

/** A line for each metric that the rows cannot define: why. */
export function metricNotes(metrics: readonly Metrics[]): string {
  const lines = Object.entries(namesOf(metrics)).flatMap(([key, name]) =>
    metrics.flatMap((of) =>
      metricAt(of, key) === null ? [onOneLine(`${name}: ${of.undefined[key] ?? 'not measured'}`)] : [],
    ),
  );
  return [...new Set(lines)].map((line) => `${line}\n`).join('');
}

const namesOf = (metrics: readonly Metrics[]): Readonly<Record<string, string>> =>
  metrics.some((of) => of.perClass !== undefined) ? multiClassNames : twoClassNames;

function metricAt(metrics: Metrics, path: string): number | Ends | null {
  const value = path
    .split('.')
    .reduce<unknown>((of, key) => (of as Record<string, unknown> | undefined)?.[key], metrics);
  return typeof value === 'number' || Array.isArray(value) ? (value as number | Ends) : null;
}

type Ends = readonly [low: number, high: number];

function describeMetric(value: number | Ends | null): string {
  if (value === null) return 'undefined';
  return typeof value === 'number' ? value.toFixed(4) : `[${value.map((end) => end.toFixed(4)).join(', ')}]`;
}
