/** Some seeds of the fuzzer; `npm run fuzz` goes on for ever. */
import { test } from 'vitest';
import { fuzz } from './fuzz.ts';

test('300 files', async () => {
  for (let seed = 1; seed <= 300; seed++) await fuzz(seed);
});
