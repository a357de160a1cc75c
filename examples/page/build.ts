/**
 * One HTML file of the page: style, script and figures in one document that works by double-click and from any server.
 * The page's script is its worker's script too, so everything is there once. Formulas become MathML and lines of the
 * library's source become text here, at build time: the page loads no mathematics library and quotes the code it runs.
 * `npm run page` writes dist/index.html, and beside it dist/tensorflow.js, which the page asks for only where
 * TensorFlow.js is wanted.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
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

/** What the library imports by name and only Node or a page with TensorFlow.js has. */
const provided: Plugin = {
  name: 'provided',
  setup(builder) {
    builder.onResolve({ filter: /^@tensorflow\// }, ({ path }) => ({
      path: folder(path.endsWith('wasm') ? 'src/tensorflow/wasm.cjs' : 'src/tensorflow/tf.cjs'),
    }));
  },
};

/** The page as one document, and its size as a server sends it. */
export async function buildPage(): Promise<{ readonly html: string; readonly gzipped: number }> {
  const { outputFiles } = await build({
    entryPoints: { page: folder('src/main.tsx'), style: folder('src/style/page.css') },
    outdir: folder('dist'),
    ...{ bundle: true, minify: true, write: false, format: 'iife', platform: 'browser', target: 'es2022' },
    ...{ jsx: 'automatic', jsxImportSource: 'preact', charset: 'utf8', logLevel: 'error', legalComments: 'none' },
    alias: { '#runtime': folder('../../src/runtime/web.ts') },
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
  console.log(`examples/page/dist/index.html  ${(gzipped / 1000).toFixed(1)} kB gzipped`);
}
