/**
 * Files written to a folder of the process's own and read as `logit` reads them, and what tests ask of the table.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'vitest';
import type { Column, ColumnRequest, ReadOptions, Table } from '../../src/data/table.ts';
import { LogisticError } from '../../src/errors.ts';
import { readCells, readTable } from '../../src/platform/read-table.ts';
import type { Cell } from '../../src/predict/cell.ts';

export const folder = mkdtempSync(join(tmpdir(), 'text-files-'));
let files = 0;

export const t8Rows = ['0,0', '0,0', '0,0', '0,1', '1,0', '1,1', '1,1', '1,1'];
export const t8 = ['x,y', ...t8Rows, ''].join('\n');

export function write(content: string | Uint8Array, name = '.csv'): string {
  const path = join(folder, `file${files++}${name}`);
  writeFileSync(path, content);
  return path;
}

export const lines = (...rows: string[]): string => linesOf(rows);
/** For many rows: as arguments they would overflow the stack. */
export const linesOf = (rows: readonly string[]): string => rows.map((row) => `${row}\n`).join('');

export function table(
  content: string | Uint8Array,
  request: ColumnRequest = {},
  options: ReadOptions = {},
): Promise<Table> {
  return readTable(write(content), { target: 'y', ...request }, options);
}

/** The error, which must be one that its user can fix: a LogisticError of one line before its list of rows. */
export async function failure(promise: Promise<unknown>): Promise<LogisticError> {
  const error = await promise.then(
    (found) => expect.fail(`nothing thrown; found ${JSON.stringify(found).slice(0, 300)}`),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LogisticError);
  return error as LogisticError;
}

export const refused = (content: string | Uint8Array, request: ColumnRequest = {}, options: ReadOptions = {}) =>
  failure(table(content, request, options));

export function column(found: Table, name: string): Column {
  return found.columns.find((each) => each.name === name) ?? expect.fail(`no column ${name}`);
}

/** Cells as a person would say them: numbers, words, null where missing. */
export function cells(found: Table, name: string): (number | string | null)[] {
  const it = column(found, name);
  if (it.kind === 'numeric') return Array.from(it.values, (value) => (Number.isNaN(value) ? null : value));
  const words = it.kind === 'boolean' ? it.words : it.levels;
  return Array.from(it.codes, (code) => (code < 0 ? null : words[code]!));
}

export const codes = (found: Table): string[] => found.warnings.map(({ code }) => code);

export async function rowsOf(
  path: string,
  options: ReadOptions = {},
): Promise<{ names: readonly string[]; rows: Cell[][] }> {
  const { names, rows } = await readCells(path, options);
  const all: Cell[][] = [];
  for await (const chunk of rows) for (const row of chunk) all.push(row);
  return { names, rows: all };
}

/** A file that DuckDB itself writes: Parquet, or text under zstd. */
export async function written(select: string, name: string, format: string): Promise<string> {
  const path = join(folder, `file${files++}${name}`);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`copy (${select}) to '${path}' (${format})`);
  connection.closeSync();
  instance.closeSync();
  return path;
}
