/** Whether the fit can be relied on, and how it was made: enough to make it again. */

import { columnsOf } from '../design/expand-terms.ts';
import { askedTree } from '../design/model-terms.ts';
import type { FittedLogisticRegression } from '../index.ts';
import { optionRecords } from '../model/option-records.ts';
import { count, figure } from './numbers.ts';
import { listOf } from './page.ts';

export function describeMaking(model: FittedLogisticRegression): string {
  return `<section><h2>Diagnostics</h2>\n${listOf(diagnostics(model))}</section>
<section><h2>How it was made</h2>\n${listOf(making(model))}</section>`;
}

/** Options that a command which reports sets by itself. */
const ofTheCommand = new Set(['trainingMetrics', 'detailedMetrics', 'inference']);

type Items = (readonly [name: string, value: string])[];

function diagnostics(model: FittedLogisticRegression): Items {
  const { certificate } = model;
  const { solver, separation } = model.training;
  const { terms } = model.toJSON();
  const excluded = terms.flatMap(({ name, excluded: why }) => (why === undefined ? [] : [`${name} (${why})`]));
  const infinite = separation?.coefficients.map(({ name, sign, class: label }) => {
    const of = label === undefined || model.classes.length === 2 ? name : `${label}: ${name}`;
    return `${of} → ${sign > 0 ? '+∞' : '−∞'}`;
  });
  return [
    ['outcome', certificate.outcome],
    ...(solver
      ? [
          [
            'solver',
            `${solver.name}, ${solver.iterations} ${solver.iterations === 1 ? 'iteration' : 'iterations'}`,
          ] as const,
        ]
      : []),
    [
      'gradient, float64',
      `${certificate.gradientNorm.toExponential(1)} at most, for a tolerance of ${certificate.tolerance.toExponential(0)}`,
    ],
    [
      'condition number',
      certificate.condition === null ? 'the Hessian is singular, or was not computed' : figure(certificate.condition),
    ],
    [
      'separation',
      separation ? `${separation.kind}${infinite!.length > 0 ? `: ${infinite!.join(', ')}` : ''}` : 'none was found',
    ],
    ['left out', excluded.length === 0 ? 'no column' : excluded.join(', ')],
  ];
}

function making(model: FittedLogisticRegression): Items {
  const { madeBy, missing, formatVersion } = model.toJSON();
  const { source, rows, weights, options, missing: holes } = model.training;
  const tree = options && askedTree(options);
  const unsaid = new Set([...ofTheCommand, ...(tree && !columnsOf(tree).others ? ['only', 'drop'] : [])]); // the terms name all
  const random = (options?.holdout ?? 0) !== 0 || options?.folds !== undefined;
  const dropped = rows
    ? (
        [
          [rows.dropped.missing, 'with missing cells'],
          [rows.dropped.noTarget, 'without a label'],
          [rows.dropped.bad, 'unreadable'],
          [rows.dropped.zeroWeight, 'of weight 0'],
        ] as const
      ).flatMap(([number, why]) => (number > 0 ? [`${count(number)} ${why}`] : []))
    : [];
  const held = rows && rows.holdout > 0 ? `, ${count(rows.holdout)} of them held out` : '';
  const cells = Object.entries(holes ?? {}).map(([column, { count: number }]) => `${column} ${count(number)}`);
  const said = Object.entries(options ?? {}).flatMap(([name, value]) => {
    const usual = optionRecords[name as keyof typeof optionRecords]?.default;
    const told = JSON.stringify(value) !== JSON.stringify(usual) || (name === 'seed' && random);
    if (value === undefined || unsaid.has(name) || !told) return [];
    return [`${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`];
  });
  return [
    ['data', source ?? 'unknown'],
    ...(rows ? [['rows', `${count(rows.read)} read, ${count(rows.used)} used${held}`] as const] : []),
    ...(dropped.length > 0 ? [['dropped', dropped.join(', ')] as const] : []),
    ...(cells.length > 0 ? [['missing cells', `${cells.join(', ')}; policy: ${missing}`] as const] : []),
    ['weights', weights?.column ?? 'none'],
    ...(said.length > 0 ? [['options', said.join(', ')] as const] : []),
    [
      'made by',
      `${madeBy.library} ${madeBy.version} on ${madeBy.backend} (${madeBy.detail}), file format ${formatVersion}`,
    ],
  ];
}
