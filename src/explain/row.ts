/**
 * A raw row and its label → the graph of its loss under a fitted model: each cell is read as the scorer reads it, and
 * stands in the graph as the numbers that terms make of it. It scores with the standardised coefficients, as training
 * does.
 */
import { LogisticError } from '../errors.ts';
import { valueAt } from '../predict/basis.ts';
import { type Cell, readText } from '../predict/cell.ts';
import { classesByCode, type Factor, levelsOf, type ModelFile, type Term } from '../predict/model-file.ts';
import { cellReaders, cellsOf } from '../predict/read-row.ts';
import { checkScoreOptions, type ScoreOptions } from '../predict/score-options.ts';
import { type ComputationalGraph, describeGraph } from './describe.ts';
import type { Quantity, Rule, ValueOf, Write } from './graph.ts';
import { type Expression, minus, number, over, plus, symbol, times } from './notation.ts';
import { featureOf, quantitiesOf } from './numbers.ts';
import type { NodeRole } from './roles.ts';

export interface RowOptions extends Pick<ScoreOptions, 'unseen'> {
  /** s of the row: derivatives are then those of s·L. */
  readonly sampleWeight?: number;
}

/** The graph of a row's loss, with what it is about. */
export interface RowExplanation extends ComputationalGraph<NodeRole> {
  readonly target: string;
  /** The classes by code: the reference first. */
  readonly classes: readonly string[];
  /** The code of the row's class. */
  readonly label: number;
  /** Terms whose coefficients are 0 by decision, and so are not in the graph. */
  readonly leftOut: readonly { readonly name: string; readonly reason: 'constant' | 'dependent' }[];
  /** What was accepted under unseen: 'ignore'. */
  readonly notes: readonly string[];
}

/** `label` is the code of the row's class. Throws LogisticError 'unpredictable-row', 'missing-column', 'row-width'. */
export function explainRow(model: ModelFile, row: unknown, label: number, options: RowOptions = {}): RowExplanation {
  const classes = classesByCode(model.target).map(String);
  const { unseen = model.unseen } = checkScoreOptions({ unseen: options.unseen }, classes.length);
  const { cells, notes } = readCells(model, row, unseen);
  const terms = model.terms.filter(({ excluded }) => excluded === undefined);
  const numbers = cellNumbers(terms, cells);
  const features = terms.map((term, at) => featureOf(at + 1, term.name, standardised(term, numbers)));
  const quantities = quantitiesOf([...numbers.values(), ...features], {
    weights: model.standardizedIntercepts.map((_, c) => terms.map(({ standardized }) => standardized[c]!)),
    biases: model.standardizedIntercepts,
    label,
    classes,
    ...(options.sampleWeight !== undefined && { sampleWeight: options.sampleWeight }),
  });
  const graph = describeGraph(quantities);
  if (graph.nodes.some(({ about, value }) => about.role === 'score' && !Number.isFinite(value))) {
    throw new LogisticError('unpredictable-row', 'the row: its log-odds overflow');
  }
  return {
    target: model.target.name,
    classes,
    label,
    leftOut: model.terms.flatMap(({ name, excluded }) => (excluded ? [{ name, reason: excluded }] : [])),
    notes,
    ...graph,
  };
}

/** A cell as it was given and as it is read: a number, or the place of a level. */
interface ReadCell {
  readonly given: string | null;
  readonly imputed: boolean;
  readonly value: number;
  readonly levels: readonly string[];
}

/** The cells of the model's columns, by column. */
function readCells(model: ModelFile, row: unknown, unseen: ModelFile['unseen']) {
  const columns = model.features.map(({ column }) => column);
  const given = cellsOf(row, columns, undefined);
  const readers = cellReaders(model);
  const tokens = new Set(model.missingTokens);
  const notes: string[] = [];
  const cells = new Map<string, ReadCell>();
  model.features.forEach((feature, i) => {
    const cell: Cell = given[i];
    let value = readers[i]!(cell);
    if (typeof value !== 'number') {
      if (value.unseen === undefined || unseen !== 'ignore')
        throw new LogisticError('unpredictable-row', `the row: ${value.problem}`);
      notes.push(`${value.problem}, taken as the reference`);
      value = value.unseen;
    }
    const text = readText(cell, tokens) ?? null;
    cells.set(feature.column, { given: text, imputed: text === null, value, levels: levelsOf(feature) });
  });
  return { cells, notes };
}

const keyOf = ({ column, basis }: Factor): string => JSON.stringify([column, basis]);

/** sex=male, log(income), polynomial of age */
function nameOf({ column, basis }: Factor): string {
  if (basis.kind === 'identity') return column;
  if (basis.kind === 'level') return `${column}=${basis.level}`;
  return basis.kind === 'piecewise' ? `polynomial of ${column}` : `${basis.kind}(${column})`;
}

/** The numbers that the terms make of cells, each once: r_1, r_2, … */
function cellNumbers(
  terms: readonly Term[],
  cells: ReadonlyMap<string, ReadCell>,
): ReadonlyMap<string, Quantity<NodeRole>> {
  const numbers = new Map<string, Quantity<NodeRole>>();
  for (const factor of terms.flatMap(({ factors }) => factors)) {
    const { column, basis } = factor;
    if (numbers.has(keyOf(factor))) continue;
    const { value, levels, given, imputed } = cells.get(column)!;
    const i = numbers.size + 1;
    numbers.set(keyOf(factor), {
      id: `r_${i}`,
      symbol: symbol('r', i),
      name: nameOf(factor),
      about: { role: 'cell', column, given, imputed, ...(basis.kind === 'level' && { level: basis.level }) },
      is: basis.kind === 'level' ? Number(levels[value] === basis.level) : valueAt(basis, value),
    });
  }
  return numbers;
}

/** x = (the product of its numbers − mean) / scale. */
function standardised(
  { factors, mean, scale }: Term,
  numbers: ReadonlyMap<string, Quantity<NodeRole>>,
): Quantity<NodeRole>['is'] {
  const ids = factors.map((factor) => numbers.get(keyOf(factor))!.id);
  const scaled = (above: Expression): Expression => (scale === 1 ? above : over(above, number(scale)));
  const product = (some: readonly string[], of: ValueOf): number => some.reduce((all, id) => all * of(id), 1);
  const written = (some: readonly string[], write: Write): Expression =>
    some.length === 0 ? number(1) : times(...some.map(write));
  const inputs = [...new Set(ids)];
  return {
    inputs,
    formula: (write) => scaled(mean === 0 ? written(ids, write) : minus(written(ids, write), number(mean))),
    value: (of) => (product(ids, of) - mean) / scale,
    derivatives: inputs.map((input): Rule => {
      // The product rule: each place where it stands, times all other factors.
      const others = ids.flatMap((id, at) => (id === input ? [ids.toSpliced(at, 1)] : []));
      return {
        formula: (write) => scaled(plus(...others.map((some) => written(some, write)))),
        value: (of) => others.reduce((sum, some) => sum + product(some, of), 0) / scale,
      };
    }),
  };
}
