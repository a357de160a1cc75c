/** Lists of options: quoted as in CSV, and added up where an option comes again; sizes with their units. */
import { expect, test } from 'vitest';
import { parseClassWeight, parseDuration, parseLevel, parseList, parseSize, parseUnits } from '../../src/cli/parse.ts';
import { train } from '../../src/cli/train.ts';

test.each([
  ['', []],
  ['a', ['a']],
  ['a, b,c ', ['a', 'b', 'c']],
  ['"x, in kg","y, is it?"', ['x, in kg', 'y, is it?']],
  ['"say ""hi""",b', ['say "hi"', 'b']],
  ['5" pipe,b', ['5" pipe', 'b']],
  ['a,,b', ['a', '', 'b']],
  ['a,', ['a', '']],
])('T11: %j', (text, items) => {
  expect(parseList(text)).toEqual(items);
});

test.each(['"a', '"a"b'])('%j is a mistake', (text) => {
  expect(() => parseList(text)).toThrow(/quote/);
});

test('what names give numbers adds up, and a name has one', () => {
  expect(parseUnits('lwt=5', parseUnits('age=10'))).toEqual({ age: 10, lwt: 5 });
  expect(() => parseUnits('age=5', parseUnits('age=10'))).toThrow('It gives age two numbers');
  expect(() => parseClassWeight('no=1,no=3')).toThrow('It gives no two numbers');
});

test.each([
  [['a=x', 'a=y'], 'reference: a has two, x and y'],
  [['yes', 'a=x', 'no'], 'reference: the target has two, yes and no'],
])('--reference %j is a mistake', async (reference, message) => {
  const { signal } = new AbortController();
  await expect(train('data.csv', { reference }, signal)).rejects.toMatchObject({ code: 'bad-option', message });
});

test('T10: lists add up', () => {
  expect(parseList('c,d', parseList('a,b'))).toEqual(['a', 'b', 'c', 'd']);
});

test.each([
  ['2GB', 2e9],
  ['1.5 GiB', 1.5 * 2 ** 30],
  ['500mb', 5e8],
])('a size: %s', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(['2', '2 gigabytes', 'GB', '-1GB'])('%s is no size', (text) => {
  expect(() => parseSize(text)).toThrow('Give a number with its unit');
});

test.each([
  ['500ms', 500],
  ['60s', 60_000],
  ['1.5min', 90_000],
  ['2h', 7_200_000],
])('a duration: %s', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['60', 's', '-1s', '1 s', '1d', ''])('%j is no duration', (text) => {
  expect(() => parseDuration(text)).toThrow(/60s/);
});

test('a level is between 0 and 1', () => {
  expect(parseLevel('0.9')).toBe(0.9);
  for (const wrong of ['95', '0', '1']) expect(() => parseLevel(wrong)).toThrow('95 % is 0.95');
});
