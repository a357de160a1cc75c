/**
 * A query with the predictions of its rows beside them, made by the engine from the model's expressions. Where a row
 * cannot be predicted they are null.
 */
import { type ModelFile, scoredClasses } from '../predict/model-file.ts';
import type { Dialect } from './dialects.ts';
import { fromQuery } from './queried-rows.ts';
import { probabilityExpression } from './score.ts';

export interface PredictionRequest {
  readonly query: string;
  /** The columns of the query. */
  readonly names: readonly string[];
  /** Two classes: the positive one from this probability on. */
  readonly threshold: number | undefined;
}

/** Selects the columns of the query, then P of each class in the order of the model's classes, then the predicted class. */
export function predictionQuery(
  model: ModelFile,
  dialect: Dialect,
  { query, names, threshold = model.threshold ?? undefined }: PredictionRequest,
): string {
  const { target } = model;
  let alias = 'p';
  while (names.some((name) => name.toLowerCase().startsWith(alias))) alias += '_';
  const named = (k: number | string): string => dialect.identifier(`${alias}${k}`);
  const probabilities = target.classes.map(
    (label, k) => `${probabilityExpression(model, dialect.name, label)} as ${named(k)}`,
  );
  const inner = `select q.*, ${probabilities.join(', ')} ${fromQuery(query)}${dialect.fence}`;

  const p = target.classes.map((_, k) => `q.${named(k)}`);
  const texts = target.classes.map((label) => dialect.text(String(label)));
  let cases: string[];
  if (threshold === undefined) {
    const most = p.reduce((top, own) => `greatest(${top}, ${own})`);
    cases = p.map((own, k) => `when ${own} = ${most} then ${texts[k]}`); // the first of equal ones
  } else {
    const positive = target.classes.indexOf(scoredClasses(target)[0]!);
    const limit = dialect.number(threshold);
    cases = [
      `when ${p[positive]} >= ${limit} then ${texts[positive]}`,
      `when ${p[positive]} < ${limit} then ${texts[1 - positive]}`,
    ];
  }
  return `select q.*, case ${cases.join(' ')} end as ${named('')} from (${inner}) q`;
}
