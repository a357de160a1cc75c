/**
 * The rows of a query, read once: an engine sends numbers as float64 and all else as text, by a select that casts them,
 * and they become the columns of a table. How cells travel is each engine's.
 */
import type { ColumnarChunk } from '../../columnar/readers.ts';
import {
  type ColumnarSource,
  columnarTable,
  isFraction,
  storeColumnar,
  type WantedColumn,
} from '../../columnar/table.ts';
import { type Connection, type DescribedColumn, isWhole } from '../../sql/engine.ts';
import { fromQuery } from '../../sql/queried-rows.ts';
import { Writer } from '../../sql/statement.ts';

export type CellKind = 'number' | 'text';

/** The cells of a column in a chunk, at least as many as it has rows: numbers with NaN for null, or texts. */
export type SentCells = { readonly numbers: Float64Array; readonly nulls: number } | readonly (string | null)[];

/** Sends the rows of a select, whose columns are of these kinds. */
export type SendRows = (
  select: string,
  kinds: readonly CellKind[],
  signal: AbortSignal | undefined,
) => AsyncIterable<ColumnarChunk>;

/** How an engine gives its rows. */
export function rowsOf(
  { dialect, describe }: Pick<Connection, 'dialect' | 'describe'>,
  send: SendRows,
): Pick<Connection, 'pull' | 'store' | 'cells'> {
  const w = new Writer(dialect);
  const sourceOf = async (query: string, signal: AbortSignal | undefined): Promise<ColumnarSource> => ({
    label: 'the query',
    columns: (await describe(query, signal)).map((column) => ({ field: column.name, type: storedType(column) })),
    rows: async () => undefined,
    chunks(wanted) {
      const kinds = wanted.map(kindOf);
      const casts = wanted.map((column, k) => cellOf(w, column, kinds[k]!));
      return send(`select ${casts.join(', ')} ${fromQuery(query)}`, kinds, signal);
    },
  });
  return {
    async pull(query, request, options) {
      return columnarTable(await sourceOf(query, options.signal), request, options);
    },
    async store(query, request, options, openFile) {
      return storeColumnar(await sourceOf(query, options.signal), request, options, openFile);
    },
    async *cells(query, signal) {
      const names = (await describe(query, signal)).map(({ name }) => name);
      const casts = names.map((name) => dialect.castText(w.column(name)));
      const kinds = names.map((): CellKind => 'text');
      for await (const chunk of send(`select ${casts.join(', ')} ${fromQuery(query)}`, kinds, signal)) {
        const texts = names.map((_, k) => chunk.texts(k));
        yield Array.from({ length: chunk.rows }, (_, row) => texts.map((textAt) => textAt(row) ?? ''));
      }
    },
  };
}

/** Numbers as texts are spelled here. */
const kindOf = ({ storage, type }: WantedColumn): CellKind =>
  storage === 'text' && !isFraction(type) ? 'text' : 'number';

function cellOf(w: Writer, { field, type }: WantedColumn, kind: CellKind): string {
  const column = w.column(field);
  if (kind === 'text') return w.dialect.castText(column);
  if (type !== 'BOOLEAN') return w.dialect.asDouble(column);
  return `case when ${column} then ${w.number(1)} when not ${column} then ${w.number(0)} end`;
}

/** A type by the name that the room columnar has for it; of what is no number, boolean or text the engine's own. */
function storedType(column: DescribedColumn): string {
  const { kind, type } = column;
  if (kind === 'numeric') return isWhole(column) ? 'BIGINT' : 'DOUBLE';
  if (kind === 'boolean') return 'BOOLEAN';
  return kind === 'categorical' ? 'VARCHAR' : type.replace(/^Nullable\((.*)\)$/, '$1').toUpperCase();
}

export function chunkOf(rows: number, columns: readonly SentCells[]): ColumnarChunk {
  return {
    rows,
    copyNumbers(column, values, at) {
      const { numbers, nulls } = columns[column] as Extract<SentCells, { readonly nulls: number }>;
      values.set(numbers.subarray(0, rows), at);
      return nulls;
    },
    texts(column) {
      const cells = columns[column]!;
      if (!('numbers' in cells)) return (row) => cells[row]!;
      return (row) => (Number.isNaN(cells.numbers[row]) ? null : String(cells.numbers[row]));
    },
  };
}

/** A column of what a driver gave as values of JavaScript. */
export function sentCells(values: readonly unknown[], kind: CellKind): SentCells {
  if (kind === 'text') return values as readonly (string | null)[];
  const nulls = values.filter((value) => value === null).length;
  return { numbers: Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value))), nulls };
}
