/** `logit predict`: one line of CSV for each row of a file, in order. */
import { type Cell, type FittedLogisticRegression, loadModel, type ScoreOptions } from '../node.ts';
import { beginFile, type PendingFile, requireOther } from '../platform/write-file.ts';
import { csvField, printText } from './output.ts';
import { openRows, type RowFlags } from './rows.ts';
import { say, warn } from './talk.ts';

interface PredictFlags extends ScoreOptions, RowFlags {
  readonly out?: string;
  readonly quiet?: boolean;
  /** Confidence of the intervals. */
  readonly interval?: number;
}

export async function predict(
  modelFile: string,
  file: string,
  flags: PredictFlags,
  signal: AbortSignal,
): Promise<void> {
  if (flags.out !== undefined) await requireOther(flags.out, [modelFile, file]);
  const model = await loadModel(modelFile);
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

  let pending: PendingFile | undefined;
  const counts = { rows: 0, empty: 0, noted: 0 };
  try {
    if (flags.out !== undefined) pending = await beginFile(flags.out);
    const write = pending?.write ?? printText;
    await write(
      `${['prediction', ...model.classes.map((label) => `P(${label})`), ...ends, 'note'].map(csvField).join(',')}\n`,
    );
    for await (const rows of read([])) {
      signal.throwIfAborted();
      await write(rows.map(({ cells }) => predictionLine(model, cells, { options, intervalOf, counts })).join(''));
    }
    await pending?.commit();
  } catch (error) {
    await pending?.discard();
    throw error;
  } finally {
    await close();
  }
  if (flags.quiet === true) return;
  if (counts.empty > 0) warn(`${counts.empty} of ${counts.rows} rows could not be predicted; the column note says why`);
  if (counts.noted > 0) warn(`${counts.noted} of ${counts.rows} rows have a note`);
}

interface Predicting {
  readonly options: ScoreOptions;
  readonly intervalOf: Awaited<ReturnType<FittedLogisticRegression['intervalReader']>> | undefined;
  readonly counts: { rows: number; empty: number; noted: number };
}

function predictionLine(
  model: FittedLogisticRegression,
  row: Cell[],
  { options, intervalOf, counts }: Predicting,
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
  return `${[String(score.prediction), ...numbers.map(String), score.notes.join('; ')].map(csvField).join(',')}\n`;
}
