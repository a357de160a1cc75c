/** Parquet files, and what queries give, by DuckDB: a table, or cells for prediction. */
import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import type { ColumnarChunk } from '../columnar/readers.ts';
import {
  type ColumnarSource,
  columnarTable,
  isFraction,
  isNested,
  namesOf,
  requireRowCount,
  type SourceColumn,
  storageOf,
  storeColumnar,
} from '../columnar/table.ts';
import type { PageFileOpener, StoredTable } from '../data/stored-table.ts';
import type { ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { LogisticError } from '../errors.ts';
import type { Cell } from '../predict/cell.ts';
import type { CellFile } from './cell-file.ts';
import { type Database, identifier, openDatabase, pathLiteral } from './duckdb.ts';

/** What can stand after `from`, with its columns. */
interface Relation extends ColumnarSource {
  readonly relation: string;
  rows(): Promise<number>;
}

async function describeRelation(db: Database, relation: string, label: string): Promise<Relation> {
  const described = await db.rows<{ column_name: string; column_type: string }>(`describe select * from ${relation}`);
  return {
    label,
    relation,
    columns: described.map(({ column_name, column_type }) => ({ field: column_name, type: column_type })),
    rows: () => db.count(relation),
    async *chunks(wanted) {
      const casts = wanted.map((column) =>
        column.storage === 'text' && !isFraction(column.type) ? castTo('varchar', column) : asDouble(column),
      );
      for await (const chunk of db.stream(`select ${casts.join(', ')} from ${relation}`)) yield chunkOf(db, chunk);
    },
  };
}

export function describeParquet(db: Database, path: string): Promise<Relation> {
  const relation = `read_parquet(${pathLiteral(path)}, hive_partitioning=false)`;
  return describeRelation(db, relation, path).catch((error: Error) => {
    throw new LogisticError('bad-file', `${path}: ${error.message.split('\n')[0]}`, {
      hint: 'check that it is Parquet',
    });
  });
}

const castTo = (type: string, { field }: SourceColumn): string => `cast(${identifier(field)} as ${type})`;

/** By way of text where a decimal has more digits than float64: DuckDB's own cast of those rounds twice. */
function asDouble(column: SourceColumn): string {
  const precision = Number(/^DECIMAL\((\d+)/.exec(column.type)?.[1] ?? 0);
  return precision > 15 ? `cast(${castTo('varchar', column)} as double)` : castTo('double', column);
}

function chunkOf(db: Database, chunk: DuckDBDataChunk): ColumnarChunk {
  return {
    rows: chunk.rowCount,
    copyNumbers: (column, values, at) => db.copyNumbers(chunk, column, values, at),
    texts(column) {
      const vector = chunk.getColumnVector(column) as DuckDBVector<string | number>;
      return (row) => {
        const cell = vector.getItem(row);
        return cell === null ? null : String(cell);
      };
    },
  };
}

export async function readParquet(path: string, request: ColumnRequest, options: ReadOptions): Promise<Table> {
  const db = await openDatabase(options);
  try {
    return await columnarTable(await describeParquet(db, path), request, options);
  } finally {
    await db.close();
  }
}

/** The same with its cells in a file of pages. */
export async function storeParquet(
  path: string,
  request: ColumnRequest,
  options: ReadOptions,
  openFile: PageFileOpener,
): Promise<StoredTable> {
  const db = await openDatabase(options);
  try {
    return await storeColumnar(await describeParquet(db, path), request, options, openFile);
  } finally {
    await db.close();
  }
}

const describeQuery = (db: Database, query: string): Promise<Relation> =>
  describeRelation(db, `(\n${query}\n) q`, 'the query');

/** The same for what a query gives. */
export async function readRelation(
  db: Database,
  query: string,
  request: ColumnRequest,
  options: ReadOptions,
): Promise<Table> {
  return columnarTable(await describeQuery(db, query), request, options);
}

export async function storeRelation(
  db: Database,
  query: string,
  request: ColumnRequest,
  options: ReadOptions,
  openFile: PageFileOpener,
): Promise<StoredTable> {
  return storeColumnar(await describeQuery(db, query), request, options, openFile);
}

/** Typed cells in file order; nested ones and dates as text. */
export async function readParquetCells(path: string, options: ReadOptions): Promise<CellFile> {
  const db = await openDatabase(options);
  try {
    const file = await describeParquet(db, path);
    const names = namesOf(file);
    const casts = file.columns.map((column, k) => {
      const asText = isNested(column.type) || /^(DATE|TIME)/.test(column.type);
      const storage = asText ? 'text' : storageOf(column.type, names[k]!, false, path);
      return storage === 'number' ? asDouble(column) : castTo(storage === 'boolean' ? 'boolean' : 'varchar', column);
    });
    const rows = cellRows(db, `select ${casts.join(', ')} from ${file.relation}`, await file.rows());
    return { names, warnings: [], rows, close: () => db.close() };
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function* cellRows(db: Database, select: string, count: number): AsyncIterable<Cell[][]> {
  let given = 0;
  try {
    for await (const chunk of db.stream(select)) {
      const rows = chunk.getRows() as Cell[][];
      given += rows.length;
      yield rows;
    }
    requireRowCount(given, count);
  } finally {
    await db.close();
  }
}
