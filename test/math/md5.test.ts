/** Against Node's own MD5. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { md5Prefix } from '../../src/math/md5.ts';

const expected = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex').slice(0, 8);
const found = (text: string): string => md5Prefix(text).toString(16).padStart(8, '0');

test('every length around the blocks, and any text', () => {
  for (let length = 0; length < 200; length++) expect(found('é'.repeat(length))).toBe(expected('é'.repeat(length)));
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => found(text) === expected(text)),
    { seed: 7, numRuns: 300 },
  );
});
