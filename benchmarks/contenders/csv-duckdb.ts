/**
 * DuckDB merely reading the file: every column as DOUBLE, summed, from Node. No model: the floor below
 * which no road through DuckDB can be. Run as a program, it is its own contender's process.
 */
import { fileURLToPath } from 'node:url';
import { DuckDBInstance, version } from '@duckdb/node-api';
import type { ProgramContender } from '../contender.ts';

export const csvDuckdb: ProgramContender = {
  name: 'duckdb-read',
  about: "DuckDB's read_csv with every column as DOUBLE, summed, from Node: no model",
  measures: ['csv to model'],
  version: () => `DuckDB ${version()}`,
  command: (csv) => ({ program: process.execPath, args: ['--import', 'tsx', fileURLToPath(import.meta.url), csv] }),
};

async function sumColumns(csv: string): Promise<unknown> {
  const connection = await (await DuckDBInstance.create()).connect();
  const described = await connection.runAndReadAll(`DESCRIBE FROM read_csv('${csv}', sample_size = 1000)`);
  const types = described.getRows().map(([name]) => `'${name}': 'DOUBLE'`);
  const query = `SELECT sum(COLUMNS(*)) FROM read_csv('${csv}', header = true, columns = {${types.join(', ')}})`;
  return (await connection.runAndReadAll(query)).getRows();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await sumColumns(process.argv[2]!))}\n`);
}
