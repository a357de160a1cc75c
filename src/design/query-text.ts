/**
 * The queries that a fit of a query would ask, as text: the columns are described, and no row is read. What earlier
 * answers decide stands as a placeholder.
 */
import { maxLevels } from '../data/infer.ts';
import type { Label } from '../predict/model-file.ts';
import { histogramBins } from '../rows/measure.ts';
import type { Engine } from '../sql/engine.ts';
import { confusionStatement, evaluationStatements, histogramStatement } from '../sql/evaluation.ts';
import { unknownText, withPlaceholders } from '../sql/placeholders.ts';
import {
  countsStatements,
  levelsStatement,
  missingKeyStatement,
  momentsStatements,
  sampleStatements,
  unseenStatement,
  valuesStatement,
} from '../sql/profile.ts';
import type { QueriedColumn, QueriedRows, QueriedTerm } from '../sql/queried-rows.ts';
import type { Statement } from '../sql/statement.ts';
import { mostClasses } from './labels.ts';
import { partsByKey, sampledRows } from './queried.ts';
import { describeRows, type QueryOptions } from './query-columns.ts';

/** What a query of a fit is for, and its text, in the order in which they are asked. */
export interface ShownQuery {
  readonly purpose: string;
  readonly sql: string;
}

/** Those of rows that stay in the engine. */
export async function showQueries(
  engine: Engine,
  query: string,
  target: string,
  options: QueryOptions,
  signal: AbortSignal | undefined,
): Promise<ShownQuery[]> {
  const complete = await describeRows(engine, query, target, options, signal);
  const dialect = withPlaceholders(engine.dialect);
  const split = partsByKey(options);
  const rows: QueriedRows = {
    ...complete,
    part: split?.train,
    labels: unknownLabels(complete.target),
    classFactors: options.classWeight && new Float64Array(2).fill(Number.NaN),
    terms: complete.columns.map(unknownTerm),
  };
  const drawn = { share: Number.NaN, seed: options.seed, most: 2 * sampledRows };
  const held = split && { ...rows, classFactors: undefined, part: split.held };
  const measured = [{ ...rows, classFactors: undefined }, ...(held ? [held] : [])];
  const numeric = complete.columns.filter(({ kind }) => kind === 'numeric');
  const others = complete.columns.filter(({ kind }) => kind !== 'numeric');
  const categories = others.flatMap(({ name, kind }) =>
    kind === 'categorical' ? [{ column: name, levels: [unknownText('level')] }] : [],
  );
  const unknown = new Float64Array(rows.terms.length + 1).fill(Number.NaN);
  const shown = (purpose: string, ...statements: Statement[]): ShownQuery[] =>
    statements.map(({ sql }) => ({ purpose, sql }));
  return [
    ...shown('rows, missing cells, NaN and infinite numbers', ...countsStatements(dialect, complete)),
    ...shown('the classes', valuesStatement(dialect, complete, complete.target, mostClasses + 1)),
    ...(split ? shown('rows without a key', missingKeyStatement(dialect, complete, split.held.key)) : []),
    ...shown('a random sample', ...sampleStatements(dialect, rows, drawn)),
    ...shown('means, deviations and ranges', ...momentsStatements(dialect, rows, numeric, [...unknown])),
    ...others.flatMap((column) =>
      shown(
        `the levels of ${JSON.stringify(column.name)}`,
        levelsStatement(dialect, rows, column, (maxLevels + 1) * rows.labels.length),
      ),
    ),
    ...(held
      ? [
          ...shown('the held-out rows', ...momentsStatements(dialect, held, [], [])),
          ...(categories.length > 0
            ? shown('their levels that training lacks', unseenStatement(dialect, held, categories))
            : []),
        ]
      : []),
    ...shown('loss and gradient, once a step', ...evaluationStatements(dialect, rows, unknown, 1)),
    ...shown('loss, gradient and Hessian, at the end', ...evaluationStatements(dialect, rows, unknown, 2)),
    ...measured.flatMap((part) => [
      ...shown('loss and confusion', confusionStatement(dialect, part, unknown, Number.NaN)),
      ...shown('probabilities, in bins', histogramStatement(dialect, part, unknown, 1, histogramBins)),
    ]),
  ];
}

function unknownLabels({ kind }: QueriedColumn): Label[] {
  if (kind === 'boolean') return [false, true];
  return kind === 'numeric' ? [Number.NaN, Number.NaN] : [unknownText('reference'), unknownText('class')];
}

const unknownTerm = (column: QueriedColumn): QueriedTerm => ({
  column,
  level: column.kind === 'categorical' ? unknownText('level') : undefined,
  mean: Number.NaN,
  scale: Number.NaN,
});
