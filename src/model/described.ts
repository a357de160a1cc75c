/**
 * What a model file says of itself: classes, coefficients, the numbers of its summary, how it was made, and the file and
 * its SQL again. It reads labels and weights as training did, and scores no row.
 */
import { LogisticError, plural, requireOptions, shown, unexpected, type Warning } from '../errors.ts';
import type { ChiSquaredTest, Summary } from '../inference/summary.ts';
import { type Certificate, type Label, type ModelFile, scoredClasses } from '../predict/model-file.ts';
import type { ScoreOptions } from '../predict/score-options.ts';
import type { Scorer } from '../predict/scorer.ts';
import { type DialectName, dialectNames } from '../sql/dialects.ts';
import { probabilityExpression } from '../sql/score.ts';
import { type CellCounter, cellCounter } from './accepted-cells.ts';
import type { TrainingReport } from './fit.ts';
import type { Inference } from './infer.ts';
import { type PerUnits, perUnits } from './per-units.ts';
import { type LabelReader, labelReader, type WeightReader, weightReader } from './read-labels.ts';
import { covarianceOf, inferenceOf, requireSummary, squareOf } from './stored-inference.ts';

/** The coefficients of one class against the reference. */
export interface ClassCoefficients<L extends Label = Label> {
  readonly label: L;
  /** Log-odds against the reference where every raw x is 0. */
  readonly intercept: number;
  /** Change of the log-odds for one raw unit of each term. */
  readonly coefficients: Readonly<Record<string, number>>;
}

export class DescribedModel<L extends Label = Label> {
  readonly #scorer: Scorer<L>;
  readonly #inference: Inference | undefined;

  protected constructor(scorer: Scorer<L>) {
    this.#scorer = scorer;
    this.#inference = inferenceOf(scorer.model);
  }

  protected get scorer(): Scorer<L> {
    return this.#scorer;
  }

  /** Of the estimated coefficients, class by class, or why there is none. */
  protected get estimatedCovariance(): readonly (readonly number[])[] | string {
    return covarianceOf(this.#inference, this.#scorer.model);
  }

  /** The model file as an object; JSON.stringify(model) is the file. */
  toJSON(): ModelFile {
    return this.#scorer.model;
  }

  /**
   * P of one class (without a label, of the positive class of two) as an SQL expression over the model's columns, for a
   * database to score its own rows: equal to `probability`, and null where a row cannot be predicted. Throws
   * LogisticError 'bad-argument' or 'unknown-label'.
   */
  toSQL(dialect: DialectName, label?: L): string {
    if (!dialectNames.includes(dialect)) {
      throw unexpected('bad-argument', 'dialect', `one of ${dialectNames.join(', ')}`, dialect);
    }
    const { target } = this.#scorer.model;
    if (label !== undefined && !target.classes.includes(label)) {
      throw unexpected('unknown-label', 'label', `one of the classes ${target.classes.map(shown).join(', ')}`, label);
    }
    return probabilityExpression(this.#scorer.model, dialect, label ?? this.positive);
  }

  /** The K classes in sorted order: the order of predictProba's columns. */
  get classes(): readonly L[] {
    return this.#scorer.classes;
  }

  /** The class that log-odds are taken against. */
  get reference(): L {
    return this.#scorer.model.target.reference as L;
  }

  /** Two classes: the one whose log-odds the coefficients add up to. Throws 'two-classes-only' for more. */
  get positive(): L {
    return this.#only().label;
  }

  /** Columns a row must have. */
  get columns(): readonly string[] {
    return this.#scorer.columns;
  }

  /** Two classes: log-odds of the positive class where every raw x is 0. Throws 'two-classes-only' for more. */
  get intercept(): number {
    return this.#only().intercept;
  }

  /** Two classes: change of the log-odds for one raw unit of each term. Throws 'two-classes-only' for more. */
  get coefficients(): Readonly<Record<string, number>> {
    return this.#only().coefficients;
  }

  /** The coefficients of every class but the reference, in the order of `classes`. */
  get byClass(): readonly ClassCoefficients<L>[] {
    const { target, intercepts, terms } = this.#scorer.model;
    return scoredClasses(target).map((label, c) => ({
      label: label as L,
      intercept: intercepts[c]!,
      coefficients: Object.fromEntries(terms.map(({ name, coefficients }) => [name, coefficients[c]!])),
    }));
  }

  get certificate(): Certificate {
    return this.#scorer.model.certificate;
  }

  /** How the model was made: rows, solver, metrics, options. */
  get training(): TrainingReport {
    return this.#scorer.model.training as unknown as TrainingReport;
  }

  get warnings(): readonly Warning[] {
    return this.training.warnings ?? [];
  }

  /**
   * Standard errors, tests and intervals of coefficients and columns, likelihood, AIC, BIC, R²: of a fit with `inference`.
   * `per: { age: 10 }` gives the odds ratio of a number for so many units. Throws LogisticError 'no-summary' with the reason
   * where there is none, 'unknown-column' and 'bad-option' of `per`.
   */
  summary(options: { readonly per?: PerUnits | undefined } = {}): Summary {
    requireOptions(options, ['per'], 'summary');
    const { summary } = requireSummary(this.#inference);
    return options.per === undefined ? summary : perUnits(summary, options.per, this.#scorer.model.terms);
  }

  /**
   * Covariance of the estimated coefficients in raw units, [p][p] in the order of `summary().coefficients`, without those
   * that were excluded. Throws LogisticError 'no-summary'; of more than 128 coefficients it is not kept.
   */
  get covariance(): readonly (readonly number[])[] {
    const { covariance } = requireSummary(this.#inference);
    if (covariance !== undefined) return squareOf(covariance);
    throw new LogisticError('no-summary', 'the covariance of more than 128 coefficients is not kept');
  }

  /**
   * The likelihood-ratio test of this model against one that lies within it, or that it lies within, fitted to the same rows:
   * 2·|ℓ − ℓ'| on the difference of their parameters. Within: every column of the smaller one is a combination of the larger
   * one's, as functions of a row. Throws LogisticError 'not-nested' where that is not so, the rows differ or a model is fitted by
   * Firth's method, and 'no-summary'.
   */
  async compare(other: DescribedModel): Promise<ChiSquaredTest> {
    requireModel(other);
    const { compareNested } = await import('./compared.ts');
    const [own, others] = [this, other].map((model) => ({ model: model.toJSON(), summary: model.summary() }));
    return compareNested(own!, others!);
  }

  /** Reads a label's cell: 0 for the reference, 1 … k for the others in the order of `classes`, undefined for no class. */
  labelReader(): LabelReader {
    return labelReader(this.#scorer.model.target);
  }

  /** Counts cells of rows that were missing or of a category unseen in training, and were accepted: the form for rows that are read in pieces. */
  cellCounter(options: Pick<ScoreOptions, 'unseen'> = {}): CellCounter {
    return cellCounter(this.#scorer.model, options);
  }

  /** Reads a sample weight's cell as training read those of this column; undefined where it is missing. Throws 'bad-weights'. */
  weightReader(column: string | undefined): WeightReader {
    return weightReader(this.#scorer.model, column);
  }

  /** What Node's console shows: a line with the classes, columns, rows and log loss. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { target } = this.#scorer.model;
    const { rows, meanLogLoss }: Partial<TrainingReport> = this.#scorer.model.training;
    const others = this.classes.filter((label) => label !== this.reference);
    const columns = this.columns.length > 6 ? plural(this.columns.length, 'column') : this.columns.join(', ');
    const parts = [
      `${target.name}: ${others.map(String).join(', ')} against ${this.reference}`,
      columns === '' ? 'the intercept alone' : `from ${columns}`,
      ...(rows ? [plural(rows.train, 'row')] : []),
      ...(meanLogLoss === undefined ? [] : [`log loss ${meanLogLoss.toPrecision(4)}`]),
      this.certificate.outcome,
    ];
    return `FittedLogisticRegression { ${parts.join('; ')} }`;
  }

  /** The one score vector of two classes. */
  #only(): ClassCoefficients<L> {
    const [own, ...more] = this.byClass;
    if (more.length === 0) return own!;
    throw new LogisticError(
      'two-classes-only',
      `the model has ${this.classes.length} classes: ${this.classes.join(', ')}`,
      {
        hint: 'byClass has the coefficients of each class but the reference',
      },
    );
  }
}

/** Of any copy of the class: each bundle has its own. */
export function requireModel(value: unknown): void {
  const { toJSON, summary } = Object(value) as Partial<DescribedModel>;
  if (typeof toJSON === 'function' && typeof summary === 'function') return;
  throw unexpected('bad-argument', 'the other model', 'what fit or loadModel gives', value);
}
