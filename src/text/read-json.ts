/**
 * JSON lines, or one array of objects → rows of objects, and a Table of them. The cells keep the types they have: no
 * text is read as a number. A line that is no object, or has a key twice, is told with its number.
 */
import { describeCounters } from '../data/counters.ts';
import { objectCells, objectNames } from '../data/from-objects.ts';
import { judgeCategory } from '../data/infer.ts';
import { describe, type ObjectRows } from '../data/kinds.ts';
import { leftOut, requireNames, wantedColumns } from '../data/names.ts';
import type { Column, ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { typedColumn } from '../data/typed-column.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { defaultMissingTokens } from '../predict/cell.ts';
import { utf8Chunks } from './encoding.ts';
import { date } from './profile.ts';
import type { ByteSource } from './source.ts';

type JsonRow = ObjectRows[number];

/** Beyond this a float64 skips whole numbers. */
const exactBelow = 2 ** 53;

export async function readJson(source: ByteSource, request: ColumnRequest, options: ReadOptions): Promise<Table> {
  const rows: JsonRow[] = [];
  for await (const chunk of jsonRows(source, options)) for (const row of chunk) rows.push(row);
  if (rows.length === 0) {
    throw new LogisticError('no-rows', `${source.label}: there is no row`, { hint: 'give a file with rows' });
  }
  const names = objectNames(rows);
  requireNames(request, names);
  const missingTokens = new Set(['', ...(options.missingTokens ?? defaultMissingTokens)]);
  const columns: Column[] = [];
  const warnings: Warning[] = [];
  for (const place of wantedColumns(request, names)) {
    const name = names[place]!;
    const as = request.categorical?.includes(name)
      ? 'categorical'
      : request.numeric?.includes(name)
        ? 'numeric'
        : undefined;
    const cells = objectCells(rows, name);
    if (as !== 'categorical') refuseNested(cells, name, source.label);
    const column = typedColumn(name, cells, { missingTokens, as });
    const asked = as !== undefined || name === request.target || name === request.weights;
    const warning = asked ? undefined : (beyondExact(column) ?? judgeCategory(column));
    if (!asked) refuseDates(column, source.label);
    if (warning === undefined) columns.push(column);
    else warnings.push(warning);
  }
  const counters = describeCounters(columns, request, new Set());
  return {
    rows: rows.length,
    columns: counters.columns,
    leftOut: leftOut(names, counters.columns),
    source: source.label,
    badRows: 0,
    warnings: [...warnings, ...counters.warnings],
  };
}

function beyondExact(column: Column): Warning | undefined {
  const beyond = (value: number): boolean => Math.abs(value) > exactBelow && Number.isInteger(value);
  if (column.kind !== 'numeric' || !column.values.every((value) => Number.isNaN(value) || beyond(value)))
    return undefined;
  const { name } = column;
  const message = `${name}: whole numbers beyond 2^53 lose digits and look like an identifier, so it is left out`;
  return column.values.length > column.missing.count ? { code: 'id-like', message, columns: [name] } : undefined;
}

function refuseNested(cells: readonly unknown[], name: string, label: string): void {
  const row = cells.findIndex((cell) => typeof cell === 'object' && cell !== null);
  if (row < 0) return;
  throw new LogisticError(
    'bad-type',
    `${label}: row ${row + 1}, column ${name}: found ${describe(cells[row])}, which is no single value`,
    {
      hint: `leave the column out (--drop ${name})`,
      details: { row: row + 1, column: name },
    },
  );
}

function refuseDates(column: Column, label: string): void {
  if (column.kind !== 'categorical' || column.levels.length === 0 || !column.levels.every((text) => date.test(text)))
    return;
  const { name, levels } = column;
  throw new LogisticError('date-column', `${label}: column ${name} holds dates such as ${levels[0]}`, {
    hint: `leave it out (--drop ${name}), or keep it as text (--categorical ${name})`,
    details: { column: name },
  });
}

/** The rows in their order, in chunks. */
export async function* jsonRows(source: ByteSource, options: ReadOptions): AsyncGenerator<JsonRow[]> {
  const { label } = source;
  let line = 0;
  let whole: string | undefined; // the text so far of what is one array
  let rest = '';
  const parse = (lines: readonly string[]): JsonRow[] => {
    const rows: JsonRow[] = [];
    for (const text of lines) {
      line++;
      if (text.trim() !== '') rows.push(parseRow(text, `${label}:${line}`));
    }
    return rows;
  };
  for await (const text of texts(source)) {
    options.signal?.throwIfAborted();
    if (line === 0 && rest === '' && whole === undefined && text.trimStart().startsWith('[')) whole = '';
    if (whole !== undefined) whole += text;
    else {
      const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop()!;
      yield parse(lines);
    }
    if (source.size !== undefined) options.onProgress?.(Math.min(1, source.given() / source.size));
  }
  if (whole !== undefined) yield parseArray(whole, label);
  else yield parse([rest]);
}

async function* texts({ chunks, label }: ByteSource): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of utf8Chunks(chunks, label)) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new LogisticError('encoding', `${label}: a byte that is not valid UTF-8`, {
      hint: 'convert the file to UTF-8',
    });
  }
}

function parseRow(text: string, where: string): JsonRow {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch (error) {
    throw new LogisticError('bad-rows', `${where}: not JSON (${(error as Error).message})`, {
      hint: 'give one object a line, or one array of objects',
    });
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    throw new LogisticError('bad-rows', `${where}: found ${text.slice(0, 60)}, expected an object`, {
      hint: 'give one object a line, or one array of objects',
    });
  }
  const twice = repeatedKey(text, row);
  if (twice !== undefined) {
    throw new LogisticError('bad-rows', `${where}: the key ${JSON.stringify(twice)} stands twice`, {
      hint: 'give each key once',
    });
  }
  return row as JsonRow;
}

function parseArray(text: string, label: string): JsonRow[] {
  try {
    return JSON.parse(text) as JsonRow[];
  } catch (error) {
    throw new LogisticError('bad-rows', `${label}: not JSON (${(error as Error).message})`, {
      hint: 'give one object a line, or one array of objects',
    });
  }
}

const strings = /"(?:[^"\\]|\\.)*"/g;

/** The first key of an object that comes again; JSON.parse keeps the last one without a word. */
function repeatedKey(text: string, row: object): string | undefined {
  const bare = text.replace(strings, '""');
  if (bare.split(':').length - 1 === Object.keys(row).length) return undefined;
  const seen = new Set<string>();
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    else if (depth === 1 && token.endsWith(':')) {
      const key = JSON.parse(token.slice(0, -1).trimEnd()) as string;
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
}
