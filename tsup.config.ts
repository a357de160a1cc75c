import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/node.ts', 'src/browser.ts', 'src/predict.ts', 'src/cli.ts'],
  format: ['esm', 'cjs'],
  target: 'node20',
  dts: { entry: ['src/index.ts', 'src/node.ts', 'src/browser.ts', 'src/predict.ts'] },
  clean: true,
  splitting: true,
});
