/**
 * DuckDB merely reading the file: every column as DOUBLE, summed, from Node. No model: the floor below
 * which no road through DuckDB can be.
 */
import { version } from '@duckdb/node-api';
import type { ProgramContender } from '../contender.ts';

export const csvDuckdb: ProgramContender = {
  name: 'duckdb-read',
  about: "DuckDB's read_csv with every column as DOUBLE, summed, from Node: no model",
  measures: ['csv to model'],
  version: () => `DuckDB ${version()}`,
  command: (csv) => ({ program: process.execPath, args: ['benchmarks/contenders/csv-duckdb.mjs', csv] }),
};
