/** The committed kernels and worker are those that their sources give: nobody has to trust a blob. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { generateKernels, generateWorker } from '../../../build-kernels.ts';

it.each([
  ['kernels.generated.ts', generateKernels],
  ['worker.generated.ts', generateWorker],
])('%s equals a fresh build of its sources', async (name, generate) => {
  const committed = await readFile(new URL(`../../../src/backends/cpu/${name}`, import.meta.url), 'utf8');
  expect(committed.replaceAll('\r\n', '\n')).toBe(await generate());
});
