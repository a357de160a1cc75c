/**
 * An application of all entries for the browser, made from the packed library by esbuild, webpack and Vite: without
 * warnings, with nothing of Node in it, and in Chromium it trains, reads files and scores as Node does.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { build as esbuild } from 'esbuild';
import { createLogger, build as vite } from 'vite';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import webpack from 'webpack';
import { inChromium } from '../support/chromium.ts';
import { type Files, visit } from '../support/page.ts';
import { t8 } from '../support/text-files.ts';

const application = `
  import { LogisticRegression as Portable } from 'tfjs-logistic';
  import { LogisticRegression, readTable } from 'tfjs-logistic/browser';
  import { loadScorer } from 'tfjs-logistic/predict';
  import { registerFusedKernels } from 'tfjs-logistic/tfjs';
  const model = await new LogisticRegression().fit('t8.csv', 'y');
  const [m, n] = [2 ** 17, 8];
  const x = Float64Array.from({ length: m * n }, (_, i) => Math.sin(i * i));
  const y = Array.from({ length: m }, (_, i) => (x[i * n] + Math.sin(i) > 0 ? 1 : 0));
  const threaded = await new Portable({ threads: 2 }).fit(x, y);
  const table = await readTable(await fetch('t8.parquet'));
  window.result = {
    intercept: model.intercept,
    threads: threaded.toJSON().madeBy.detail,
    rows: table.rows,
    columns: table.columns.map(({ name }) => name),
    scored: loadScorer(model.toJSON()).scoreRow({ x: 0 }).probabilities[1],
    kernels: typeof registerFusedKernels,
  };`;

/** A folder with the application, the packed library, and the packages of TensorFlow.js where it shall have them. */
function folderOf(withTensorFlow: boolean): string {
  const folder = mkdtempSync(join(dirname(inject('tarball')), 'app-'));
  const library = join('node_modules', 'tfjs-logistic');
  cpSync(join(inject('installed'), library), join(folder, library), { recursive: true });
  if (withTensorFlow) symlinkSync(resolve('node_modules/@tensorflow'), join(folder, 'node_modules/@tensorflow'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  writeFileSync(join(folder, 'page.js'), application);
  return folder;
}

/** Makes page.js and what it loads in `out`, and gives the warnings. */
type Bundler = (folder: string, out: string) => Promise<string[]>;

const bundlers: Readonly<Record<string, Bundler>> = {
  async esbuild(folder, out) {
    const { warnings } = await esbuild({
      entryPoints: [join(folder, 'page.js')],
      outdir: out,
      ...{ bundle: true, splitting: true, format: 'esm', platform: 'browser', logLevel: 'silent' },
    });
    return warnings.map(({ text }) => text);
  },
  webpack: (folder, out) =>
    new Promise((done, fail) => {
      const application: webpack.Configuration = {
        ...{ context: folder, entry: './page.js', mode: 'development', devtool: false, target: 'web' },
        output: { path: out, filename: 'page.js' },
      };
      webpack(application, (error, stats) => {
        const { errors = [], warnings = [] } = stats?.toJson() ?? {};
        if (error !== null || errors.length > 0) fail(error ?? new Error(errors[0]!.message));
        else done(warnings.map(({ message }) => message));
      });
    }),
  async vite(folder, out) {
    const warnings: string[] = [];
    const customLogger = { ...createLogger('silent'), warn: (text: string) => warnings.push(text) };
    const output = { entryFileNames: 'page.js' };
    const build = { outDir: out, minify: false, rolldownOptions: { input: join(folder, 'page.js'), output } };
    await vite({ configFile: false, logLevel: 'warn', root: folder, base: './', customLogger, build });
    return warnings;
  },
};

const missing = ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'];

function filesIn(folder: string): Files {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  return Object.fromEntries(
    names.map((name) => [name.replaceAll('\\', '/'), readFileSync(join(folder, name), 'utf8')]),
  );
}

let parquet: Uint8Array;
beforeAll(async () => {
  const path = join(dirname(inject('tarball')), 't8.parquet');
  writeFileSync(join(dirname(path), 't8.csv'), t8);
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  await db.run(`copy (from read_csv('${join(dirname(path), 't8.csv')}')) to '${path}' (format parquet)`);
  db.closeSync();
  parquet = readFileSync(path);
});

describe.each(Object.keys(bundlers))('%s', (name) => {
  inChromium('the library alone', async ({ browser }) => {
    const folder = folderOf(false);
    const warnings = await bundlers[name]!(folder, join(folder, 'out'));
    // webpack says of each optional package that is not installed that it is not; the others say nothing.
    const said = missing.filter((each) => warnings.some((warning) => warning.includes(`Can't resolve '${each}'`)));
    expect(said).toEqual(name === 'webpack' ? missing : []);
    expect(warnings).toHaveLength(said.length);
    const files = filesIn(join(folder, 'out'));
    for (const [path, text] of Object.entries(files))
      expect(/["'`]node:|\brequire\("/.exec(text as string), path).toBeNull();
    const { result, errors } = await visit(browser, { ...files, 't8.csv': t8, 't8.parquet': parquet });
    expect(errors).toEqual([]);
    expect(result).toEqual({
      intercept: expect.closeTo(-Math.log(3), 9),
      threads: expect.stringContaining('2 worker threads'),
      rows: 8,
      columns: ['x', 'y'],
      scored: expect.closeTo(0.25, 9),
      kernels: 'function',
    });
  });

  test('with TensorFlow.js', async () => {
    const folder = folderOf(true);
    expect(await bundlers[name]!(folder, join(folder, 'out'))).toEqual([]);
  });
});
