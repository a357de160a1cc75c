/**
 * A model file at work: raw row in, probabilities out, in float64 and with no dependency. Terms are
 * standardised with the stored statistics and never with those of the batch. It knows nothing of training.
 *
 *   z_c = b_c + Σ_j w_cj·(x_j − mean_j)/scale_j      P(class c) = e^(z_c) / Σ_d e^(z_d), z of the reference 0
 */
import { LogisticError, shown, unexpected } from '../errors.ts';
import { probabilities as softmax } from '../math/softmax.ts';
import { valueAt } from './basis.ts';
import { loadModelFile } from './load-model.ts';
import { classesByCode, type Label, levelsOf, type ModelFile, scoredClasses, type Target } from './model-file.ts';
import { cellReaders, cellsOf, nameOf, type ObjectRow, type Row } from './read-row.ts';
import { checkScoreOptions, type ScoreOptions } from './score-options.ts';

export interface RowScore<L extends Label = Label> {
  /** z of each scored class, [k]: ln P(class) / P(reference). */
  readonly logOdds: readonly number[];
  /** P of each class, [K] in the order of `classes`. */
  readonly probabilities: readonly number[];
  /** Two classes: the positive one when its P ≥ threshold. More: the most probable, the first of equal ones. */
  readonly prediction: L;
  /** What was accepted under unseen: 'ignore'. */
  readonly notes: readonly string[];
}

/** Why a row cannot be predicted. */
export interface RowProblem {
  readonly problem: string;
}

/** A list of results for rows, one result for one row that is given as an object. */
export interface ForRows<T> {
  (rows: Iterable<Row>, options?: ScoreOptions): T[];
  (row: ObjectRow, options?: ScoreOptions): T;
}

/** All that it throws is LogisticError; a row that cannot be predicted is 'unpredictable-row', with its number. */
export interface Scorer<L extends Label = Label> {
  readonly model: ModelFile;
  /** The K classes in sorted order: the order of every list of probabilities. */
  readonly classes: readonly L[];
  /** The columns a row must have, in the order of rows that are lists. */
  readonly columns: readonly string[];
  /** Scores one row, or says why it cannot be scored. Throws when it is no row or lacks a column altogether. */
  scoreRow(row: Row, options?: ScoreOptions): RowScore<L> | RowProblem;
  /** The predicted class of each row. */
  readonly predict: ForRows<L>;
  /** P of each class for each row, [m][K] in the order of `classes`. */
  readonly predictProba: ForRows<number[]>;
  /** z of each row, the log-odds of the positive class. Throws 'two-classes-only' for more. */
  readonly decisionFunction: ForRows<number>;
  /** Log-odds of each class but the reference against it, [m][k] in the order of `classes`. */
  readonly logOdds: ForRows<number[]>;
  /** P of one class for one row; without a label, of the positive class of two. Throws 'unknown-label'. */
  probability(row: Row, label?: L, options?: ScoreOptions): number;
}

/** Loads a model file: its JSON, or the object parsed from it. Throws LogisticError 'bad-model' naming the bad field. */
export function loadScorer<L extends Label = Label>(source: string | object): Scorer<L> {
  const model = loadModelFile(source);
  const target = model.target as Target<L>;
  const { classes } = target;
  const columns = model.features.map(({ column }) => column);
  const scoreRow = rowScorer(model, target, columns);
  const check = (options: unknown): ScoreOptions => checkScoreOptions(options, classes.length);

  const scoreOf = (row: unknown, options: ScoreOptions, number?: number): RowScore<L> => {
    const score = scoreRow(row, options, number);
    if (!('problem' in score)) return score;
    throw new LogisticError('unpredictable-row', `${nameOf(number)}: ${score.problem}`, { details: { row: number } });
  };

  const forRows = <T>(pick: (score: RowScore<L>) => T): ForRows<T> =>
    ((rows: unknown, given: unknown) => {
      const options = check(given);
      if (typeof rows !== 'object' || rows === null) {
        throw unexpected('bad-argument', 'rows', 'a list of rows or an object', rows);
      }
      if (!(Symbol.iterator in rows)) return pick(scoreOf(rows, options));
      return Array.from(rows as Iterable<unknown>, (row, i) => pick(scoreOf(row, options, i + 1)));
    }) as ForRows<T>;

  const notForMore = (): never => {
    throw unexpected('two-classes-only', 'classes', 'two for decisionFunction', classes, { hint: 'use logOdds' });
  };

  return {
    model,
    classes,
    columns,
    scoreRow: (row, options) => scoreRow(row, check(options)),
    predict: forRows(({ prediction }) => prediction),
    predictProba: forRows(({ probabilities }) => [...probabilities]),
    decisionFunction: classes.length > 2 ? notForMore : forRows(({ logOdds }) => logOdds[0]!),
    logOdds: forRows(({ logOdds }) => [...logOdds]),
    probability: (row, label, options) => scoreOf(row, check(options)).probabilities[placeOf(label, target)]!,
  };
}

/** How one row is scored once the options are checked; `number` is its place in a list, from 1. */
function rowScorer<L extends Label>(model: ModelFile, target: Target<L>, columns: readonly string[]) {
  const readers = cellReaders(model);
  const logOddsOf = logOddsFor(model, columns);
  const decide = decisionFor(target, model.threshold);

  return (row: unknown, options: ScoreOptions, number?: number): RowScore<L> | RowProblem => {
    const { unseen = model.unseen, threshold } = options;
    const cells = cellsOf(row, columns, number);
    const notes: string[] = [];
    const values: number[] = [];
    for (let i = 0; i < readers.length; i++) {
      const value = readers[i]!(cells[i]);
      if (typeof value === 'number') values.push(value);
      else if (value.unseen !== undefined && unseen === 'ignore') {
        values.push(value.unseen);
        notes.push(`${value.problem}, taken as the reference`);
      } else return { problem: value.problem };
    }
    const logOdds = logOddsOf(values);
    return 'problem' in logOdds ? logOdds : { logOdds, ...decide(logOdds, threshold), notes };
  };
}

/** z [k] from one number for each feature, or why it is not finite: what each level adds, worked out once, and other terms. */
function logOddsFor({ features, terms, standardizedIntercepts }: ModelFile, columns: readonly string[]) {
  const placed = terms.map((term) => ({
    ...term,
    /** The features of its factors. */
    at: term.factors.map(({ column }) => columns.indexOf(column)),
  }));
  type Placed = (typeof placed)[number];
  const productOf = ({ factors, at }: Placed, values: readonly number[]): number =>
    factors.reduce((x, { basis }, i) => {
      const value = values[at[i]!]!;
      return (
        x *
        (basis.kind === 'level' ? Number(levelsOf(features[at[i]!]!)[value] === basis.level) : valueAt(basis, value))
      );
    }, 1);
  const add = (z: number[], some: readonly Placed[], values: readonly number[]): number[] => {
    for (const term of some) {
      const x = productOf(term, values) - term.mean;
      for (let c = 0; c < z.length; c++) z[c]! += (term.standardized[c]! * x) / term.scale;
    }
    return z;
  };
  const others = placed.filter(({ at }) => at.length > 1 || features[at[0]!]!.kind === 'numeric');
  const tables = features.map((feature, i) =>
    levelsOf(feature).map((_, level) =>
      add(
        standardizedIntercepts.map(() => 0),
        placed.filter(({ at }) => at.length < 2 && at[0] === i),
        features.map(() => level),
      ),
    ),
  );
  return (values: readonly number[]): number[] | RowProblem => {
    const z = add(
      standardizedIntercepts.map((b, c) => tables.reduce((z, added, i) => z + (added[values[i]!]?.[c] ?? 0), b)),
      others,
      values,
    );
    if (z.every(Number.isFinite)) return z;
    const term = others.find((term) => !Number.isFinite(productOf(term, values)));
    return { problem: term ? `${term.name} is not a finite number` : 'its log-odds overflow' };
  };
}

/** Log-odds [k] → probabilities [K] in the order of the classes, and the class that is predicted. */
function decisionFor<L extends Label>(target: Target<L>, ownThreshold: number | null) {
  const { classes } = target;
  const inScoreOrder = classesByCode(target);
  const places = classes.map((label) => inScoreOrder.indexOf(label));
  return (logOdds: readonly number[], threshold = ownThreshold): Pick<RowScore<L>, 'probabilities' | 'prediction'> => {
    const p: number[] = [];
    softmax(logOdds, p);
    const probabilities = places.map((place) => p[place]!);
    const prediction =
      threshold === null
        ? classes[probabilities.indexOf(Math.max(...probabilities))]!
        : inScoreOrder[Number(p[1]! >= threshold)]!;
    return { probabilities, prediction };
  };
}

/** The place of a label among the classes; without a label, of the positive class of two. */
function placeOf<L extends Label>(label: L | undefined, target: Target<L>): number {
  const { classes } = target;
  const scored = scoredClasses(target);
  const place = classes.indexOf((label === undefined && scored.length === 1 ? scored[0] : label)!);
  if (place >= 0) return place;
  const code = label === undefined ? 'bad-argument' : 'unknown-label';
  throw unexpected(code, 'label', `one of the classes ${classes.map(shown).join(', ')}`, label);
}
