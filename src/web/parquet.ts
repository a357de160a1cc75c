/**
 * Parquet by hyparquet, in browsers: the bytes of a Blob → columns with the types, and cells with the texts, that DuckDB
 * gives in Node. Dates and decimals come as the integers that are stored. Row groups are read one by one.
 */
import { type FileMetaData, parquetMetadataAsync, parquetScan, parquetSchema, type SchemaElement } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { ColumnarChunk } from '../columnar/readers.ts';
import { type ColumnarSource, columnarTable } from '../columnar/table.ts';
import type { ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { LogisticError } from '../errors.ts';
import { nextTask } from '../yielding.ts';
import { copyNumbers, textOf, typeOf } from './parquet-types.ts';

export interface NamedBlob {
  readonly label: string;
  readonly blob: Blob;
}

export async function readParquet(named: NamedBlob, request: ColumnRequest, options: ReadOptions): Promise<Table> {
  try {
    return await columnarTable(await openParquet(named, options), request, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof LogisticError) throw error;
    throw new LogisticError('bad-file', `${named.label}: ${(error as Error).message}`, {
      hint: 'check that it is Parquet, or read it in Node',
    });
  }
}

/** Stored values as they are, which have more digits than a Date. */
const asStored = <T>(value: T): T => value;
const parsers = {
  timestampFromMilliseconds: asStored,
  timestampFromMicroseconds: asStored,
  timestampFromNanoseconds: asStored,
  dateFromDays: asStored,
  jsonFromBytes: asStored,
  stringFromBytes: asStored,
};

async function openParquet({ label, blob }: NamedBlob, { signal, onProgress }: ReadOptions): Promise<ColumnarSource> {
  const file = {
    byteLength: blob.size,
    slice: (start: number, end = blob.size) => blob.slice(start, end).arrayBuffer(),
  };
  const metadata = await parquetMetadataAsync(file);
  const trees = parquetSchema(metadata).children;
  const elements = new Map(trees.map(({ element }) => [element.name, element]));
  return {
    label,
    columns: trees.map((tree) => ({ field: tree.element.name, type: typeOf(tree) })),
    rows: async () => Number(metadata.num_rows),
    async *chunks(wanted) {
      for (const { field, type } of wanted) requireReadable(metadata, field, type, label);
      const scan = await parquetScan({
        file,
        metadata: withStoredDecimals(metadata),
        compressors,
        parsers,
        utf8: false,
      });
      for (const range of scan.ranges) {
        const cells: ArrayLike<unknown>[] = [];
        for (const { field } of wanted) {
          cells.push(await scan.readColumn({ column: field, ...range }));
          await nextTask();
          signal?.throwIfAborted();
        }
        yield chunkOf(
          cells,
          wanted.map(({ field }) => elements.get(field)!),
        );
        onProgress?.(range.rowEnd / Number(metadata.num_rows));
      }
    },
  };
}

/** hyparquet 1.33 loses the highest bit of such numbers as DuckDB writes them. */
function requireReadable({ row_groups }: FileMetaData, field: string, type: string, label: string): void {
  const encoding = 'DELTA_BINARY_PACKED';
  const chunks = row_groups.flatMap(({ columns }) => columns.map(({ meta_data }) => meta_data));
  const encoded = chunks.some((chunk) => chunk?.path_in_schema[0] === field && chunk.encodings.includes(encoding));
  if (type !== 'UINTEGER' || !encoded) return;
  const message = `${label}: column ${field}: numbers of the type ${type} in the encoding ${encoding} are read in Node only`;
  throw new LogisticError('bad-file', message, { hint: 'read it in Node, or store the column as BIGINT' });
}

/** hyparquet divides decimals by a power of ten, which has fewer digits than some of them. */
function withStoredDecimals(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element) => {
    if (element.converted_type !== 'DECIMAL') return element;
    const { converted_type: _, logical_type: __, ...stored } = element;
    return stored;
  });
  return { ...metadata, schema };
}

function chunkOf(cells: readonly ArrayLike<unknown>[], elements: readonly SchemaElement[]): ColumnarChunk {
  return {
    rows: cells[0]?.length ?? 0,
    copyNumbers: (column, values, at) => copyNumbers(elements[column]!, cells[column]!, values, at),
    texts(column) {
      const text = textOf(elements[column]!);
      // Cells of a dictionary are one value each, not copies.
      const known = new Map<unknown, string>();
      return (row) => {
        const cell = cells[column]![row];
        if (cell === undefined || cell === null) return null;
        const found = known.get(cell) ?? text(cell);
        known.set(cell, found);
        return found;
      };
    },
  };
}
