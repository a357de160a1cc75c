import { defineConfig } from 'tsup';

const shared = { target: 'node20', outDir: 'dist' } as const;

/** The library in both module systems, the scorer as one file of its own, and the command, which is run and never imported. */
export default defineConfig([
  {
    ...shared,
    entry: ['src/index.ts', 'src/node.ts', 'src/browser.ts'],
    format: ['esm', 'cjs'],
    dts: true,
    shims: true,
  },
  { ...shared, entry: ['src/predict.ts'], format: ['esm', 'cjs'], dts: true, splitting: false, minify: true },
  { ...shared, entry: ['src/cli.ts'], format: ['esm'] },
]);
