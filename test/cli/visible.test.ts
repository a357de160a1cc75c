/** T21: whatever a name holds, a table has a line a row, and no character of it moves the cursor. */
import { expect, test } from 'vitest';
import { table } from '../../src/cli/table.ts';
import { onOneLine, visible } from '../../src/cli/visible.ts';

const names = [
  'x\n(kg)',
  'x\r\ny',
  '\u001b[31mred',
  '\u001b]0;title\u0007',
  '\u009b2J',
  'a\u202eb',
  'p\u2028q',
  'tab\there',
];
const moving = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

test.each(names)('%j is spelled out', (name) => {
  expect(visible(name)).not.toMatch(moving);
  expect(onOneLine(`warning: ${name}`)).not.toMatch(moving);
  const lines = table([
    ['', 'coefficient'],
    [name, '1.5'],
    [`${name}=${name}`, '2.5'],
  ]).split('\n');
  expect(lines).toHaveLength(4);
  expect(lines.join('')).not.toMatch(moving);
});

test('names in other scripts are left as they are', () => {
  for (const name of ['Größe', '身長', 'می‌خواهم', '👩‍🔬', 'a b']) expect(visible(name)).toBe(name);
});

test('a long name keeps its beginning and its end', () => {
  const name = `${'n'.repeat(20_000)}=yes`;
  const [header, line] = table([
    ['', 'coefficient'],
    [name, '1.5'],
  ]).split('\n');
  expect(header!.length).toBeLessThan(80);
  expect(line).toMatch(/^n+…n+=yes +1\.5$/);
  expect(onOneLine(`${name}: constant over the training rows`)).toMatch(/^n+…n+=yes: constant over the training rows$/);
});
