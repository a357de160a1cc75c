/**
 * Values in memory → Table: arrays, objects, columns, Arrow tables and tensors, with labels beside them or in a column
 * of theirs. Everything but tensors is read before control returns to the caller: rows that are changed after the
 * call change nothing. Types are taken as they are: a string is a category even when it spells a number. It knows no
 * feature and no encoding.
 */
import { LogisticError, type Warning } from '../errors.ts';
import { defaultMissingTokens } from '../predict/cell.ts';
import { matrixColumns } from './from-matrix.ts';
import { objectCells, objectNames } from './from-objects.ts';
import { arrowVectors, columnVectors, lengthOf, requireLabels, vectorCells } from './from-vectors.ts';
import { judgeCategory } from './infer.ts';
import {
  describe,
  isNamed,
  isVector,
  type KnownNamed,
  kindOf,
  type Matrix,
  type NamedData,
  type Vector,
} from './kinds.ts';
import { allRead, type Later, whenRead } from './later.ts';
import { leftOut, requireNames, wantedColumns } from './names.ts';
import { numericColumn, requireComplete } from './numbers.ts';
import { checkSampleWeights } from './sample-weights.ts';
import type { Column, ColumnRequest, Table } from './table.ts';
import { type Reading, typedColumn } from './typed-column.ts';

/** m rows, or columns of m values. */
export type TrainingData = Matrix | NamedData;
/** One label for each row. */
export type TrainingLabels = Vector;

export interface TableRequest extends Omit<ColumnRequest, 'target'> {
  /** s, one for each row; a column of the data is named by `weights` instead. */
  readonly sampleWeight?: Vector | undefined;
  /** Names of the columns of a matrix; default x1, x2, … */
  readonly featureNames?: readonly string[] | undefined;
  /** Strings that count as missing besides the empty one. */
  readonly missingTokens?: readonly string[] | undefined;
  /** Absent: a missing number in a matrix or among its labels is an error here. Otherwise it is for the design. */
  readonly missing?: 'drop' | 'impute' | 'error' | undefined;
}

export interface TableWithRoles {
  /** Its source is 'arrays' (also for tensors), 'objects', 'columns' or 'Arrow table'. */
  readonly table: Table;
  /** The column that holds the labels. */
  readonly target: string;
  /** The column that holds the sample weights, where there are any. */
  readonly weights?: string;
}

/** `target`: the name of a column of the data, or the labels themselves. */
export async function tableFromMemory(
  data: TrainingData,
  target: TrainingLabels | string,
  options: TableRequest = {},
): Promise<TableWithRoles> {
  const known = kindOf(data);
  if (typeof target !== 'string' && !isVector(target)) {
    throw new LogisticError('bad-data', `expected labels or the name of their column, found ${describe(target)}`, {
      hint: 'fit(data, labels) with one label for each row, or fit(data, "column")',
    });
  }
  const [name, labels] = typeof target === 'string' ? [target, undefined] : [undefined, target];
  const request: ColumnRequest = { ...options, target: name };
  const reading = readingOf(options);
  const complete = !isNamed(known) && options.missing === undefined;
  const read = isNamed(known)
    ? namedColumns(known, request, options)
    : matrixColumns(known, { labels, featureNames: options.featureNames, request, complete });

  const beside: Beside = { rows: read.rows, names: read.names, reading, complete };
  const labelColumn = labels === undefined ? undefined : readLabels(labels, beside);
  const weightColumn = readWeights(options, beside);
  const columns = [...(await read.columns)];
  if (!isNamed(known)) asCategories(columns, options.categorical ?? [], reading);
  const own: Column[] = [];
  if (labelColumn !== undefined) own.push(await labelColumn);
  if (weightColumn !== undefined) own.push(await weightColumn);

  const targetName = name ?? own[0]!.name;
  const weights = weightColumn === undefined ? options.weights : own.at(-1)!.name;
  const kept = isNamed(known) ? withoutIdentifiers(columns, read.rows, request) : { columns, warnings: [] };
  const table: Table = {
    rows: read.rows,
    columns: [...kept.columns, ...own],
    leftOut: leftOut(read.names, kept.columns),
    source: isNamed(known) ? known.kind : 'arrays',
    badRows: 0,
    warnings: kept.warnings,
  };
  return { table, target: targetName, ...(weights === undefined ? {} : { weights }) };
}

function readingOf({ missingTokens = defaultMissingTokens }: TableRequest): Reading {
  return { missingTokens: new Set(['', ...missingTokens]) };
}

interface ReadColumns {
  readonly rows: number;
  /** All columns of the data. */
  readonly names: readonly string[];
  /** Those that are wanted. */
  readonly columns: Later<readonly Column[]>;
}

function namedColumns(known: KnownNamed, request: ColumnRequest, options: TableRequest): ReadColumns {
  if (options.featureNames !== undefined) {
    throw new LogisticError('bad-option', `featureNames names the columns of a matrix; ${known.kind} have their own`, {
      hint: 'leave it out, or choose columns with `only` and `drop`',
    });
  }
  const { rows, names, cells } = sourceOf(known);
  if (rows === 0 || names.length === 0) {
    const which = known.kind === 'Arrow table' ? 'Arrow table has' : `${known.kind} have`;
    throw new LogisticError('empty', `the ${which} no ${rows === 0 ? 'rows' : 'columns'}`, {
      hint: 'give at least one row and one column',
    });
  }
  requireNames(request, names);
  const reading = readingOf(options);
  const columns = wantedColumns(request, names).map((k): Later<Column> => {
    const name = names[k]!;
    const as = request.categorical?.includes(name)
      ? 'categorical'
      : request.numeric?.includes(name)
        ? 'numeric'
        : undefined;
    return whenRead(cells(name), (values) => typedColumn(name, values, { ...reading, as }));
  });
  return { rows, names, columns: allRead(columns) };
}

interface NamedSource {
  readonly rows: number;
  readonly names: readonly string[];
  cells(name: string): Later<ArrayLike<unknown>>;
}

function sourceOf({ kind, data }: KnownNamed): NamedSource {
  if (kind === 'objects') {
    return { rows: data.length, names: objectNames(data), cells: (name) => objectCells(data, name) };
  }
  const { rows, names, vector } = kind === 'columns' ? columnVectors(data) : arrowVectors(data);
  return { rows, names, cells: (name) => vectorCells(vector(name), name) };
}

interface Beside {
  readonly rows: number;
  readonly names: readonly string[];
  readonly reading: Reading;
  readonly complete: boolean;
}

/** The labels as a column of a name that is free: y, y_, … */
function readLabels(labels: Vector, { rows, names, reading, complete }: Beside): Later<Column> {
  const name = freeName('y', names);
  requireLabels(rows, lengthOf(labels, 'of labels'));
  return whenRead(vectorCells(labels, name), (cells) => {
    const column = typedColumn(name, cells, reading);
    if (complete && column.kind === 'numeric') requireComplete(column, (row) => cells[row]);
    return column;
  });
}

/** Sample weights as a column of a name that is free: weight, weight_, … */
function readWeights({ sampleWeight, weights }: TableRequest, { rows, names }: Beside): Later<Column> | undefined {
  if (sampleWeight === undefined) return undefined;
  if (weights !== undefined) {
    throw new LogisticError('bad-option', `sampleWeight and the column ${JSON.stringify(weights)} both give weights`, {
      hint: 'leave one of them out',
    });
  }
  if (!isVector(sampleWeight)) checkSampleWeights(sampleWeight, rows); // says what is wrong with it
  const name = freeName('weight', names);
  lengthOf(sampleWeight, 'of sample weights');
  return whenRead(vectorCells(sampleWeight, name), (cells) =>
    numericColumn(name, checkSampleWeights(cells, rows), { finite: true }),
  );
}

function freeName(wanted: string, names: readonly string[]): string {
  return names.includes(wanted) ? freeName(`${wanted}_`, names) : wanted;
}

/** Numbers of a matrix that are said to be codes of categories. */
function asCategories(columns: Column[], names: readonly string[], reading: Reading): void {
  for (const [j, column] of columns.entries()) {
    if (column.kind !== 'numeric' || !names.includes(column.name)) continue;
    const category = typedColumn(column.name, column.values, { ...reading, as: 'categorical' });
    columns[j] = { ...category, missing: column.missing }; // by the spelling of the cells, which are numbers by now
  }
}

/** Leaves out columns of strings that never repeat, with a warning, as files do; asked for, they stay. */
function withoutIdentifiers(
  columns: readonly Column[],
  rows: number,
  { target, weights, categorical }: ColumnRequest,
): { columns: readonly Column[]; warnings: readonly Warning[] } {
  const warnings = columns.flatMap((column) => {
    const asked = column.name === target || column.name === weights || categorical?.includes(column.name);
    return asked ? [] : (judgeCategory(column, rows) ?? []);
  });
  const left = new Set(warnings.flatMap((warning) => warning.columns ?? []));
  return { columns: columns.filter(({ name }) => !left.has(name)), warnings };
}
