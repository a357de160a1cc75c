/**
 * The rows of a query, read once: what engines send as CSV goes through the reader of files, with the types that the
 * engine gave its columns.
 */
import type { ColumnRequest, ReadOptions, Table } from '../../data/table.ts';
import type { Dialect } from '../../sql/dialects.ts';
import type { Connection, DescribedColumn } from '../../sql/engine.ts';
import { readDelimitedCells } from '../../text/read-cells.ts';
import { readDelimited } from '../../text/read-delimited.ts';
import type { ByteSource } from '../../text/source.ts';

/** Sends the rows of a select as CSV, its header first. */
export type SendCsv = (select: string, signal: AbortSignal | undefined) => AsyncIterable<Uint8Array>;

/** How an engine gives its rows that sends them as CSV. */
export function rowsByCsv(
  { dialect, describe }: Pick<Connection, 'dialect' | 'describe'>,
  send: SendCsv,
): Pick<Connection, 'pull' | 'cells'> {
  return {
    async pull(query, request, options) {
      const columns = await describe(query, options.signal);
      return tableFromCells(send(selectCells(dialect, query, columns), options.signal), columns, request, options);
    },
    async *cells(query, signal) {
      const select = selectCells(dialect, query, await describe(query, signal));
      const options = { delimiter: ',', header: true, signal };
      yield* (await readDelimitedCells(sourceOf(send(select, signal)), options)).rows;
    },
  };
}

/** The columns of a query as cells of CSV: numbers as they are, all else as text, '' where there is nothing. */
function selectCells(dialect: Dialect, query: string, columns: readonly DescribedColumn[]): string {
  const cells = columns.map(({ name, kind }) => {
    const column = `q.${dialect.identifier(name)}`;
    const cell = kind === 'numeric' && dialect.name !== 'clickhouse' ? column : dialect.castText(column);
    return `${dialect.name === 'clickhouse' ? `ifNull(${cell}, '')` : cell} as ${dialect.identifier(name)}`;
  });
  return `select ${cells.join(', ')} from (\n${query}\n) q`;
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

/** Reads the CSV of `selectCells`, its header first. */
async function tableFromCells(
  chunks: AsyncIterable<Uint8Array>,
  columns: readonly DescribedColumn[],
  request: ColumnRequest,
  options: ReadOptions,
): Promise<Table> {
  const named = (kind: DescribedColumn['kind']): string[] =>
    columns.filter((column) => column.kind === kind).map(({ name }) => name);
  const asked = new Set([...(request.numeric ?? []), ...(request.categorical ?? [])]);
  const more = (kind: DescribedColumn['kind']): string[] => named(kind).filter((name) => !asked.has(name));
  const table = await readDelimited(
    [sourceOf(chunks)],
    {
      ...request,
      numeric: [...(request.numeric ?? []), ...more('numeric')],
      categorical: [...(request.categorical ?? []), ...more('categorical')],
    },
    { ...options, delimiter: ',', header: true },
  );
  const booleans = new Set(named('boolean'));
  return {
    ...table,
    columns: table.columns.map((column) =>
      column.kind === 'boolean' && booleans.has(column.name) ? { ...column, typed: true } : column,
    ),
  };
}
