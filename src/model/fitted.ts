/**
 * A fitted model: its coefficients, its predictions and its file. It holds numbers and no tensor, so
 * there is nothing to dispose of. Scoring is predict/scorer.ts's, here as in `tfjs-logistic/predict`.
 */
import { isObjectRows, type Matrix, matrixColumns } from '../data/from-memory.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { type Metrics, measureScores } from '../evaluation/metrics.ts';
import type { Cell } from '../predict/cell.ts';
import type { Certificate, Label, ModelFile } from '../predict/model-file.ts';
import { loadScorer, type Row, type RowScore, type ScoreOptions, type Scorer } from '../predict/scorer.ts';
import { createTurns } from '../turns.ts';
import type { TrainingReport } from './fit.ts';

/** Rows to predict: objects, nested arrays (numbers, or cells in the model's column order), a flat array, a tensor. */
export type PredictInput = readonly Row[] | Matrix;

export interface EvaluateOptions {
  readonly threshold?: number;
  readonly sampleWeight?: ArrayLike<number>;
}

export class FittedLogisticRegression {
  readonly #scorer: Scorer;

  private constructor(scorer: Scorer) {
    this.#scorer = scorer;
  }

  /** From a model file: its text or the parsed object. Throws LogisticError 'bad-model' naming the bad field. */
  static fromJSON(source: string | object): FittedLogisticRegression {
    return new FittedLogisticRegression(loadScorer(source));
  }

  /** The model file as an object; JSON.stringify(model) is the file. */
  toJSON(): ModelFile {
    return this.#scorer.model;
  }

  /** The two classes in sorted order: the order of predictProba's columns. */
  get classes(): readonly [Label, Label] {
    return this.#scorer.classes;
  }

  /** The class whose log-odds the coefficients add up to. */
  get positive(): Label {
    return this.#scorer.model.target.positive;
  }

  /** Columns a row must have. */
  get columns(): readonly string[] {
    return this.#scorer.columns;
  }

  /** Log-odds of the positive class where every raw x is 0. */
  get intercept(): number {
    return this.#scorer.model.intercept;
  }

  /** Change of the log-odds for one raw unit of each term. */
  get coefficients(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#scorer.model.terms.map(({ name, coefficient }) => [name, coefficient]));
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

  /** The predicted class of each row, [m]. Throws 'unpredictable-row' naming the row. */
  async predict(input: PredictInput, options?: ScoreOptions): Promise<Label[]> {
    return this.#scorer.predict(await this.#rows(input), options);
  }

  /** P of each class for each row, [m][2] in the order of `classes`. */
  async predictProba(input: PredictInput, options?: ScoreOptions): Promise<[number, number][]> {
    return this.#scorer.predictProba(await this.#rows(input), options);
  }

  /** z = log-odds of the positive class for each row, [m]. */
  async decisionFunction(input: PredictInput, options?: ScoreOptions): Promise<number[]> {
    return this.#scorer.decisionFunction(await this.#rows(input), options);
  }

  /** One row's score, or why it has none: the row-by-row form for streams. */
  scoreRow(row: Row, options?: ScoreOptions): RowScore | { readonly problem: string } {
    return this.#scorer.scoreRow(row, options);
  }

  /** Metrics on rows whose labels are known. Throws 'unknown-label' naming the row. */
  async evaluate(input: PredictInput, labels: ArrayLike<Cell>, options: EvaluateOptions = {}): Promise<Metrics> {
    const decision = Float64Array.from(await this.decisionFunction(input));
    if (labels.length !== decision.length) {
      throw new LogisticError('bad-shape', `${decision.length} rows and ${labels.length} labels`);
    }
    const readLabel = this.labelReader();
    const y = Array.from(labels, (label, row) => {
      const code = readLabel(label);
      if (code !== undefined) return code;
      const known = this.classes.join(', ');
      throw new LogisticError(
        'unknown-label',
        `row ${row + 1}: ${JSON.stringify(label)} is not a class of the model: ${known}`,
      );
    });
    const { sampleWeight } = options;
    const weights = sampleWeight === undefined ? undefined : Float64Array.from(sampleWeight);
    return this.measure(decision, y, options.threshold, weights);
  }

  /** Metrics of decision values against y, 1 for the positive class. */
  async measure(
    decision: Float64Array,
    y: ArrayLike<number>,
    threshold?: number,
    weights?: Float64Array,
  ): Promise<Metrics> {
    const scored = { decision, y, weights, threshold: threshold ?? this.#scorer.model.threshold };
    return measureScores(scored, createTurns());
  }

  /** Reads a label's cell: 1 for the positive class, 0 for the other, undefined for anything else. */
  labelReader(): (label: Cell) => 0 | 1 | undefined {
    const codes = new Map<string, 0 | 1>();
    for (const label of this.classes) codes.set(String(label), label === this.positive ? 1 : 0);
    const numeric = this.classes.every((label) => typeof label === 'number');
    return (label) => {
      const text = String(label).trim();
      return codes.get(text) ?? (numeric && text !== '' ? codes.get(String(Number(text))) : undefined);
    };
  }

  /** Rows one by one; a matrix is cut into rows of as many cells as the model has columns. */
  async #rows(input: PredictInput): Promise<Iterable<Row>> {
    if (isObjectRows(input)) return input;
    if (Array.isArray(input) && (input.length === 0 || Array.isArray(input[0]))) return input as readonly Row[];
    const matrix = input as Matrix;
    const width = this.columns.length;
    const flat = 'length' in matrix && typeof matrix[0] !== 'object';
    const columns = await matrixColumns(matrix, flat ? matrix.length / width : undefined, createTurns());
    return Array.from({ length: columns[0]?.length ?? 0 }, (_, i) => columns.map((column) => column[i]!));
  }
}
