/** The reader beside three well-kept ones, and beside itself in pieces of every size, on seeded files with odd cells. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { oddFile } from './odd-files.ts';
import { cellsOf, outcome } from './support.ts';

/** `npm run fuzz` goes on. */
const files = 400;

test(`cells of ${files} files are what was written, csv-parse's, and Papa Parse's where it reads them`, async () => {
  let papa = 0;
  for (let seed = 0; seed < files; seed++) {
    const { text, delimiter, rows } = oddFile(seed);
    const found = await cellsOf(text, { delimiter });
    const of = (cells: readonly (readonly string[])[]): string[][] =>
      cells.slice(1).map((row) => row.map((cell) => cell.trim()));
    const about = `seed ${seed}: ${JSON.stringify(text)}`;
    expect(found, about).toEqual(of(rows));
    const lineEnds = { relax_quotes: true, record_delimiter: ['\r\n', '\n', '\r'] };
    expect(found, `csv-parse, ${about}`).toEqual(of(parse(text, { delimiter, bom: true, ...lineEnds })));
    // Papa Parse knows one line end a file, and takes an empty cell on a line of its own for a blank line.
    if (text.includes('\r') || rows[0]!.length === 1) continue;
    papa++;
    const { data } = Papa.parse<string[]>(text.replace(/^\ufeff/, ''), { delimiter, newline: '\n' });
    expect(found, `Papa Parse, ${about}`).toEqual(of(data.filter((row) => row.length > 1)));
  }
  expect(papa).toBeGreaterThan(files / 20);
});

/** An optional dependency: where it is not installed, the test is skipped and its title says so. */
const duckdb = await import('@duckdb/node-api').catch(() => undefined);
const absent = duckdb === undefined ? ' (skipped: @duckdb/node-api is not installed)' : '';

test.skipIf(duckdb === undefined)(`cells are DuckDB's, where it reads the file strictly${absent}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'beside-duckdb-'));
  const instance = await duckdb!.DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  let compared = 0;
  try {
    for (let seed = 0; seed < 150; seed++) {
      const { text, delimiter, rows } = oddFile(seed);
      // It takes an empty cell on a line of its own for a blank line.
      if (rows[0]!.length === 1) continue;
      const path = join(folder, 'd.csv');
      writeFileSync(path, text);
      const columns = rows[0]!.map((name) => `'${name}': 'VARCHAR'`).join(', ');
      const options = `auto_detect = false, header = true, delim = '${delimiter}', quote = '"', escape = '"', columns = {${columns}}`;
      const theirs = await connection
        .runAndReadAll(`select * from read_csv('${path}', ${options})`)
        .then((read) => read.getRows().map((row) => row.map((cell) => String(cell ?? '').trim())))
        .catch(() => undefined);
      // Mixed line ends, and quotes within a cell that begins with none, are errors to it.
      if (theirs === undefined) continue;
      compared++;
      expect(await cellsOf(text, { delimiter }), `seed ${seed}: ${JSON.stringify(text)}`).toEqual(theirs);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(folder, { recursive: true });
  }
  expect(compared).toBeGreaterThan(50);
});

describe('a table', () => {
  test('is the same from pieces of every size', async () => {
    for (let seed = 0; seed < 12; seed++) {
      const { text, delimiter } = oddFile(seed);
      const options = { delimiter };
      const whole = await outcome(text, { options });
      const bytes = new TextEncoder().encode(text).length;
      for (let piece = 1; piece <= Math.min(bytes, 80); piece++) {
        expect(await outcome(text, { options, piece }), `seed ${seed}, pieces of ${piece}`).toEqual(whole);
      }
    }
  });

  test('has the cells as they stand in a column that is read as text', async () => {
    for (let seed = 0; seed < files; seed++) {
      const { text, delimiter, rows } = oddFile(seed);
      const request = { categorical: rows[0]! };
      const found = await outcome(text, { options: { delimiter, missingTokens: [] }, request });
      if (!('columns' in found)) expect.fail(JSON.stringify(found));
      for (const [k, column] of found.columns.entries()) {
        if (column.kind !== 'categorical') expect.fail(column.kind);
        const cells = column.codes.map((code) => column.levels[code] ?? '');
        expect(cells, `seed ${seed}`).toEqual(rows.slice(1).map((row) => row[k]!.trim()));
      }
    }
  });
});
