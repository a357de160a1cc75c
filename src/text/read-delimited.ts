/**
 * Delimited text → Table, in one pass over its bytes: blocks of whole rows are read one after the other or by several
 * threads, their cells gathered by column, and each column decided when the last row is there. Nothing is read twice,
 * so the bytes may come from a pipe.
 */
import { runtime } from '#runtime';
import { countsUp, describeCounters } from '../data/counters.ts';
import type { Asked, RestOfFile } from '../data/infer.ts';
import { leftOut, requireNames, wantedColumns } from '../data/names.ts';
import { firstWrongWeight, wrongWeight } from '../data/sample-weights.ts';
import { type PageFileOpener, type StoredTable, storedTable } from '../data/stored-table.ts';
import type { Column, ColumnHead, ColumnRequest, NumericColumn, ReadOptions, Table } from '../data/table.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { defaultMissingTokens } from '../predict/cell.ts';
import { nextTask } from '../yielding.ts';
import { BlockCutter } from './cutter.ts';
import { finishColumn, type Reading } from './finish.ts';
import { type Use, uses } from './kernel.ts';
import { type OpenText, openText } from './open-text.ts';
import { Places } from './places.ts';
import { blockBytes, blockReader } from './read-blocks.ts';
import type { ByteSource } from './source.ts';
import { formBits } from './spelling.ts';
import { type CellKeeping, ColumnStore, type Expected } from './store.ts';
import { openStoredCells, type StoredCells } from './stored-cells.ts';

/** Rows beyond the estimate for which there is room at once. */
const spareRoom = 1.02;

/** In memory. */
const tableCells: CellKeeping<Column> = {
  open: (expected) => new ColumnStore(expected),
  begin() {},
  keep: (column) => column,
};

/** Several sources are one table; their headers must be the same. */
export function readDelimited(
  sources: readonly ByteSource[],
  request: ColumnRequest,
  options: ReadOptions,
  threads = runtime.availableThreads(),
): Promise<Table> {
  return readColumns(sources, { request, options, threads, openCells: async () => tableCells });
}

/** The same with its cells in a file of pages. */
export async function storeDelimited(
  sources: readonly ByteSource[],
  request: ColumnRequest,
  options: ReadOptions,
  openFile: PageFileOpener,
  threads = runtime.availableThreads(),
): Promise<StoredTable> {
  let cells: StoredCells | undefined;
  let width = 0;
  const openCells = async (columns: number): Promise<StoredCells> => {
    width = columns;
    cells = await openStoredCells(openFile, sizeOf(sources) || 0, width);
    return cells;
  };
  try {
    const table = await readColumns(sources, { request, options, threads, openCells });
    return storedTable(await cells!.finish(), width, table);
  } catch (error) {
    await cells?.close();
    throw error;
  }
}

/** Bytes of all sources, NaN where that is not known. */
const sizeOf = (sources: readonly ByteSource[]): number =>
  sources.reduce((sum, each) => sum + (each.size ?? Number.NaN), 0);

interface ColumnsRequest<C extends ColumnHead> {
  readonly request: ColumnRequest;
  readonly options: ReadOptions;
  readonly threads: number;
  /** Called with the number of columns that are read. */
  openCells(columns: number): Promise<CellKeeping<C>>;
}

/** A column that has been decided. */
interface Decided<C> {
  /** Undefined where it is left out. */
  readonly column: C | undefined;
  readonly warning: Warning | undefined;
  /** Whether it counts the rows, and whether some number has decimals. */
  readonly counts: boolean;
  readonly fraction: boolean;
}

async function readColumns<C extends ColumnHead>(
  sources: readonly ByteSource[],
  { request, options, threads, openCells }: ColumnsRequest<C>,
): Promise<Omit<Table, 'columns'> & { readonly columns: readonly C[] }> {
  const [source] = sources as [ByteSource];
  const text = await openText(source, options, request.target);
  const { dialect, columns: named, kernel } = text;
  const { names } = named;
  requireNames(request, names, dialect);
  const wanted = wantedColumns(request, names);
  const cells = await openCells(wanted.length);
  const { stores, places } = await gather(sources, text, { wanted, request, options, threads, cells });
  places.requireGoodRows();
  const rows = stores.get(wanted[0]!)?.rows ?? 0;
  if (rows === 0) {
    throw new LogisticError('no-rows', `${source.label}: there is a header and no row`, {
      hint: 'give a file with rows',
    });
  }
  await cells.begin(rows, wanted.length);
  // A comma that may be decimal or group thousands is decided by the other columns.
  const doubtful = [...stores.values()].some(({ forms, texts }) => texts > 0 || (forms & formBits.comma) !== 0);
  const reading: Reading = {
    dictionary: { size: kernel.get('texts'), textOf: (id) => kernel.textOf(id) },
    tokens: new Set(['', ...(options.missingTokens ?? defaultMissingTokens)]),
    places,
  };
  const finished = new Map<number, Decided<C>>();
  const finish = async (some: readonly number[], rest?: RestOfFile): Promise<void> => {
    for (const place of some) {
      const asked = askedOf(names[place]!, request, options);
      const store = await stores.get(place)!.whole();
      const done = finishColumn(names[place]!, store, { ...asked, ...(rest && { rest }) }, reading);
      if (done === undefined) continue;
      const { column, warning } = done;
      if (column?.kind === 'numeric' && column.name === request.weights) requireWeights(column, places);
      finished.set(place, {
        counts: column !== undefined && countsUp(column),
        fraction: doubtful && column?.kind === 'numeric' && column.values.some(isFraction),
        column: column && (await cells.keep(column, wanted.indexOf(place))),
        warning,
      });
      stores.delete(place);
      await nextTask();
      options.signal?.throwIfAborted();
    }
  };
  await finish(wanted);
  if (stores.size > 0) await finish([...stores.keys()], restOf(finished.values(), dialect.delimiter));
  const inOrder = wanted.map((place) => finished.get(place)!);
  const columns = inOrder.flatMap(({ column }) => column ?? []);
  const warnings = inOrder.flatMap(({ warning }) => warning ?? []);
  const unnamed = new Set([...named.unnamed].map((place) => names[place]!));
  const counters = describeCounters(columns, request, unnamed, {
    rows,
    counts: (column) => inOrder.some((decided) => decided.column === column && decided.counts),
  });
  return {
    rows,
    columns: counters.columns,
    leftOut: leftOut(names, counters.columns),
    source: sources.length === 1 ? source.label : `${source.label} and ${sources.length - 1} more`,
    badRows: places.badRows,
    warnings: [...text.warnings, ...warnings, ...counters.warnings, ...tokenShares(columns, rows)],
  };
}

const isFraction = (value: number): boolean => value % 1 !== 0 && !Number.isNaN(value);

function restOf(finished: Iterable<Decided<ColumnHead>>, delimiter: string): RestOfFile {
  const numeric = [...finished].flatMap(({ column, fraction }) =>
    column?.kind === 'numeric' ? [{ name: column.name, decimal: column.style?.decimal ?? '.', fraction }] : [],
  );
  return {
    delimiter,
    pointColumn: numeric.find(({ decimal, fraction }) => decimal === '.' && fraction)?.name,
    commaColumn: numeric.find(({ decimal }) => decimal === ',')?.name,
  };
}

function requireWeights({ name, values }: NumericColumn, places: Places): void {
  const row = firstWrongWeight(values);
  if (row >= 0)
    throw wrongWeight(`${places.whereIs(row)}: column ${name}`, values[row], { row: row + 1, column: name });
}

interface Gathering {
  readonly wanted: readonly number[];
  readonly request: ColumnRequest;
  readonly options: ReadOptions;
  readonly threads: number;
  readonly cells: CellKeeping<ColumnHead>;
}

/** All cells of the wanted columns, by position in the file. */
async function gather(
  sources: readonly ByteSource[],
  first: OpenText,
  { wanted, request, options, threads, cells }: Gathering,
) {
  const { kernel, dialect, columns } = first;
  const size = sizeOf(sources);
  const expected: Expected = { rows: 0 };
  const stores = new Map(wanted.map((place) => [place, cells.open(expected)]));
  const columnUses = Array.from({ length: dialect.width }, (_, place): Use => {
    if (place === columns.names.length) return uses.mustBeEmpty;
    if (!stores.has(place)) return uses.skipped;
    return request.categorical?.includes(columns.names[place]!) ? uses.textsOnly : uses.numbersAndTexts;
  });
  const places = new Places(options.maxBadRows ?? 0);
  const delimiter = dialect.delimiter.charCodeAt(0);
  const reader = await blockReader(kernel, { uses: columnUses, delimiter, size, threads });
  let [bytes, rows] = [0, 0];
  try {
    for (const [k, source] of sources.entries()) {
      const text = k === 0 ? first : await openLike(first, sources, k, options);
      places.open(source.label, text.dialect.start);
      const tooLong = (inQuotes: boolean): LogisticError => places.tooLong(inQuotes);
      const cutter = new BlockCutter(kernel, { delimiter, blockBytes, tooLong });
      for await (const { block, bytes: read, translate } of reader.read(cutter, text.rest)) {
        options.signal?.throwIfAborted();
        places.add(block, read.length);
        bytes += read.length;
        rows += block.rows;
        const given = sources.reduce((sum, each) => sum + each.given(), 0);
        if (size > 0) {
          // What is packed has more bytes than are given, and what is not is given ahead.
          expected.rows = Math.ceil((spareRoom * rows * size) / Math.min(bytes, given));
          options.onProgress?.(Math.min(1, given / size));
        }
        for (const [place, store] of stores) await store.append(block.columns[place]!, translate);
      }
    }
  } finally {
    await reader.close();
  }
  return { stores, places };
}

/** A further file, whose columns must be those of the first. */
async function openLike(first: OpenText, sources: readonly ByteSource[], k: number, options: ReadOptions) {
  const { delimiter } = first.dialect;
  const text = await openText(sources[k]!, { ...options, delimiter }, undefined);
  const [wanted, found] = [first.columns.names, text.columns.names];
  const place = wanted.findIndex((name, j) => name !== found[j]);
  if (place < 0 && wanted.length === found.length && first.dialect.trailing === text.dialect.trailing) return text;
  const differ =
    place < 0 ? `${wanted.length} and ${found.length} columns` : `${wanted[place]} and ${found[place] ?? 'nothing'}`;
  throw new LogisticError(
    'different-columns',
    `${sources[0]!.label} and ${sources[k]!.label} have different headers: ${differ}`,
    {
      hint: 'give files with the same columns in the same order',
    },
  );
}

function askedOf(name: string, request: ColumnRequest, options: ReadOptions): Asked {
  const as = request.categorical?.includes(name)
    ? 'categorical'
    : request.numeric?.includes(name) || name === request.weights
      ? 'numeric'
      : name === request.target
        ? 'target'
        : undefined;
  const comma = options.decimalComma === true ? 'decimal' : options.thousands === undefined ? undefined : 'thousands';
  return { as, comma };
}

/** A category in which one token of the missing list is common may be a real one: Namibia is NA. */
function tokenShares(columns: readonly ColumnHead[], rows: number): Warning[] {
  return columns.flatMap((column) => {
    if (column.kind === 'numeric') return [];
    const common = Object.entries(column.missing.tokens).filter(([token, count]) => token !== '' && count >= rows / 10);
    return common.map(([token, count]) => ({
      code: 'missing-token-share',
      message: `${column.name}: \`${token}\` is read as missing in ${count} of ${rows} rows; if it is a category of its own, list the missing texts without it (--missing-tokens)`,
      columns: [column.name],
    }));
  });
}
