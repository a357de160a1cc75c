import { availableParallelism } from 'node:os';
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
    isolate: false, // files share the modules that a process has loaded: a test leaves them, and what they keep, as it found them
    maxWorkers: availableParallelism() + 1, // tests wait for browsers, servers and commands, and a processor need not
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/package/**'],
          globalSetup: ['test/support/temporary-folder.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'package', include: ['test/package/**/*.test.ts'], globalSetup: ['test/support/install.ts'] },
      },
    ],
  },
});
