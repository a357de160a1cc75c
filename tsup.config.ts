import { defineConfig } from 'tsup';

const shared = { target: 'node20', outDir: 'dist', external: [/^@duckdb\//, /^@tensorflow\//] };

/**
 * The library in both module systems, the scorer as one file of its own, and the command, which is run and never
 * imported. The entries of the library share chunks, in CommonJS too: one text of the kernels, one class of each name.
 */
export default defineConfig([
  {
    ...shared,
    entry: ['src/index.ts', 'src/node.ts', 'src/browser.ts', 'src/tfjs.ts'],
    format: ['esm', 'cjs'],
    splitting: true,
    dts: true,
    shims: true,
  },
  { ...shared, entry: ['src/predict.ts'], format: ['esm', 'cjs'], dts: true, splitting: false, minify: true },
  { ...shared, entry: ['src/cli.ts'], format: ['esm'] },
]);
