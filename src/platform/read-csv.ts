/**
 * Delimited text → Table: columns of plain numbers by csv-plain.ts in one scan, the others by csv-decided.ts.
 * It puts them together and says what was doubtful.
 */
import { describeCounters } from '../data/counters.ts';
import type { Asked } from '../data/infer.ts';
import { leftOut, requireNames, wantedColumns } from '../data/names.ts';
import type { Column, ColumnRequest, ReadOptions, Table } from '../data/table.ts';
import { LogisticError, type Warning } from '../errors.ts';
import { defaultMissingTokens } from '../predict/cell.ts';
import { type CsvFile, openCsv } from './csv.ts';
import { noneMissing, readDecided } from './csv-decided.ts';
import { readPlainColumns } from './csv-plain.ts';
import { cellSql, type Plan } from './csv-profile.ts';
import type { Database } from './duckdb.ts';
import type { Source } from './source.ts';

export async function readCsv(
  db: Database,
  source: Source,
  request: ColumnRequest,
  options: ReadOptions,
): Promise<Table> {
  const csv = await openCsv(db, source, options, request.target);
  const { names } = csv.columns;
  requireNames(request, names, csv.dialect);
  const plans = wantedColumns(request, names).map(
    (place): Plan => ({ place, name: names[place]!, asked: askedOf(names[place]!, request, csv, options) }),
  );
  const tokens = [...new Set(['', ...(options.missingTokens ?? defaultMissingTokens)])];
  const sql = cellSql(tokens);

  const plain = await readPlainColumns(db, source, csv, { plans, sql, tokens, options });
  const others = plans.filter(({ place }) => plain?.columns.has(place) !== true);
  const decided =
    plain !== undefined && others.length === 0
      ? { rows: plain.rows, badRows: plain.badRows, columns: new Map<number, Column>(), warnings: [] }
      : await readDecided(db, csv, others, { tokens, sql, options, label: source.label });
  const { rows } = decided;
  if (rows === 0) {
    // the sample has rows: DuckDB loses them where line ends of two kinds come first
    throw new LogisticError('bad-file', `${source.label}: no row can be read below the first lines`, {
      hint: 'give all lines the same end, \\n or \\r\\n',
    });
  }
  if (plain !== undefined && plain.rows !== rows) throw new Error(`${plain.rows} rows in one scan, ${rows} in another`);
  const columns = plans.flatMap(({ place, name }): Column[] => {
    const values = plain?.columns.get(place);
    const other = decided.columns.get(place);
    if (values !== undefined) return [{ kind: 'numeric', name, values, missing: noneMissing }];
    return other === undefined ? [] : [other];
  });
  const counters = describeCounters(columns, request, new Set([...csv.columns.unnamed].map((place) => names[place]!)));
  return {
    rows,
    columns: counters.columns,
    leftOut: leftOut(names, counters.columns),
    source: source.label,
    badRows: decided.badRows,
    warnings: [...csv.warnings, ...decided.warnings, ...counters.warnings, ...tokenShares(columns, rows)],
  };
}

function askedOf(name: string, request: ColumnRequest, csv: CsvFile, options: ReadOptions): Asked {
  const as = request.categorical?.includes(name)
    ? 'categorical'
    : request.numeric?.includes(name) || name === request.weights
      ? 'numeric'
      : name === request.target
        ? 'target'
        : undefined;
  return { as, decimalComma: options.decimalComma === true, delimiter: csv.dialect.delimiter };
}

/** A category in which one token of the missing list is common may be a real one: Namibia is NA. */
function tokenShares(columns: readonly Column[], rows: number): Warning[] {
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
