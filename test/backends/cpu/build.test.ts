/** The committed kernels are those that their sources give: nobody has to trust a blob. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { generateModule } from '../../../build-kernels.ts';

it('equals a fresh build of its sources', async () => {
  const committed = await readFile(new URL('../../../src/backends/cpu/kernels.generated.ts', import.meta.url), 'utf8');
  expect(committed.replaceAll('\r\n', '\n')).toBe(await generateModule());
});
