/**
 * The rows of a query, read once: what engines send as CSV goes through the reader of files, with the types that the
 * engine gave its columns.
 */
import type { ColumnRequest, ReadOptions, Table } from '../../data/table.ts';
import type { Dialect } from '../../sql/dialects.ts';
import type { DescribedColumn } from '../../sql/engine.ts';
import { readDelimited } from '../../text/read-delimited.ts';
import type { Chunks } from '../../text/source.ts';

/** The columns of a query as cells of CSV: numbers as they are, all else as text, '' where there is nothing. */
export function selectCells(dialect: Dialect, query: string, columns: readonly DescribedColumn[]): string {
  const cells = columns.map(({ name, kind }) => {
    const column = `q.${dialect.identifier(name)}`;
    const cell = kind === 'numeric' && dialect.name !== 'clickhouse' ? column : dialect.asText(column);
    return `${dialect.name === 'clickhouse' ? `ifNull(${cell}, '')` : cell} as ${dialect.identifier(name)}`;
  });
  return `select ${cells.join(', ')} from (\n${query}\n) q`;
}

/** Reads the CSV of `selectCells`, its header first. */
export async function tableFromCells(
  chunks: Chunks,
  columns: readonly DescribedColumn[],
  request: ColumnRequest,
  options: ReadOptions,
): Promise<Table> {
  const named = (kind: DescribedColumn['kind']): string[] =>
    columns.filter((column) => column.kind === kind).map(({ name }) => name);
  const asked = new Set([...(request.numeric ?? []), ...(request.categorical ?? [])]);
  const more = (kind: DescribedColumn['kind']): string[] => named(kind).filter((name) => !asked.has(name));
  let given = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      given += chunk.length;
      yield chunk;
    }
  }
  const source = { label: 'the query', size: undefined, given: () => given, chunks: counted() };
  const table = await readDelimited(
    [source],
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
