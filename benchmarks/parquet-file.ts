/** A problem as a Parquet file: columns x1, x2, … in float64 and the label y, written once. */
import { existsSync, renameSync } from 'node:fs';
import { DOUBLE, DuckDBDataChunk, DuckDBInstance, INTEGER } from '@duckdb/node-api';
import { loadProblem, type PlacedProblem } from './generate.ts';

const rowsAtATime = 2048; // of a chunk of DuckDB

export async function placeParquet(placed: PlacedProblem): Promise<string> {
  const path = placed.matrix.replace(/\.x\.f64$/, '.parquet');
  if (existsSync(path)) return path;
  const { columns, y } = loadProblem(placed);
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`create table t (${columns.map((_, j) => `x${j + 1} double`).join(', ')}, y integer)`);
  const appender = await connection.createAppender('t');
  for (let start = 0; start < y.length; start += rowsAtATime) {
    const end = Math.min(y.length, start + rowsAtATime);
    const chunk = DuckDBDataChunk.create([...columns.map(() => DOUBLE), INTEGER], end - start);
    chunk.setColumns([...columns, y].map((values) => [...values.subarray(start, end)]));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
  await connection.run(`copy t to '${path}.part' (format parquet)`);
  connection.closeSync();
  renameSync(`${path}.part`, path);
  return path;
}
