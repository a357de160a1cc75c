/**
 * The rows of a query on disk: read once from the engine, standardised there, and kept as pages that each evaluation
 * reads. For rows that memory cannot hold and that many passes are made over.
 */
import { type PagedRows, type PageFile, placePages, rowsPerPage } from '../backends/cpu/pages.ts';
import type { QueriedDesign } from '../design/queried.ts';
import { LogisticError } from '../errors.ts';
import type { Precision, RowSource, RowSums } from '../rows/contract.ts';
import type { Connection } from '../sql/engine.ts';
import { numbersStatement } from '../sql/queried-rows.ts';

/** Opens a file for so many bytes of pages. */
export type PageFileOpener = (bytes: number) => Promise<PageFile>;

export interface PagingOptions {
  readonly precision: Precision;
  readonly threads: 'auto' | number;
  readonly openFile: PageFileOpener;
  readonly signal: AbortSignal | undefined;
}

export async function placeOnDisk(
  connection: Connection,
  { rows, census }: Pick<QueriedDesign, 'rows' | 'census'>,
  { precision, threads, openFile, signal }: PagingOptions,
): Promise<RowSums> {
  if (connection.numbers === undefined) {
    throw new LogisticError('bad-option', `rows of ${connection.detail} are not kept on disk`, {
      hint: 'read them into memory (--rows memory) or leave them there (--rows there)',
      details: { option: 'rows' },
    });
  }
  const features = rows.terms.length;
  const classes = rows.labels.length;
  const pageRows = rowsPerPage({ features, classes, precision });
  const width = Math.ceil(features / 4) * 4 + (classes === 2 ? 1 : 2);
  const bytes = Math.ceil(census.rows / pageRows) * pageRows * width * (precision === 'float32' ? 4 : 8);
  const chunks = connection.numbers(numbersStatement(connection.dialect, rows), signal);
  const paged: PagedRows = {
    features,
    classes,
    storage: precision,
    pageRows,
    pages: pagesOf(chunks, { features, classes, pageRows, rows: census.rows }),
    classFactors: rows.classFactors,
    summary: census.summary,
  };
  const placed = await placePages(paged, await openFile(bytes), { threads, signal });
  if (placed !== undefined) return placed;
  throw new LogisticError('backend-unavailable', 'rows on disk need WebAssembly SIMD, which is missing here');
}

interface PageShape {
  readonly features: number;
  readonly classes: number;
  readonly pageRows: number;
  /** Rows that must come. */
  readonly rows: number;
}

/** Chunks of [x_1 … x_n, y, s] in any length → pages of one, the last filled up with rows of weight 0. */
async function* pagesOf(
  chunks: AsyncIterable<readonly Float64Array[]>,
  { features, classes, pageRows, rows }: PageShape,
): AsyncGenerator<RowSource> {
  const columns = Array.from({ length: features + 2 }, () => new Float64Array(pageRows));
  const [labels, weights] = columns.slice(features) as [Float64Array, Float64Array];
  let held = 0;
  let total = 0;
  const page = (): RowSource => {
    for (const column of columns) column.fill(0, held);
    held = 0;
    return {
      rows: pageRows,
      classes,
      labels: Int32Array.from(labels),
      weights,
      columns: columns.slice(0, features).map((x) => ({
        kind: 'dense',
        mean: 0,
        scale: 1,
        read: (from, into) => into.set(x.subarray(from, from + into.length)),
      })),
    };
  };
  for await (const chunk of chunks) {
    const length = chunk[0]!.length;
    total += length;
    for (let from = 0; from < length; ) {
      const count = Math.min(length - from, pageRows - held);
      for (const [k, column] of columns.entries()) column.set(chunk[k]!.subarray(from, from + count), held);
      held += count;
      from += count;
      if (held === pageRows) yield page();
    }
  }
  if (held > 0) yield page();
  if (total === rows) return;
  throw new LogisticError('rows-changed', `the query gave ${total} rows where there were ${rows}`, {
    hint: 'query a snapshot, or files that nobody writes to',
  });
}
