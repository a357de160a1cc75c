/** JSON lines and one array of objects, cut as the bytes come: the rows of JSON.parse, and mistakes with their line. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ObjectRows } from '../../src/data/kinds.ts';
import { jsonRows } from '../../src/text/json-rows.ts';
import { sourceOf } from './support.ts';

async function rowsOf(text: string, piece?: number): Promise<unknown[]> {
  const rows: ObjectRows[number][] = [];
  for await (const chunk of jsonRows(sourceOf(text, piece), {})) rows.push(...chunk);
  return rows;
}

const cell = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant('a],"\\{'),
);
const rows = fc.array(fc.dictionary(fc.string(), cell, { noNullPrototype: true }), { minLength: 1, maxLength: 6 });

test('an array, however it is indented and in pieces of any size, gives the rows of JSON.parse', async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 20 }),
      async (given, indent, piece) => {
        const text = `\ufeff \r\n${JSON.stringify(given, null, indent)}\n`;
        expect(await rowsOf(text, piece)).toEqual(given);
      },
    ),
    { seed: 15, numRuns: 150 },
  );
});

test('lines, with any line ends and in pieces of any size, give the rows of JSON.parse', async () => {
  await fc.assert(
    fc.asyncProperty(
      rows,
      fc.constantFrom('\n', '\r\n', '\r', '\n\n'),
      fc.integer({ min: 1, max: 20 }),
      async (given, end, piece) => {
        expect(await rowsOf(given.map((row) => JSON.stringify(row)).join(end), piece)).toEqual(given);
      },
    ),
    { seed: 15, numRuns: 150 },
  );
});

describe('a mistake is told with its line', () => {
  const mistakes: [string, string, RegExp][] = [
    ['a key twice', '{"x":0}\n{"x":1,"y":{"x":1},"x":2}\n', /^d\.csv:2: the key "x" stands twice/],
    ['a key twice in another spelling', '{"x":0}\n\n{"x":1,"\\u0078":2}\n', /^d\.csv:3: the key "x"/],
    ['a broken line', '{"x":0}\n{"x":1}\n{"x":1\n{"x":0}\n', /^d\.csv:3: not JSON/],
    ['a number', '{"x":0}\n3\n', /^d\.csv:2: found 3, expected an object/],
    ['a key twice in an array', '[{"x":0},\r\n{"x":1,\n"x":2}]', /^d\.csv:2: the key "x" stands twice/],
    ['a broken item', '[\n{"x":0},\n{"x":1,},\n{"x":2}]', /^d\.csv:3: not JSON/],
    ['no comma', '[{"x":0}\n{"x":1}]', /^d\.csv:1: not JSON/],
    ['a comma too many', '[{"x":0},\n]', /^d\.csv:2: not JSON/],
    ['a number in an array', '[{"x":0},\n3]', /^d\.csv:2: found 3, expected an object/],
    ['an array that does not end', '[{"x":0},\n{"x":1}', /^d\.csv:2: the array .* is never closed/],
    ['a string that does not end', '[{"x":0},\n\n{"x":"1}]', /^d\.csv:3: the array .* is never closed/],
    ['something after the array', '[{"x":0}]\n\n{"x":1}', /^d\.csv:3: something follows the array/],
  ];
  test.each(mistakes)('%s', async (_, text, message) => {
    for (const piece of [1, 7, 1000]) {
      await expect(rowsOf(text, piece)).rejects.toMatchObject({
        code: 'bad-rows',
        message: expect.stringMatching(message),
      });
    }
  });
});

test('an empty array has no rows', async () => expect(await rowsOf(' [ ] ')).toEqual([]));
