/** The committed kernels and worker are those that their sources give: nobody has to trust a blob. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { generated } from '../../../build-kernels.ts';

it.each(Object.entries(generated))('%s equals a fresh build of its sources', async (path, generate) => {
  const committed = await readFile(new URL(`../../../${path}`, import.meta.url), 'utf8');
  expect(committed.replaceAll('\r\n', '\n')).toBe(await generate());
});
