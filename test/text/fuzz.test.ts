/** Some seeds of the fuzzer; `npm run fuzz` goes on for ever. */
import { test } from 'vitest';
import { fuzz } from './fuzz.ts';

test('1,500 files', async () => {
  for (let seed = 1; seed <= 1500; seed++) await fuzz(seed);
});
