/** `logit predict`: one line of CSV for each row of a file, in order, or of a query, predicted by its database. */
import {
  type Cell,
  type FittedLogisticRegression,
  LogisticError,
  loadModel,
  predictQuery,
  type QueryInput,
  type ScoreOptions,
} from '../node.ts';
import { beginFile, type PendingFile, requireOther } from '../platform/write-file.ts';
import { csvField } from '../report/csv.ts';
import { printText } from './output.ts';
import { openRows, type RowFlags, rowsFrom } from './rows.ts';
import { say, warn } from './talk.ts';

interface PredictFlags extends ScoreOptions, RowFlags {
  readonly connection?: string;
  readonly sql?: string;
  readonly out?: string;
  readonly quiet?: boolean;
  /** Confidence of the intervals. */
  readonly interval?: number;
}

/** What the lines say besides the predictions. */
interface Counts {
  rows: number;
  empty: number;
  noted: number;
}

export async function predict(
  modelFile: string,
  file: string | undefined,
  flags: PredictFlags,
  signal: AbortSignal,
): Promise<void> {
  const rows = rowsFrom(file, flags, 'logit predict model.json');
  if (flags.out !== undefined) await requireOther(flags.out, [modelFile, ...(typeof rows === 'string' ? [rows] : [])]);
  const model = await loadModel(modelFile);
  const counts: Counts = { rows: 0, empty: 0, noted: 0 };
  if (typeof rows === 'string') await predictFile(model, rows, { flags, counts, signal });
  else await predictInDatabase(model, rows, { flags, counts, signal });
  if (flags.quiet === true) return;
  if (counts.empty > 0) warn(`${counts.empty} of ${counts.rows} rows could not be predicted; the column note says why`);
  if (counts.noted > 0) warn(`${counts.noted} of ${counts.rows} rows have a note`);
}

interface Predicting {
  readonly flags: PredictFlags;
  readonly counts: Counts;
  readonly signal: AbortSignal;
}

async function predictFile(model: FittedLogisticRegression, file: string, { flags, counts, signal }: Predicting) {
  const options = { unseen: flags.unseen, threshold: flags.threshold };
  model.predict([], options); // what is wrong with them is told before any row is read
  const intervalOf =
    flags.interval === undefined
      ? undefined
      : await model.intervalReader({ level: flags.interval, unseen: flags.unseen });
  const ends = intervalOf === undefined ? [] : ['low', 'high'].map((end) => `P(${model.positive}) ${end}`);
  const { names, read, close } = await openRows(model, file, flags, signal);
  const used = new Set([...model.columns, model.toJSON().target.name]);
  const ignored = names.filter((name) => !used.has(name));
  if (ignored.length > 0 && flags.quiet !== true) say(`Not in the model, so ignored: ${ignored.join(', ')}.`);
  async function* lines(): AsyncGenerator<string> {
    yield lineOf(['prediction', ...model.classes.map((label) => `P(${label})`), ...ends, 'note']);
    for await (const rows of read([])) {
      yield rows.map(({ cells }) => predictionLine(model, cells, { options, intervalOf, counts })).join('');
    }
  }
  try {
    await writeLines(flags.out, lines(), signal);
  } finally {
    await close();
  }
}

/** All columns of the query, which has no order that others could be joined by. */
async function predictInDatabase(
  model: FittedLogisticRegression,
  rows: QueryInput,
  { flags, counts, signal }: Predicting,
) {
  if (flags.interval !== undefined) {
    throw new LogisticError('bad-option', 'interval: a database computes no intervals', {
      hint: 'leave it out, or predict a file',
      details: { option: 'interval' },
    });
  }
  const options = { unseen: flags.unseen, threshold: flags.threshold, signal };
  const note = 'a cell is missing, or a category is new';
  return predictQuery(
    model,
    rows,
    ({ names, rows: chunks }) => {
      const predicted = names.indexOf('prediction');
      async function* lines(): AsyncGenerator<string> {
        yield lineOf([...names, 'note']);
        for await (const chunk of chunks) {
          counts.rows += chunk.length;
          const empty = (row: readonly string[]): boolean => row[predicted] === '';
          counts.empty += chunk.filter(empty).length;
          yield chunk.map((row) => lineOf([...row, empty(row) ? note : ''])).join('');
        }
      }
      return writeLines(flags.out, lines(), signal);
    },
    options,
  );
}

const lineOf = (fields: readonly string[]): string => `${fields.map(csvField).join(',')}\n`;

/** To a file, which is there whole or not at all, or to standard output. */
async function writeLines(out: string | undefined, lines: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
  let pending: PendingFile | undefined;
  try {
    if (out !== undefined) pending = await beginFile(out);
    const write = pending?.write ?? printText;
    for await (const text of lines) {
      signal.throwIfAborted();
      await write(text);
    }
    await pending?.commit();
  } catch (error) {
    await pending?.discard();
    throw error;
  }
}

interface LineOptions {
  readonly options: ScoreOptions;
  readonly intervalOf: Awaited<ReturnType<FittedLogisticRegression['intervalReader']>> | undefined;
  readonly counts: Counts;
}

function predictionLine(
  model: FittedLogisticRegression,
  row: Cell[],
  { options, intervalOf, counts }: LineOptions,
): string {
  const score = model.scoreRow(row, options);
  counts.rows++;
  if ('problem' in score) {
    counts.empty++;
    return `${','.repeat(model.classes.length + (intervalOf ? 3 : 1))}${csvField(score.problem)}\n`;
  }
  if (score.notes.length > 0) counts.noted++;
  const interval = intervalOf?.(row);
  const numbers = [...score.probabilities, ...(interval ? [interval.low, interval.high] : [])];
  return lineOf([String(score.prediction), ...numbers.map(String), score.notes.join('; ')]);
}
