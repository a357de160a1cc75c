/**
 * Rows that a fitted model is given, in every kind of memory, with what stands beside them: labels and sample weights. All
 * but tensors is read before control returns to the caller. It measures nothing.
 */
import { requireLabels } from '../data/from-vectors.ts';
import type { Vector } from '../data/kinds.ts';
import { type Later, whenRead } from '../data/later.ts';
import { isOneRow, labelsOf, rowsToPredict } from '../data/predict-input.ts';
import { checkSampleWeights } from '../data/sample-weights.ts';
import type { ModelFile } from '../predict/model-file.ts';
import type { Row } from '../predict/read-row.ts';
import type { ScoreOptions } from '../predict/score-options.ts';
import type { Scorer } from '../predict/scorer.ts';
import { type AcceptedCells, cellCounter } from './accepted-cells.ts';
import { type CellValues, designOf, type RowDesign } from './design-rows.ts';
import { codesOf } from './read-labels.ts';

export interface OverRowsOptions extends Pick<ScoreOptions, 'unseen'> {
  readonly sampleWeight?: ArrayLike<number>;
}

/** Rows as the values of their cells. */
export interface GivenRows {
  readonly design: RowDesign;
  readonly rows: readonly CellValues[];
  readonly weights: Float64Array | undefined;
  /** Which cells were accepted for something else. */
  readonly notes: readonly string[];
}

export async function readGiven(
  model: ModelFile,
  input: unknown,
  { unseen, sampleWeight }: OverRowsOptions,
): Promise<GivenRows> {
  const design = designOf(model, { unseen });
  const counter = cellCounter(model, { unseen });
  const rows = await whenRead(listed(input, model), (all) =>
    Array.from(counter.through(all), (row, i) => design.read(row, i + 1)),
  );
  return {
    design,
    rows,
    weights: weightsOf(sampleWeight, rows.length),
    notes: counter.notes(),
  };
}

/** Rows that have labels, as codes of the first model's classes. */
export interface LabelledScores {
  readonly codes: ArrayLike<number>;
  readonly weights: Float64Array | undefined;
  /** Of each model. */
  readonly scored: readonly { readonly logOdds: number[][]; readonly cells: AcceptedCells | undefined }[];
}

export async function scoreLabelled(
  scorers: readonly Scorer[],
  input: unknown,
  labels: Vector | string,
  { unseen, threshold, sampleWeight }: OverRowsOptions & ScoreOptions,
): Promise<LabelledScores> {
  const read = whenRead(labelsOf(isOneRow(input) ? [input] : input, labels), (cells) =>
    codesOf(cells, scorers[0]!.model.target),
  );
  const scoring = scorers.map((scorer) => {
    const counter = cellCounter(scorer.model, { unseen });
    return whenRead(listed(input, scorer.model), (rows) => ({
      logOdds: scorer.logOdds(counter.through(rows), { unseen, threshold }),
      cells: counter.found(),
    }));
  });
  const scored = await Promise.all(scoring);
  const codes = await read;
  requireLabels(scored[0]!.logOdds.length, codes.length);
  return { codes, weights: weightsOf(sampleWeight, codes.length), scored };
}

const weightsOf = (given: OverRowsOptions['sampleWeight'], rows: number): Float64Array | undefined =>
  given === undefined ? undefined : checkSampleWeights(given, rows);

function listed(input: unknown, { features }: ModelFile): Later<Iterable<Row>> {
  const rows = rowsToPredict(
    input,
    features.map(({ column }) => column),
  );
  return (isOneRow(input) ? [rows] : rows) as Later<Iterable<Row>>;
}
