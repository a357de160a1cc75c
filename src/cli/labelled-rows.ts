/** Rows of a file with their labels and what weighs them, for `evaluate` and `inspect --influence`; what is left out is counted. */
import {
  type Cell,
  type CellCounter,
  type FittedLogisticRegression,
  LogisticError,
  nearestName,
  type ScoreOptions,
} from '../node.ts';
import { chooseWeights, openRows, type RowFlags, type WeightFlags } from './rows.ts';
import { warn } from './talk.ts';

/** A row that has a label, a weight above 0 and a score. */
export interface LabelledRow {
  /** Its number in the file, from 1. */
  readonly number: number;
  readonly cells: Cell[];
  /** 0 of the reference class, 1 … k of the others. */
  readonly code: number;
  readonly weight: number;
  readonly logOdds: readonly number[];
  /** Those of the other model, where there is one. */
  readonly otherLogOdds?: readonly number[];
}

interface Reading extends ScoreOptions, RowFlags, WeightFlags {
  /** Another model that must score the row too. */
  readonly other?: { readonly model: FittedLogisticRegression; readonly name: string } | undefined;
  readonly signal: AbortSignal;
}

/** Rows that are left out, by the reason. */
export interface DroppedRows {
  noTarget: number;
  unpredictable: number;
  noWeight: number;
  zeroWeight: number;
}

interface LabelledFile {
  /** What weighs the rows. */
  readonly column: string | undefined;
  readonly dropped: Readonly<DroppedRows>;
  /** Of the rows that were used. */
  readonly accepted: CellCounter;
  readonly otherAccepted: CellCounter | undefined;
}

/** Calls `use` with each row that can be used, in order. */
export async function readLabelled(
  model: FittedLogisticRegression,
  file: string,
  { other, signal, ...flags }: Reading,
  use: (row: LabelledRow) => void,
): Promise<LabelledFile> {
  const options = { unseen: flags.unseen, threshold: flags.threshold };
  model.predict([], options); // what is wrong with them is told before any row is read
  const { target, missingTokens } = model.toJSON();
  const { names, read, close } = await openRows(model, file, flags, signal);
  try {
    if (!names.includes(target.name)) {
      throw new LogisticError(
        'missing-column',
        `${file}: there is no column ${JSON.stringify(target.name)} with the labels`,
        {
          hint: 'logit predict needs none',
        },
      );
    }
    if (other) requireColumns(other, names, file);
    const column = chooseWeights(model, file, flags, names);
    const readWeight = model.weightReader(column);
    const dropped: DroppedRows = { noTarget: 0, unpredictable: 0, noWeight: 0, zeroWeight: 0 };
    const accepted = model.cellCounter({ unseen: flags.unseen });
    const otherAccepted = other?.model.cellCounter({ unseen: flags.unseen });
    const strangers = new Map<string, number>();
    const readLabel = model.labelReader();
    const missing = new Set(['', ...missingTokens]);
    let number = 0;
    const columns = [
      ...new Set([...(other?.model.columns ?? []), target.name, ...(column === undefined ? [] : [column])]),
    ];
    const placeOf = (name: string | undefined): number => columns.indexOf(name!);
    const [labelAt, weightAt] = [placeOf(target.name), placeOf(column)];
    const otherPlaces = other?.model.columns.map(placeOf);
    for await (const rows of read(columns)) {
      signal.throwIfAborted();
      for (const { cells, others } of rows) {
        number++;
        const code = readLabel(others[labelAt]);
        if (code === undefined) {
          if (missing.has(String(others[labelAt] ?? '').trim())) dropped.noTarget++;
          else strangers.set(String(others[labelAt]), (strangers.get(String(others[labelAt])) ?? 0) + 1);
          continue;
        }
        const weight =
          column === undefined ? 1 : readWeight(others[weightAt], `${file}: row ${number}, column ${column}`);
        const score = model.scoreRow(cells, options);
        const otherCells = otherPlaces?.map((at) => others[at]);
        const otherScore = otherCells && other!.model.scoreRow(otherCells, { unseen: flags.unseen });
        if ('problem' in score || (otherScore && 'problem' in otherScore)) dropped.unpredictable++;
        else if (weight === undefined) dropped.noWeight++;
        else if (weight === 0) dropped.zeroWeight++;
        else {
          const { logOdds } = score;
          accepted.add(cells);
          if (otherCells) otherAccepted!.add(otherCells);
          use({ number, cells, code, weight, logOdds, ...(otherScore && { otherLogOdds: otherScore.logOdds }) });
        }
      }
    }
    refuseStrangers(strangers, target.name, model.classes.map(String));
    return { column, dropped, accepted, otherAccepted };
  } finally {
    await close();
  }
}

function requireColumns({ model, name }: NonNullable<Reading['other']>, names: readonly string[], file: string): void {
  const lost = model.columns.find((column) => !names.includes(column));
  if (lost === undefined) return;
  throw new LogisticError(
    'missing-column',
    `${file}: ${name} needs the column ${JSON.stringify(lost)}, which the file lacks`,
  );
}

/** Says how many rows were left out for what. */
export function warnDropped({ noTarget, noWeight, zeroWeight, unpredictable }: Partial<DroppedRows>): void {
  const reasons = { 'without a label': noTarget, 'without a weight': noWeight, 'of weight 0': zeroWeight };
  for (const [why, rows = 0] of Object.entries(reasons)) if (rows > 0) warn(`${rows} rows ${why} are left out`);
  if (unpredictable) warn(`${unpredictable} rows that cannot be predicted are left out; logit predict says why`);
}

/** Labels the model does not know would make every figure wrong, so none is printed. */
function refuseStrangers(strangers: ReadonlyMap<string, number>, target: string, classes: readonly string[]): void {
  if (strangers.size === 0) return;
  const listed = [...strangers].slice(0, 5).map(([label, rows]) => `${JSON.stringify(label)} (${rows} rows)`);
  const near = nearestName([...strangers.keys()][0]!, classes);
  throw new LogisticError(
    'unknown-label',
    `${target} holds ${listed.join(', ')}; the model's classes are ${classes.join(', ')}`,
    {
      hint: `fix the labels of the file${near === undefined ? '' : ` (${JSON.stringify(near)} may be meant)`}`,
    },
  );
}
