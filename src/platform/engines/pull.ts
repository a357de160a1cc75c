/**
 * The rows of a query, read once: what engines send as CSV goes through the reader of files, with the types that the
 * engine gave its columns.
 */
import type { ColumnHead, ColumnRequest } from '../../data/table.ts';
import { csvField } from '../../report/csv.ts';
import type { Dialect } from '../../sql/dialects.ts';
import type { Connection, DescribedColumn } from '../../sql/engine.ts';
import { readDelimitedCells } from '../../text/read-cells.ts';
import { readDelimited, storeDelimited } from '../../text/read-delimited.ts';
import type { ByteSource } from '../../text/source.ts';

/** Sends the rows of a select as CSV, its header first. */
export type SendCsv = (select: string, signal: AbortSignal | undefined) => AsyncIterable<Uint8Array>;

/** How an engine gives its rows that sends them as CSV. */
export function rowsByCsv(
  { dialect, describe }: Pick<Connection, 'dialect' | 'describe'>,
  send: SendCsv,
): Pick<Connection, 'pull' | 'store' | 'cells'> {
  return {
    async pull(query, request, options) {
      const columns = await describe(query, options.signal);
      const source = sourceOf(send(selectCells(dialect, query, columns), options.signal));
      return withTypes(await readDelimited([source], typed(request, columns), { ...options, ...csv }), columns);
    },
    async store(query, request, options, openFile) {
      const columns = await describe(query, options.signal);
      const source = sourceOf(send(selectCells(dialect, query, columns), options.signal));
      return withTypes(
        await storeDelimited([source], typed(request, columns), { ...options, ...csv }, openFile),
        columns,
      );
    },
    async *cells(query, signal) {
      const select = selectCells(dialect, query, await describe(query, signal));
      const options = { delimiter: ',', header: true, signal };
      yield* (await readDelimitedCells(sourceOf(send(select, signal)), options)).rows;
    },
  };
}

/** The columns of a query as texts, '' where there is nothing. */
function selectCells(dialect: Dialect, query: string, columns: readonly DescribedColumn[]): string {
  const cells = columns.map(({ name }) => {
    const column = dialect.identifier(name);
    return `coalesce(${dialect.castText(`q.${column}`)}, '') as ${column}`;
  });
  return `select ${cells.join(', ')} from (\n${query}\n) q`;
}

const encoder = new TextEncoder();

/** Rows of texts as CSV, for engines that send them in another way. */
export function csvOf(rows: readonly (readonly unknown[])[]): Uint8Array {
  return encoder.encode(rows.map((row) => `${row.map((cell) => csvField(String(cell))).join(',')}\n`).join(''));
}

/** What is sent, with how much of it there was. */
function sourceOf(chunks: AsyncIterable<Uint8Array>): ByteSource {
  let given = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      given += chunk.length;
      yield chunk;
    }
  }
  return { label: 'the query', size: undefined, given: () => given, chunks: counted() };
}

const csv = { delimiter: ',', header: true };

/** Columns are read as the engine describes them, unless something else is asked. */
function typed(request: ColumnRequest, columns: readonly DescribedColumn[]): ColumnRequest {
  const asked = new Set([...(request.numeric ?? []), ...(request.categorical ?? [])]);
  const more = (wanted: DescribedColumn['kind']): string[] =>
    columns.flatMap(({ kind, name }) => (kind === wanted && !asked.has(name) ? [name] : []));
  return {
    ...request,
    numeric: [...(request.numeric ?? []), ...more('numeric')],
    categorical: [...(request.categorical ?? []), ...more('categorical')],
  };
}

/** Booleans of the engine are true and false, not words. */
function withTypes<T extends { readonly columns: readonly ColumnHead[] }>(
  table: T,
  described: readonly DescribedColumn[],
): T {
  const booleans = new Set(described.flatMap(({ kind, name }) => (kind === 'boolean' ? [name] : [])));
  return {
    ...table,
    columns: table.columns.map((column) =>
      column.kind === 'boolean' && booleans.has(column.name) ? { ...column, typed: true } : column,
    ),
  };
}
