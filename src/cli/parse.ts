/** How option values are read: numbers as a whole or not at all, lists cut as a row of CSV is. */
import { InvalidArgumentError } from 'commander';

export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It is not a number.');
  return value;
}

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** 500ms, 60s, 5min or 2h, in milliseconds. */
export function parseDuration(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|min|h)$/.exec(text) ?? [];
  if (unit === undefined) throw new InvalidArgumentError('Give a number with its unit: 500ms, 60s, 5min or 2h.');
  return Number(count) * milliseconds[unit]!;
}

const bytes: Readonly<Record<string, number>> = {
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** 500MB, 2GB or 1.5GiB, in bytes. */
export function parseSize(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?) ?(kB|MB|GB|TB|KiB|MiB|GiB)$/i.exec(text) ?? [];
  const known = Object.keys(bytes).find((name) => name.toLowerCase() === unit?.toLowerCase());
  if (known === undefined) throw new InvalidArgumentError('Give a number with its unit: 500MB, 2GB or 1.5GiB.');
  return Number(count) * bytes[known]!;
}

/** A probability other than 0 and 1. */
export function parseLevel(text: string): number {
  const level = parseNumber(text);
  if (!(level > 0 && level < 1)) throw new InvalidArgumentError('It is not between 0 and 1: 95 % is 0.95.');
  return level;
}

/** A whole number of at least 1. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!(Number.isSafeInteger(count) && count >= 1))
    throw new InvalidArgumentError('It is not a whole number of at least 1.');
  return count;
}

/** auto, or a number. */
export function parseThreads(text: string): 'auto' | number {
  const count = Number(text);
  if (text === 'auto') return text;
  if (text.trim() === '' || Number.isNaN(count)) throw new InvalidArgumentError('It is auto or a number.');
  return count;
}

/** A,B,"C, with a comma"; the empty string is the empty list. An option that comes again adds to its list. */
export function parseList(text: string, before: readonly string[] = []): string[] {
  if (text === '') return [...before];
  const item = /\s*(?:"((?:[^"]|"")*)"|([^",][^,]*|))\s*(,|$)/y;
  const items: string[] = [];
  for (;;) {
    const found = item.exec(text);
    if (found === null) throw new InvalidArgumentError('A quote in it is not closed, or something follows it.');
    items.push(found[1]?.replaceAll('""', '"') ?? found[2]!.trim());
    if (found[3] === '') return [...before, ...items];
  }
}

/** balanced, or no=1,yes=3. */
export function parseClassWeight(text: string): 'balanced' | Record<string, number> {
  if (text === 'balanced') return 'balanced';
  return numbersByName(text.split(','), {}, 'Give balanced, or a weight for each class: no=1,yes=3.');
}

/** age=10,lwt=5; an option that comes again adds to it. */
export function parseUnits(text: string, before: Readonly<Record<string, number>> = {}): Record<string, number> {
  return numbersByName(parseList(text), before, 'Give a number of units for each column: age=10,weight=5.');
}

/** name=1, each name once. */
function numbersByName(items: readonly string[], before: Readonly<Record<string, number>>, expected: string) {
  const numbers = new Map(Object.entries(before));
  for (const item of items) {
    const at = item.lastIndexOf('=');
    if (at < 1) throw new InvalidArgumentError(expected);
    const name = item.slice(0, at).trim();
    if (numbers.has(name)) throw new InvalidArgumentError(`It gives ${name} two numbers: choose one.`);
    numbers.set(name, parseNumber(item.slice(at + 1)));
  }
  return Object.fromEntries(numbers);
}

/** One character; \t and tab are the tabulator. */
export function parseDelimiter(text: string): string {
  if (text === '\\t' || text === 'tab') return '\t';
  if (text.length !== 1) throw new InvalidArgumentError('It is one character, or tab.');
  return text;
}
