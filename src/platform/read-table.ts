/**
 * A file of any kind that is read here → Table, or cells for prediction. The kind is told by the file's bytes. What is
 * text is read by the room text/, Parquet by DuckDB.
 */
import type { StoredTable } from '../data/stored-table.ts';
import type { ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { LogisticError } from '../errors.ts';
import type { Cell } from '../predict/cell.ts';
import { jsonRows } from '../text/json-rows.ts';
import { type Opened, openSource } from '../text/kinds.ts';
import { readDelimitedCells } from '../text/read-cells.ts';
import { readDelimited, storeDelimited } from '../text/read-delimited.ts';
import { readJson, storeJson } from '../text/read-json.ts';
import type { ByteSource } from '../text/source.ts';
import { type WebInput, webSource } from '../text/web-source.ts';
import type { CellFile } from './cell-file.ts';
import { expandPath, gunzip, openPath } from './open-path.ts';
import { openPageFile } from './page-file.ts';
import { readParquet, readParquetCells, storeParquet } from './relation.ts';

/**
 * Reads training data: a path, `-` for standard input, the files of a pattern, or what holds a file's bytes. Throws
 * LogisticError with file and line.
 */
export function readTable(file: string | WebInput, request: ColumnRequest, options: ReadOptions): Promise<Table> {
  return readFiles(file, options, {
    text: (sources) => readDelimited(sources, request, options),
    json: (source) => readJson(source, request, options),
    parquet: (path) => readParquet(path, request, options),
  });
}

/** The same with its cells on disk. */
export function storeTable(
  file: string | WebInput,
  request: ColumnRequest,
  options: ReadOptions,
): Promise<StoredTable> {
  return readFiles(file, options, {
    text: (sources) => storeDelimited(sources, request, options, openPageFile),
    json: (source) => storeJson(source, request, options, openPageFile),
    parquet: (path) => storeParquet(path, request, options, openPageFile),
  });
}

/** How each kind of file is read. */
interface Readers<T> {
  text(sources: readonly ByteSource[]): Promise<T>;
  json(source: ByteSource): Promise<T>;
  parquet(path: string): Promise<T>;
}

async function readFiles<T>(file: string | WebInput, options: ReadOptions, readers: Readers<T>): Promise<T> {
  const paths = typeof file === 'string' ? await expandPath(file) : [file];
  const files: Opened[] = [];
  try {
    for (const each of paths) {
      const source = await (typeof each === 'string' ? openPath : webSource)(each as never, options.signal);
      files.push(await openSource(source, gunzip));
    }
    const [first] = files as [Opened];
    const other = files.find(({ format }) => format !== first.format);
    if (other !== undefined || (files.length > 1 && first.format !== 'text')) {
      throw new LogisticError(
        'bad-file',
        `${String(file)}: several files can be read together where all are delimited text`,
        {
          hint: 'give one file, or convert them',
        },
      );
    }
    if (first.format === 'text') return await readers.text(files.map(({ source }) => source));
    if (first.format === 'json') return await readers.json(first.source);
    return await readers.parquet(parquetPath(paths[0]!, first));
  } finally {
    for (const file of files) await file.close();
  }
}

/** Opens rows for prediction: one row out for each row in. They come as they are read, so a bad row is told when it is reached. */
export async function readCells(path: string, options: ReadOptions): Promise<CellFile> {
  const opened = await openSource(await openPath(path, options.signal), gunzip);
  const { source, format, close } = opened;
  try {
    if (format === 'parquet') {
      await close();
      return await readParquetCells(parquetPath(path, opened), options);
    }
    if (format === 'json') return { ...(await jsonCells(opened, options)), close };
    const { names, warnings, rows } = await readDelimitedCells(source, options);
    return { names, warnings, rows, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The keys of the first rows are the columns; a later row may lack some, and has no others that count. */
async function jsonCells({ source }: Opened, options: ReadOptions): Promise<Omit<CellFile, 'close'>> {
  const chunks = jsonRows(source, options);
  let first: Awaited<ReturnType<typeof chunks.next>>['value'] = [];
  while (first.length === 0) {
    const { value, done } = await chunks.next();
    if (done === true)
      throw new LogisticError('no-rows', `${source.label}: there is no row`, { hint: 'give a file with rows' });
    first = value;
  }
  const names = [...new Set<string>(first.flatMap((row: object) => Object.keys(row)))];
  async function* rows(): AsyncGenerator<Cell[][]> {
    const cellsOf = (row: Readonly<Record<string, Cell>>): Cell[] =>
      names.map((name) => (Object.hasOwn(row, name) ? row[name] : undefined));
    yield first.map(cellsOf);
    for await (const chunk of chunks) yield chunk.map((row) => cellsOf(row as Readonly<Record<string, Cell>>));
  }
  return { names, rows: rows(), warnings: [] };
}

function parquetPath(path: string | WebInput, { packed, source }: Opened): string {
  if (typeof path === 'string' && !packed && source.size !== undefined) return path;
  throw new LogisticError(
    'bad-file',
    `${source.label}: Parquet is read from its end, which a pipe or a packed file does not give`,
    {
      hint: 'store it as a file of its own, unpacked',
    },
  );
}
