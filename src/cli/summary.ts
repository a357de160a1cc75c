/** A fitted model in words and tables, for a person: what `train` and `inspect` print. */
import type { FittedLogisticRegression, Metrics } from '../node.ts';

const shownTerms = 20;

export function summarise(model: FittedLogisticRegression): string {
  return [
    `${describeRows(model)}\n`,
    describeSolver(model),
    coefficientTable(model, shownTerms),
    metricsTable(model),
  ].join('\n');
}

function describeRows(model: FittedLogisticRegression): string {
  const { rows, source, missing } = model.training;
  const { target } = model.toJSON();
  const [negative] = model.classes.filter((label) => label !== model.positive);
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
    return `${column} ${count.toLocaleString('en')}${spelled.length > 0 ? ` (${spelled.join(' ')})` : ''}`;
  });
  return [
    `${target.name}: ${model.positive} (positive) against ${negative}, from ${source}`,
    `${used}${parts}${lost.length > 0 ? `; dropped: ${lost.join(', ')}` : ''}`,
    ...(holes.length > 0 ? [`missing cells: ${holes.join(', ')}`] : []),
  ].join('\n');
}

function describeSolver(model: FittedLogisticRegression): string {
  const { solver } = model.training;
  const { madeBy } = model.toJSON();
  const { outcome, iterations, sampled, refinements, gradientNorm } = solver;
  const start = sampled > 0 ? ` from the optimum of ${sampled.toLocaleString('en')} rows` : '';
  const refined = refinements > 0 ? ` and ${refinements} in float64` : '';
  const way = `${iterations} ${iterations === 1 ? 'iteration' : 'iterations'}${start}${refined}`;
  const norm = gradientNorm.toExponential(1);
  return `${solver.name}: ${outcome} after ${way}, gradient ${norm}; ${madeBy.backend} (${madeBy.detail})\n`;
}

/** Terms with raw and standardised coefficients, the largest standardised ones first when there are too many. */
export function coefficientTable(model: FittedLogisticRegression, most: number): string {
  const { terms, standardizedIntercept } = model.toJSON();
  const shown =
    terms.length <= most
      ? terms
      : [...terms].sort((a, b) => Math.abs(b.standardized) - Math.abs(a.standardized)).slice(0, most);
  const rows = [
    ['', 'coefficient', 'standardized'],
    ['(intercept)', show(model.intercept), show(standardizedIntercept)],
    ...shown.map(({ name, coefficient, standardized, excluded }) => [
      name,
      show(coefficient),
      excluded === undefined ? show(standardized) : excluded,
    ]),
  ];
  const more = terms.length - shown.length;
  return `${table(rows)}${more > 0 ? `… and ${more} smaller ones: logit inspect shows all\n` : ''}`;
}

function metricsTable(model: FittedLogisticRegression): string {
  const { train, holdout } = model.training.metrics;
  const columns: (Metrics | null)[] = [train, holdout];
  const present = columns.filter((metrics) => metrics !== null);
  return table([['', 'train', 'holdout'].slice(0, present.length + 1), ...metricRows(present)]);
}

export function metricRows(metrics: readonly Metrics[]): string[][] {
  const names = {
    meanLogLoss: 'log loss',
    accuracy: 'accuracy',
    auc: 'AUC',
    averagePrecision: 'average precision',
    brier: 'Brier score',
    precision: 'precision',
    recall: 'recall',
    f1: 'F1',
  } as const;
  return Object.entries(names).map(([key, name]) => [
    name,
    ...metrics.map((of) => {
      const value = of[key as keyof typeof names];
      return value === null ? `undefined: ${of.undefined[key]}` : value.toFixed(4);
    }),
  ]);
}

/** Columns side by side: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map((row) => (row[k] ?? '').length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
      .join('  ')
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

function show(value: number): string {
  return value === 0 ? '0' : value.toPrecision(6);
}
