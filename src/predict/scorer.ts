/**
 * A model file at work: raw row in, probability out, in float64 and with no dependency. Cells are
 * matched by name in objects and by position in arrays, read by cell.ts as in training, standardised
 * with the stored statistics and never with those of the batch.
 *
 *   z = b + Σ_j w_j·(x_j − mean_j)/scale_j      P(positive) = σ(z)      P(negative) = σ(−z)
 */
import { brief, LogisticError, nearestName } from '../errors.ts';
import { type Cell, readNumber, readText } from './cell.ts';
import type { Feature, Label, ModelFile, Term, UnseenPolicy } from './model-file.ts';
import { validateModel } from './validate.ts';

/** A row: an object with the model's columns by name, or an array of exactly its columns in order. */
export type Row = Readonly<Record<string, Cell>> | readonly Cell[];

export interface RowScore {
  /** z, the log-odds of the positive class. */
  readonly decision: number;
  /** P of each class, in the order of `classes`. */
  readonly probabilities: readonly [number, number];
  /** The positive class when its probability ≥ threshold, the other one otherwise. */
  readonly prediction: Label;
  /** What was passed over under unseen: 'ignore'. */
  readonly notes: readonly string[];
}

/** Why a row cannot be predicted. */
export interface RowProblem {
  readonly problem: string;
}

export interface ScoreOptions {
  /** What to do with a category that training never saw; default: as the model says. */
  readonly unseen?: UnseenPolicy | undefined;
  /** The positive class is predicted from this probability on; default: the model's. */
  readonly threshold?: number | undefined;
}

export interface Scorer {
  readonly model: ModelFile;
  /** The two classes in sorted order: the order of every list of probabilities. */
  readonly classes: readonly [Label, Label];
  /** The columns a row must have, in the order of array rows. */
  readonly columns: readonly string[];
  /** Scores one row, or says why it cannot be scored. Throws only when a column is absent altogether. */
  scoreRow(row: Row, options?: ScoreOptions): RowScore | RowProblem;
  /** The predicted class of each row; a row that cannot be predicted is an error that names it. */
  predict(rows: Iterable<Row>, options?: ScoreOptions): Label[];
  /** P of each class for each row, [m][2] in the order of `classes`. */
  predictProba(rows: Iterable<Row>, options?: ScoreOptions): [number, number][];
  /** z of each row, the log-odds of the positive class. */
  decisionFunction(rows: Iterable<Row>, options?: ScoreOptions): number[];
}

/** σ(z) from e^(−|z|), which cannot overflow. */
function sigmoid(z: number): number {
  const e = Math.exp(-Math.abs(z));
  return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/** Loads a model file: its text, or the object parsed from it. Throws LogisticError 'bad-model' naming the bad field. */
export function loadScorer(source: string | object): Scorer {
  const model = validateModel(typeof source === 'string' ? parse(source) : source);
  const { classes, positive } = model.target;
  const positiveIsSecond = positive === classes[1];
  const negative = positiveIsSecond ? classes[0] : classes[1];
  const missingTokens = new Set(model.missingTokens);
  const columns = model.features.map(({ column }) => column);
  const readers = model.features.map((feature) => {
    const terms = model.terms.filter(({ column }) => column === feature.column);
    return readerOf(feature, terms, { missingTokens, decimalComma: model.decimalComma });
  });

  const scoreRow = (row: Row, options: ScoreOptions = {}): RowScore | RowProblem => {
    const cells = cellsOf(row, columns);
    const notes: string[] = [];
    let z = model.standardizedIntercept;
    for (let k = 0; k < readers.length; k++) {
      const share = readers[k]!(cells[k]);
      if (typeof share === 'number') z += share;
      else if (share.unseen !== undefined && (options.unseen ?? model.unseen) === 'ignore') {
        z += share.unseen;
        notes.push(`${share.problem}, taken as the reference`);
      } else return { problem: share.problem };
    }
    const p = sigmoid(z);
    const rest = sigmoid(-z);
    return {
      decision: z,
      probabilities: positiveIsSecond ? [rest, p] : [p, rest],
      prediction: p >= (options.threshold ?? model.threshold) ? positive : negative,
      notes,
    };
  };

  const scoreAll = <T>(rows: Iterable<Row>, options: ScoreOptions | undefined, pick: (score: RowScore) => T): T[] => {
    const picked: T[] = [];
    for (const row of rows) {
      const score = scoreRow(row, options);
      if ('problem' in score) {
        throw new LogisticError('unpredictable-row', `row ${picked.length + 1}: ${score.problem}`, {
          details: { row: picked.length + 1 },
        });
      }
      picked.push(pick(score));
    }
    return picked;
  };

  return {
    model,
    classes,
    columns,
    scoreRow,
    predict: (rows, options) => scoreAll(rows, options, ({ prediction }) => prediction),
    predictProba: (rows, options) => scoreAll(rows, options, ({ probabilities }) => [...probabilities]),
    decisionFunction: (rows, options) => scoreAll(rows, options, ({ decision }) => decision),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LogisticError('bad-model', 'model file: not JSON', { hint: 'give a file that train or toJSON made' });
  }
}

function cellsOf(row: Row, columns: readonly string[]): readonly Cell[] {
  if (Array.isArray(row)) {
    if (row.length === columns.length) return row;
    throw new LogisticError(
      'row-width',
      `a row has ${row.length} cells; the model needs ${columns.length}: ${columns.join(', ')}`,
    );
  }
  const named = row as Readonly<Record<string, Cell>>;
  return columns.map((column) => {
    if (column in named) return named[column];
    const near = nearestName(column, Object.keys(named));
    throw new LogisticError(
      'missing-column',
      `the model needs the column ${JSON.stringify(column)}, which a row lacks`,
      {
        ...(near === undefined ? {} : { hint: `did ${JSON.stringify(near)} mean it? names must match exactly` }),
        details: { column },
      },
    );
  });
}

/** What a cell adds to z, or why it cannot be read; `unseen` is what the reference category would add. */
type Share = number | { readonly problem: string; readonly unseen?: number };

interface Reading {
  readonly missingTokens: ReadonlySet<string>;
  readonly decimalComma: boolean;
}

function readerOf(feature: Feature, terms: readonly Term[], reading: Reading): (cell: Cell) => Share {
  const { column } = feature;
  const missing = { problem: `${column} is missing` };
  if (feature.kind === 'numeric') {
    const [term] = terms as readonly [Term];
    const share = (x: number): number => (term.standardized * (x - term.mean)) / term.scale;
    return (cell) => {
      if (typeof cell === 'number' && Number.isFinite(cell)) return share(cell);
      const text = readText(cell, reading.missingTokens);
      if (text === undefined) return feature.impute === null ? missing : share(feature.impute);
      const x = readNumber(text, reading.decimalComma && typeof cell === 'string');
      return x === undefined ? { problem: `${column}: \`${brief(text)}\` is not a finite number` } : share(x);
    };
  }
  // The sum over a category's indicators, worked out once for each level.
  const share = (level: string): number =>
    terms.reduce((z, term) => z + (term.standardized * ((term.level === level ? 1 : 0) - term.mean)) / term.scale, 0);
  const shares = new Map<string, number>();
  const fold = (text: string): string => (feature.kind === 'boolean' ? text.toLowerCase() : text);
  const levels = feature.kind === 'boolean' ? feature.words : feature.levels;
  for (const level of levels) shares.set(fold(level), share(level));
  if (feature.kind === 'boolean') {
    shares.set('false', share(levels[0]!)).set('true', share(levels[1]!));
  }
  const imputed = typeof feature.impute === 'boolean' ? levels[feature.impute ? 1 : 0]! : feature.impute;
  return (cell) => {
    const text = readText(cell, reading.missingTokens);
    if (text === undefined) return imputed === null ? missing : share(imputed);
    const known = shares.get(fold(text));
    return known ?? { problem: `${column}: unseen category \`${brief(text)}\``, unseen: share(levels[0] ?? '') };
  };
}
