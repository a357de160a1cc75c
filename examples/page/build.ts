/**
 * One HTML file of the page: style, script and figures in one document that works by double-click and from any server.
 * The page's script is its worker's script too, so everything is there once. Formulas become MathML and lines of the
 * library's source become text here, at build time: the page loads no mathematics library and quotes the code it runs.
 * `npm run page` writes dist/index.html and two scripts beside it, which the page asks for only when they are needed:
 * formats.js for Parquet and zstd files, tensorflow.js for the check by tf.grad and the backend wasm.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { codeOf } from './code-of.ts';
import { storyOf } from './markdown.ts';
import { mathml } from './mathml.ts';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What src/written.d.ts declares: formulas as MathML, lines of the library, the derivation. */
const written: Plugin = {
  name: 'written',
  setup(builder) {
    builder.onLoad({ filter: /examples[\\/]page[\\/]src[\\/].*\.tsx?$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const contents = source
        .replace(/\btex`([^`]*)`/g, (_, formula) => JSON.stringify(mathml(formula)))
        .replace(/\bcode`([^`#]+)#(\w+)#([^`]*)`/g, (_, file, name, words) => JSON.stringify(codeOf(file, name, words)))
        .replace(/\bstory`([^`]*)`/g, (_, file) => JSON.stringify(storyOf(file)));
      return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' };
    });
  },
};

/** A module as it stands in the page. */
const instead = (contents: string) => () => ({ contents, loader: 'js' as const });

/**
 * What the page has in another form, or not at all: some packages are in scripts beside it; workers run the page's own
 * script; WebAssembly stands as characters, which pack better than base64; a page cannot reach a database, and this one asks for no inference.
 */
const provided: Plugin = {
  name: 'provided',
  setup(builder) {
    for (const [name, own] of Object.entries(besides))
      builder.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: folder(`src/beside/${own}.cjs`) }));
    builder.onLoad({ filter: /cpu[\\/]worker\.generated\.ts$/ }, instead("export const workerSource = 'sums'"));
    builder.onLoad({ filter: /text[\\/]worker\.generated\.ts$/ }, instead("export const workerSource = 'text'"));
    builder.onLoad({ filter: new RegExp(`src[\\\\/](${absent.join('|')})\\.ts$`) }, instead('module.exports = {}'));
    builder.onLoad({ filter: /kernels?\.generated\.ts$/ }, async ({ path }) => {
      const [, name, base64] = /const (\w+) =\s+'([^']*)'/.exec(await readFile(path, 'utf8'))!;
      const characters = JSON.stringify(Buffer.from(base64!, 'base64').toString('latin1'));
      return { contents: `export const ${name} = btoa(${characters})`, loader: 'js' };
    });
  },
};

/** Modules that the scripts beside the page hold, by the names they are imported by. */
const besides = {
  '@tensorflow/tfjs': 'tf',
  '@tensorflow/tfjs-backend-wasm': 'wasm',
  './parquet.ts': 'parquet',
  fzstd: 'fzstd',
};

/** Modules of the library of which nothing is called here: rows elsewhere, inference, formulas, detailed evaluation. */
const absent = [
  '(sql|inference)[\\\\/]\\w+',
  '\\w+[\\\\/]queried',
  'design[\\\\/](formula\\S*|stored\\S*|(page|query)-\\S+|order-statistics)',
  'cpu[\\\\/]page\\S+',
  'evaluation[\\\\/](calibration|thresholds|goodness-of-fit|decision-curve|lowess)',
  'model[\\\\/](infer|training-residuals|nested|cross-validate|influence|intervals|marginal-effects|per-units|refits)',
];

const shared = {
  ...{ bundle: true, minify: true, write: false, format: 'iife', platform: 'browser', target: 'es2022' },
  ...{ charset: 'utf8', logLevel: 'error', legalComments: 'none' },
  alias: { '#runtime': folder('src/runtime.ts') },
} as const satisfies BuildOptions;

/** A script that lies beside the page: a function of the global `besides`, which gives what the entry exports. */
export async function buildBeside(name: 'formats' | 'tensorflow'): Promise<string> {
  const { outputFiles } = await build({
    ...shared,
    entryPoints: [folder(`src/beside/${name}.ts`)],
    globalName: 'own',
    ...(name === 'tensorflow' && { define: { wasmProgram: JSON.stringify(await wasmProgram()) } }),
  });
  return `(globalThis.besides??={}).${name}=function(){${outputFiles[0]!.text};return own};\n`;
}

async function wasmProgram(): Promise<string> {
  const program = await readFile(
    folder('../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'),
  );
  return `data:application/wasm;base64,${program.toString('base64')}`;
}

/** The page as one document, and its size as a server sends it. */
export async function buildPage(): Promise<{ readonly html: string; readonly gzipped: number }> {
  const { outputFiles } = await build({
    entryPoints: { page: folder('src/main.tsx'), style: folder('src/style/page.css') },
    outdir: folder('dist'),
    ...shared,
    ...{ jsx: 'automatic', jsxImportSource: 'preact' },
    plugins: [written, provided],
  });
  const text = (end: string): string => outputFiles.find(({ path }) => path.endsWith(end))!.text.trim();
  const template = await readFile(folder('src/page.html'), 'utf8');
  const html = template
    .replace('/* style */', () => text('.css'))
    .replace('/* script */', () => text('.js').replaceAll('</script', '<\\/script'));
  return { html, gzipped: gzipSync(html, { level: 9 }).length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { html, gzipped } = await buildPage();
  await mkdir(folder('dist'), { recursive: true });
  await writeFile(folder('dist/index.html'), html);
  for (const name of ['formats', 'tensorflow'] as const)
    await writeFile(folder(`dist/${name}.js`), await buildBeside(name));
  console.log(`examples/page/dist/index.html  ${(gzipped / 1000).toFixed(1)} kB gzipped`);
}
