import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { softwareGpu } from './test/support/software-gpu.ts';

Object.assign(process.env, softwareGpu()); // which the processes of tests inherit

/** `unit` runs on src as it stands; `package` packs dist, installs the tarball into an empty folder and tests that. */
export default defineConfig({
  resolve: { alias: { '#runtime': fileURLToPath(new URL('src/runtime/node.ts', import.meta.url)) } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: '100%', // vitest leaves one processor idle, of two that is half
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/package/**'] } },
      {
        extends: true,
        test: { name: 'package', include: ['test/package/**/*.test.ts'], globalSetup: ['test/support/install.ts'] },
      },
    ],
  },
});
