/** A file is the same table in Node and in Chromium, cell for cell, or the same refusal: every file of examples/data and more. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, inject } from 'vitest';
import { readTable } from '../../src/platform/read-table.ts';
import { inChromium } from '../support/chromium.ts';
import { bundle, visit } from '../support/page.ts';
import { digest, tableJson } from '../support/table-json.ts';
import { oddFile } from '../text/odd-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'logistic-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Bytes by the path at which Node reads them, which is their name in the page. */
const files = new Map<string, Uint8Array>();

function add(name: string, content: string | Uint8Array): void {
  const path = join(folder, name);
  writeFileSync(path, content);
  files.set(path, readFileSync(path));
}

/** Folders whose files are read besides. */
const more = process.env.TABLES?.split(':') ?? [];

beforeAll(async () => {
  for (const data of ['examples/data', 'test/reference', ...more]) {
    for (const name of readdirSync(data)) {
      if (/\.(csv|zst|data)$/.test(name)) files.set(resolve(data, name), readFileSync(join(data, name)));
    }
  }
  const penguins = readFileSync('examples/data/penguins.csv');
  const [head, tail] = [penguins.subarray(0, 5000), penguins.subarray(5000)];
  add('packed.csv.gz', gzipSync(penguins));
  add('members.csv.gz', Buffer.concat([gzipSync(head), gzipSync(tail)]));
  add('utf-16.csv', Buffer.from(`\ufeff${penguins}`, 'utf16le'));
  add('utf-16-be.csv', Buffer.from(`\ufeff${penguins}`, 'utf16le').swap16());
  add('latin-1.csv', Buffer.from('name,y\nné,1\n', 'latin1'));
  add('rows.jsonl', '{"x": 1.5, "t": "a", "b": true, "y": 0}\n{"x": null, "t": "né", "y": 1, "b": false}\n');
  add('rows.json', '[{"x": 1, "y": 0}, {"x": 12345678901234567890, "y": 1}]');
  add('twice.jsonl', '{"x": 1, "y": 0}\n{"x": 1, "x": 2}\n');
  add('bad.csv', 'x,y\n1,0\n2,1,3\n');
  const long = Array.from({ length: 40_000 }, (_, i) => `${Math.sin(i) * 1000},t${i % 300},"a ""${i % 7}""",${i % 2}`);
  const wide = long.map((row) => `${row},${'z'.repeat(400)}`);
  add('threads.csv', `x,t,q,y,z\n${wide.join('\n')}\n`); // above what is read on one thread
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  await db.run(`copy (from read_csv('examples/data/penguins.csv')) to '${folder}/penguins.parquet' (format parquet)`);
  const types = `i * 1.5 as d, i::decimal(9, 2) as c, i::float / 3 as f, i = 2 as b, if(i = 1, null, 't' || i) as t, i + 9007199254740993 as n`;
  await db.run(`copy (select ${types} from range(9) r(i)) to '${folder}/types.parquet' (format parquet, codec zstd)`);
  await db.run(`copy (select [i] as l from range(9) r(i)) to '${folder}/nested.parquet' (format parquet)`);
  db.closeSync();
  for (const name of ['penguins', 'types', 'nested'].map((name) => join(folder, `${name}.parquet`)))
    files.set(name, readFileSync(name));
});

inChromium('files', async ({ browser }) => {
  const script = `
    import { readTable } from 'tfjs-logistic/browser';
    import { digest, tableJson } from ${JSON.stringify(resolve('test/support/table-json.ts'))};
    const result = {};
    for (const [k, path] of (await (await fetch('paths.json')).json()).entries()) {
      const file = new File([await (await fetch('files/' + k)).blob()], path);
      result[path] = await digest(await tableJson(readTable(file)));
    }
    window.result = result;`;
  const paths = [...files.keys()];
  const served = Object.fromEntries(paths.map((path, k) => [`files/${k}`, files.get(path)!]));
  const page = { 'page.js': await bundle(script, inject('installed')), 'paths.json': JSON.stringify(paths) };
  const { result, errors } = await visit(browser, { ...page, ...served });
  expect(errors).toEqual([]);
  const there = result as Record<string, string>;
  for (const path of paths) {
    const here = await tableJson(readTable(path, {}, {}));
    expect(there[path], `${path}: ${here.slice(0, 300)}`).toBe(await digest(here));
  }
  expect(paths.length).toBeGreaterThan(25);
});

inChromium('seeded files with odd cells', async ({ browser }) => {
  const texts = Array.from({ length: 200 }, (_, seed) => oddFile(seed).text);
  const script = `
    import { readTable } from 'tfjs-logistic/browser';
    import { tableJson } from ${JSON.stringify(resolve('test/support/table-json.ts'))};
    const result = [];
    for (const text of await (await fetch('texts.json')).json())
      result.push(await tableJson(readTable(new File([text], 'd.csv'))));
    window.result = result;`;
  const page = { 'page.js': await bundle(script, inject('installed')), 'texts.json': JSON.stringify(texts) };
  const { result } = await visit(browser, page);
  for (const [seed, there] of (result as string[]).entries()) {
    const here = await tableJson(readTable(new File([texts[seed]!], 'd.csv'), {}, {}));
    expect(there, `seed ${seed}`).toBe(here);
  }
});
