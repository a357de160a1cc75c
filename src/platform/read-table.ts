/**
 * A file of any kind that is read here → Table, or cells for prediction. The kind is told by the file's
 * bytes; temporary files and the database are gone when the promise settles.
 */
import type { ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import type { Warning } from '../errors.ts';
import type { Cell } from '../predict/cell.ts';
import { openCsv } from './csv.ts';
import { type Database, identifier, openDatabase } from './duckdb.ts';
import { readCsv } from './read-csv.ts';
import { openTyped, readTyped, storageOf } from './read-typed.ts';
import { openSource, type Source } from './source.ts';

/** Reads training data. Throws LogisticError with file and line where the file is at fault. */
export async function readTable(path: string, request: ColumnRequest, options: ReadOptions): Promise<Table> {
  const source = await openSource(path, options.signal);
  try {
    const db = await openDatabase(options);
    try {
      return await (source.format === 'text' ? readCsv : readTyped)(db, source, request, options);
    } finally {
      await db.close();
    }
  } finally {
    await source.dispose();
  }
}

export interface CellFile {
  readonly names: readonly string[];
  /** Rows in file order, in chunks: texts as they stand from delimited text, typed cells otherwise. Ends early only by throwing. */
  readonly rows: AsyncIterable<Cell[][]>;
  readonly warnings: readonly Warning[];
  /** For who does not read the rows to their end; harmless otherwise. */
  close(): Promise<void>;
}

/** Opens rows for prediction. The whole file is checked before the first row is given out: one output row an input row. */
export async function readCells(path: string, options: ReadOptions): Promise<CellFile> {
  const source = await openSource(path, options.signal);
  let db: Database | undefined;
  const close = async (): Promise<void> => {
    const open = db;
    db = undefined;
    await open?.close();
    await source.dispose();
  };
  try {
    db = await openDatabase(options);
    const { names, select, count, warnings } = await (source.format === 'text' ? csvCells : typedCells)(
      db,
      source,
      options,
    );
    return { names, warnings, rows: cellRows(db, select, count, close), close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Cells {
  readonly names: readonly string[];
  readonly select: string;
  readonly count: number;
  readonly warnings: readonly Warning[];
}

async function csvCells(db: Database, source: Source, options: ReadOptions): Promise<Cells> {
  const csv = await openCsv(db, source, options, undefined);
  const { names } = csv.columns;
  const columns = names.map((_, k) => `c${k}`);
  let relation = '';
  const { result } = await csv.scan(0, (from) => {
    relation = from;
    const touched = columns.map((column) => `count(${column})`).join(', ');
    return db.rows<{ m: number }>(`select count(*)::double as m, ${touched} from ${from}`);
  });
  // The same scan again, but its rejects, of which there are none, under names that are still free.
  const select = `select ${columns.join(', ')} from ${relation.replace(/store_rejects=true.*rejects_limit=0/, 'ignore_errors=false')}`;
  return { names, select, count: result[0]!.m, warnings: csv.warnings };
}

async function typedCells(db: Database, source: Source): Promise<Cells> {
  const file = await openTyped(db, source);
  const casts = file.columns.map((column) => {
    const storage = /^(DATE|TIME|STRUCT|MAP|JSON)|\[/.test(column.type)
      ? 'text'
      : storageOf(column, false, source.label);
    return `cast(${identifier(column.field)} as ${{ number: 'double', boolean: 'boolean', text: 'varchar' }[storage]})`;
  });
  const [{ m }] = (await db.rows<{ m: number }>(`select count(*)::double as m from ${file.relation}`)) as [
    { m: number },
  ];
  return {
    names: file.columns.map(({ name }) => name),
    select: `select ${casts.join(', ')} from ${file.relation}`,
    count: m,
    warnings: [],
  };
}

async function* cellRows(
  db: Database,
  select: string,
  count: number,
  close: () => Promise<void>,
): AsyncIterable<Cell[][]> {
  let given = 0;
  try {
    for await (const chunk of db.stream(select)) {
      const rows = chunk.getRows() as Cell[][];
      given += rows.length;
      yield rows;
    }
    if (given !== count) throw new Error(`${given} of ${count} rows came through: DuckDB ended the stream early`);
  } finally {
    await close();
  }
}
