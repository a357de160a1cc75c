/**
 * A fitted model over rows: predictions, intervals, effects, influence, explanations and metrics. It holds numbers and no
 * tensor, so there is nothing to dispose of. Scoring is predict/scorer.ts's, here as in `tfjs-logistic/predict`.
 */
import { requireLabels } from '../data/from-vectors.ts';
import type { Vector } from '../data/kinds.ts';
import { whenRead } from '../data/later.ts';
import { isOneRow, labelsOf, type PredictInput, rowsToPredict, type TensorLike } from '../data/predict-input.ts';
import { isWeight, wrongWeight } from '../data/sample-weights.ts';
import { requireOptions } from '../errors.ts';
import type { AucComparison } from '../evaluation/delong.ts';
import { explainRow, type RowExplanation, type RowOptions } from '../explain/row.ts';
import type { Label } from '../predict/model-file.ts';
import type { ObjectRow, Row } from '../predict/read-row.ts';
import type { ScoreOptions } from '../predict/score-options.ts';
import { type ForRows, loadScorer, type RowProblem, type RowScore } from '../predict/scorer.ts';
import { DescribedModel, requireModel } from './described.ts';
import { designOf } from './design-rows.ts';
import {
  compareScores,
  type EvaluateOptions,
  type Evaluation,
  evaluateScores,
  type MeasureOptions,
  type ModelComparison,
  type ScoredByBoth,
} from './evaluate-scores.ts';
import { type LabelledScores, type OverRowsOptions, readGiven, scoreLabelled } from './given-rows.ts';
import type { Influence } from './influence.ts';
import type { ProbabilityInterval } from './intervals.ts';
import type { MarginalEffects } from './marginal-effects.ts';
import { codeOf, codesOf } from './read-labels.ts';
import { validateReport } from './validate-report.ts';

export interface IntervalOptions extends Pick<ScoreOptions, 'unseen'> {
  /** Confidence, between 0 and 1; default 0.95. */
  readonly level?: number | undefined;
}

export class FittedLogisticRegression<L extends Label = Label> extends DescribedModel<L> {
  static {
    Object.defineProperty(FittedLogisticRegression, 'name', { value: 'FittedLogisticRegression' }); // bundlers rename it
  }

  /** From a model file: its JSON or the parsed object. Throws LogisticError 'bad-model' naming the bad field. */
  static fromJSON<L extends Label = Label>(source: string | object): FittedLogisticRegression<L> {
    const scorer = loadScorer<L>(source);
    validateReport(scorer.model.training, scorer.classes);
    return new FittedLogisticRegression(scorer);
  }

  /** The predicted class of each row, [m]; of one object its class. Throws 'unpredictable-row' naming the row. A tensor's are promised. */
  predict(tensor: TensorLike, options?: ScoreOptions): Promise<L[]>;
  predict(rows: PredictInput, options?: ScoreOptions): L[];
  predict(row: ObjectRow, options?: ScoreOptions): L;
  predict(input: PredictInput | ObjectRow | TensorLike, options?: ScoreOptions): L | L[] | Promise<L[]> {
    return this.#over(this.scorer.predict, input, options);
  }

  /** P of each class for each row, [m][K] in the order of `classes`; of one object [K]. A tensor's are promised. */
  predictProba(tensor: TensorLike, options?: ScoreOptions): Promise<number[][]>;
  predictProba(rows: PredictInput, options?: ScoreOptions): number[][];
  predictProba(row: ObjectRow, options?: ScoreOptions): number[];
  predictProba(
    input: PredictInput | ObjectRow | TensorLike,
    options?: ScoreOptions,
  ): number[] | number[][] | Promise<number[][]> {
    return this.#over(this.scorer.predictProba, input, options);
  }

  /** z = log-odds of the positive class for each row, [m]; of one object z. Throws 'two-classes-only' for more. A tensor's are promised. */
  decisionFunction(tensor: TensorLike, options?: ScoreOptions): Promise<number[]>;
  decisionFunction(rows: PredictInput, options?: ScoreOptions): number[];
  decisionFunction(row: ObjectRow, options?: ScoreOptions): number;
  decisionFunction(
    input: PredictInput | ObjectRow | TensorLike,
    options?: ScoreOptions,
  ): number | number[] | Promise<number[]> {
    return this.#over(this.scorer.decisionFunction, input, options);
  }

  /** Log-odds of each class but the reference against it for each row, [m][k] in the order of `classes`; of one object [k]. A tensor's are promised. */
  logOdds(tensor: TensorLike, options?: ScoreOptions): Promise<number[][]>;
  logOdds(rows: PredictInput, options?: ScoreOptions): number[][];
  logOdds(row: ObjectRow, options?: ScoreOptions): number[];
  logOdds(
    input: PredictInput | ObjectRow | TensorLike,
    options?: ScoreOptions,
  ): number[] | number[][] | Promise<number[][]> {
    return this.#over(this.scorer.logOdds, input, options);
  }

  /** P of one class for one row; without a label, of the positive class of two. Throws 'unknown-label'. */
  probability(row: Row, label?: L, options?: ScoreOptions): number {
    return this.scorer.probability(row, label, options);
  }

  /** One row's score, or why it has none: the row-by-row form for streams. */
  scoreRow(row: Row, options?: ScoreOptions): RowScore<L> | RowProblem {
    return this.scorer.scoreRow(row, options);
  }

  /**
   * P of the positive class for each row with its confidence interval σ(z ± q·√(xᵀ·V·x)), [m]; of one object its own.
   * Throws LogisticError 'no-summary' where the model has no covariance, 'two-classes-only', 'unpredictable-row'.
   */
  predictInterval(rows: PredictInput | TensorLike, options?: IntervalOptions): Promise<ProbabilityInterval[]>;
  predictInterval(row: ObjectRow, options?: IntervalOptions): Promise<ProbabilityInterval>;
  async predictInterval(
    input: PredictInput | ObjectRow | TensorLike,
    options: IntervalOptions = {},
  ): Promise<ProbabilityInterval | ProbabilityInterval[]> {
    requireOptions(options, ['level', 'unseen'], 'predictInterval');
    const [{ design, rows }, { intervalsOf }] = await Promise.all([
      readGiven(this.scorer.model, input, options),
      import('./intervals.ts'),
    ]);
    const intervals = rows.map(intervalsOf(design, this.estimatedCovariance, options.level));
    return isOneRow(input) ? intervals[0]! : intervals;
  }

  /** The interval of one row as `predictInterval` gives it: the row-by-row form for streams. Throws as it does. */
  async intervalReader(options: IntervalOptions = {}): Promise<(row: Row) => ProbabilityInterval> {
    requireOptions(options, ['level', 'unseen'], 'intervalReader');
    const { intervalsOf } = await import('./intervals.ts');
    const design = designOf(this.scorer.model, { unseen: options.unseen });
    const interval = intervalsOf(design, this.estimatedCovariance, options.level);
    return (row) => interval(design.read(row));
  }

  /**
   * Average marginal effects over rows, by column: of a number the mean derivative of P by it, of a boolean or a category the
   * mean difference of P between each level and the reference, with standard errors by the delta method. P is that of the
   * positive class, of more than two classes that of each. Throws 'unpredictable-row', 'bad-weights'.
   */
  async marginalEffects(
    input: PredictInput | ObjectRow | TensorLike,
    options: OverRowsOptions = {},
  ): Promise<MarginalEffects> {
    requireOptions(options, ['unseen', 'sampleWeight'], 'marginalEffects');
    const [given, { marginalEffects }] = await Promise.all([
      readGiven(this.scorer.model, input, options),
      import('./marginal-effects.ts'),
    ]);
    return marginalEffects(given, this.estimatedCovariance);
  }

  /**
   * What each row does to the fit: leverage, residuals, Cook's distance and one-step DFBETA. The rows and labels, given as for
   * `evaluate`, should be those that the model was fitted to; `notes` says where they are not. Two classes. Throws
   * LogisticError 'no-influence' of a fit that is not by maximum likelihood, 'unpredictable-row', 'unknown-label',
   * 'bad-weights'.
   */
  async influence(
    input: PredictInput | ObjectRow | TensorLike,
    labels: Vector | string,
    options: OverRowsOptions = {},
  ): Promise<Influence<L>> {
    requireOptions(options, ['unseen', 'sampleWeight'], 'influence');
    const [codes, given, { rowInfluence }] = await Promise.all([
      whenRead(labelsOf(isOneRow(input) ? [input] : input, labels), (cells) =>
        codesOf(cells, this.scorer.model.target),
      ),
      readGiven(this.scorer.model, input, options),
      import('./influence.ts'),
    ]);
    requireLabels(given.rows.length, codes.length);
    return rowInfluence(given, codes);
  }

  /**
   * The computational graph of one row's loss, as data: each quantity with its value and its derivative, each step with
   * its local derivative, every formula in text and MathML, and a measurement of each derivative. Throws
   * 'unknown-label', 'unpredictable-row', 'missing-column', 'bad-weights'.
   */
  explain(row: Row, label: L, options: RowOptions = {}): RowExplanation {
    requireOptions(options, ['unseen', 'sampleWeight'], 'explain');
    const { sampleWeight } = options;
    if (sampleWeight !== undefined && !isWeight(sampleWeight)) throw wrongWeight('sampleWeight', sampleWeight);
    const { model } = this.scorer;
    return explainRow(model, row, codeOf(label, this.labelReader(), this.classes), options);
  }

  /**
   * Metrics on rows whose labels are known: one label for each row in an array, a typed array, an Arrow vector or a
   * tensor, or the name of the column of the input that has them. Throws 'unknown-label' naming the row,
   * 'missing-column', 'bad-data', 'bad-weights', 'bad-shape'; with `detailed` 'two-classes-only' for more.
   */
  async evaluate(
    input: PredictInput | ObjectRow | TensorLike,
    labels: Vector | string,
    options: EvaluateOptions = {},
  ): Promise<Evaluation> {
    requireOptions(options, ['threshold', 'unseen', 'sampleWeight', 'detailed', 'falseNegativeCost'], 'evaluate');
    const { threshold, detailed, falseNegativeCost } = options;
    const { codes, weights, scored } = await scoreLabelled([this.scorer], input, labels, options);
    const [{ logOdds, cells }] = scored as [LabelledScores['scored'][number]];
    const metrics = await this.measure(logOdds, codes, { threshold, weights, detailed, falseNegativeCost });
    return { ...metrics, ...(cells && { cells }) };
  }

  /**
   * DeLong's paired test of this model's AUC against another's on the same rows, which both must be able to predict; two
   * classes. Rows, labels and errors as in `evaluate`; further LogisticError 'not-comparable' where the models' classes
   * differ, and 'bad-data' where the rows are too few of one class.
   */
  async compareAuc(
    other: FittedLogisticRegression<L>,
    input: PredictInput | ObjectRow | TensorLike,
    given: Vector | string,
    options: OverRowsOptions = {},
  ): Promise<ModelComparison> {
    requireModel(other);
    requireOptions(options, ['unseen', 'sampleWeight'], 'compareAuc');
    const scorers = [this.scorer, loadScorer<L>(other.toJSON())];
    const { codes: labels, weights, scored } = await scoreLabelled(scorers, input, given, options);
    const [scores, otherScores] = scored.map(({ logOdds }) => logOdds.map(([z]) => z!));
    const found = await this.measureAgainst(other, { scores: scores!, otherScores: otherScores!, labels, weights });
    const [cells, otherCells] = scored.map((of) => of.cells);
    return { ...found, ...(cells && { cells }), ...(otherCells && { otherCells }) };
  }

  /** Metrics of log-odds [m][k] against class codes as `labelReader` gives them: the form for rows that are read in pieces. */
  measure(
    logOdds: readonly (readonly number[])[],
    labels: ArrayLike<number>,
    options: MeasureOptions = {},
  ): Promise<Evaluation> {
    return evaluateScores(this.scorer.model, logOdds, labels, options);
  }

  /** `compareAuc` of log-odds [m] of both models, against class codes as this model's `labelReader` gives them. */
  measureAgainst(other: FittedLogisticRegression, rows: ScoredByBoth): Promise<AucComparison> {
    return compareScores(this.scorer.model, other.toJSON(), rows);
  }

  /** A function of the scorer over everything that the library takes for rows. */
  #over<T>(score: ForRows<T>, input: unknown, options: ScoreOptions | undefined): T | T[] | Promise<T[]> {
    const rows = rowsToPredict(input, this.scorer.columns);
    if (rows instanceof Promise) return rows.then((read) => score(read as Iterable<Row>, options));
    return score(rows as Iterable<Row>, options);
  }
}
