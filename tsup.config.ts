import { transform } from 'esbuild';
import { defineConfig } from 'tsup';

const shared = { target: 'node20', outDir: 'dist', external: [/^@duckdb\//, /^@tensorflow\//, '#runtime', /^node:/] };

const entries = { index: 'src/index.ts', node: 'src/node.ts', browser: 'src/browser.ts', tfjs: 'src/tfjs.ts' };

/**
 * The library in both module systems, the scorer as one file of its own, and the command with the program of its
 * backends' processes, which are run and never imported. The entries of the library share chunks, in CommonJS too: one
 * text of the kernels, one class of each name. `#runtime` stays a name for the field `imports` of package.json to
 * resolve, where the library is bundled or run.
 */
export default defineConfig([
  {
    ...shared,
    entry: { ...entries, 'runtime/node': 'src/runtime/node.ts', 'runtime/web': 'src/runtime/web.ts' },
    platform: 'browser', // of bundled packages that have a build for Node, not that one
    format: ['esm', 'cjs'],
    splitting: true,
    dts: { entry: entries },
    shims: true,
  },
  { ...shared, entry: ['src/predict.ts'], format: ['esm', 'cjs'], dts: true, splitting: false, minify: true },
  {
    ...shared,
    entry: { cli: 'src/cli.ts', 'bench-host': 'src/bench/host.ts' },
    format: ['esm'],
    plugins: [
      {
        name: 'charts are small',
        renderChunk: (code) =>
          code.includes('node_modules/@observablehq/plot')
            ? transform(code, { minify: true, format: 'esm', target: 'node20' })
            : undefined,
      },
    ],
  },
]);
