import { defineConfig } from 'tsup';

const shared = { target: 'node20', splitting: true } as const;

/** The library in both module systems, and the command, which is run and never imported, in one. */
export default defineConfig([
  {
    ...shared,
    entry: ['src/index.ts', 'src/node.ts', 'src/browser.ts', 'src/predict.ts'],
    format: ['esm', 'cjs'],
    dts: true,
    clean: ['dist/*'],
    shims: true,
  },
  { ...shared, entry: { cli: 'src/cli.ts' }, format: ['esm'], outDir: 'dist' },
]);
