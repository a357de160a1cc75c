/** One pass over the bytes: what turns up late decides as it does early, places are physical lines, threads change nothing. */

import { afterEach, describe, expect, test, vi } from 'vitest';
import { runtime } from '#runtime';
import type { Column } from '../../src/data/table.ts';
import { LogisticError } from '../../src/errors.ts';
import { createRandom } from '../../src/math/random.ts';
import type { Call } from '../../src/runtime/messages.ts';
import { openSource } from '../../src/text/kinds.ts';
import { readDelimited } from '../../src/text/read-delimited.ts';
import { outcome, read, sourceOf } from './support.ts';

const m = 3000;
const plainCell = (i: number): string => (Math.sin(i) * 1000).toPrecision(1 + (i % 15));
const rowsWith = (cell: string, at: number): string[] =>
  Array.from({ length: m }, (_, i) => `${i === at ? cell : plainCell(i)},${(i * 37) % 101},${i % 2}`);
const header = 'x,z,y';
const file = (rows: readonly string[], end = '\n'): string => [header, ...rows].map((row) => row + end).join('');
const target = { request: { target: 'y' } };

describe('a cell in the last rows decides as it does in the first', () => {
  test.each([
    ...['1.5', '', 'NA', '  ', '?', '007', '-007', ' 12 ', '9007199254740993', '1e300', '1_000', '+-5', 'abc', 'inf'],
    ...['nan', '0x10', '1e400', '"7"', 'true', '"1,5"', '"1,234"', '"1,234,567"', '1.5e-07', '.5', '2024-01-05'],
  ])('%j', async (cell) => {
    const early = rowsWith(cell, 1);
    const unordered = async (rows: readonly string[]) => {
      const found = await outcome(file(rows), target);
      if (!('columns' in found)) return { code: found.code, hint: found.hint };
      const sorted = found.columns.map((column) =>
        column.kind === 'numeric'
          ? { ...column, values: column.values.toSorted() }
          : { ...column, codes: column.codes.toSorted() },
      );
      return { ...found, columns: sorted };
    };
    expect(await unordered(early.toReversed())).toEqual(await unordered(early));
  });
});

describe('line ends of any kind, mixed', () => {
  const rows = ['0,0', '0,0', '0,1', '1,1', '1,0'];
  const ends = ['\n', '\r\n', '\r'];
  test('are read alike', async () => {
    const plain = await outcome(`x,y\n${rows.join('\n')}\n`);
    const random = createRandom(4);
    for (let k = 0; k < 300; k++) {
      const end = (): string => ends[Math.floor(3 * random())]!;
      const blank = (): string => (random() < 0.3 ? end().repeat(2) : '');
      const text = ['x,y', ...rows].map((row) => blank() + row + end()).join('');
      const cut = random() < 0.5 ? text : text.replace(/[\r\n]+$/, '');
      expect(await outcome(cut, { piece: 1 + Math.floor(12 * random()) }), JSON.stringify(cut)).toEqual(plain);
    }
  });

  test('are counted as an editor does, CRLF as one', async () => {
    const text = 'x,t\r\n1,"a\r\n\rb"\r\r\n\n2,"c\n"\r\n1,2,3\r4,"d"e\n';
    for (const piece of [1, 2, 3, 7, 1000]) {
      expect(await outcome(text, { piece })).toMatchObject({
        code: 'bad-rows',
        message:
          'd.csv:9: 2 fields expected, 3 found in "1,2,3"; d.csv:10: something follows a closing quote; a quote within quotes is doubled in "4,\\"d\\"e"',
      });
    }
    const refused = 'x,y\r\n\r\n1,0\r"2\r\n\n",1\n\n\noops,1\n3,0\n5,1\n';
    expect(await outcome(refused, target)).toMatchObject({ message: expect.stringContaining('d.csv:9: column x') });
  });
});

test('at most five bad rows are told, and all are counted', async () => {
  const bad = Array.from({ length: 20 }, (_, k) => `1,2,${k}`);
  const found = await outcome(`x,y\n1,0\n${bad.join('\n')}\n`);
  expect(found).toMatchObject({ code: 'bad-rows', hint: expect.stringContaining('--max-bad-rows 20') });
  expect('message' in found && found.message.match(/d\.csv:\d+/g)).toEqual(
    [3, 4, 5, 6, 7].map((line) => `d.csv:${line}`),
  );
  expect('message' in found && found.message).toContain('20 bad rows in all');
});

test('a bad row leaves nothing behind', async () => {
  const good = await outcome('x,t,y\n1,a,0\n2,b,1\n', target);
  for (const row of ['oops,z,1,1', '"1,5",z', 'q,"a"b,0', '9007199254740993,z,1,2']) {
    const found = await outcome(`x,t,y\n1,a,0\n${row}\n2,b,1\n`, { ...target, options: { maxBadRows: 1 } });
    expect(found).toEqual({ ...good, badRows: 1 });
  }
});

describe('what is said of the first lines', () => {
  test.each([
    ['sep=;\nx;y\n1,5;0\n2,5;1\n', []],
    ['# made by a tool\n# v3, for you\nx,y\n1.5,0\n2.5,1\n', ['comment-lines']],
    ['x,y\nkg,-\n1.5,0\n2.5,1\n', ['units-row']],
    ['#x,y\n1.5,0\n2.5,1\n', []],
  ])('%j', async (text, codes) => {
    const found = await outcome(text);
    if (!('columns' in found)) expect.fail(JSON.stringify(found));
    expect(found.columns.map((column) => column.kind === 'numeric' && column.values)).toEqual([
      ['1.5', '2.5'],
      ['0', '1'],
    ]);
    expect(found.warnings.map(({ code }) => code).filter((code) => code !== 'decimal-comma')).toEqual(codes);
  });

  test('a first row of numbers taken for names', async () => {
    const found = await outcome('6,148,1\n1,85,0\n8,183,1\n', { request: { target: '1' } });
    expect('warnings' in found && found.warnings.map(({ code }) => code)).toContain('header-like-data');
  });

  test('whole lines in quotes', async () => {
    const found = await outcome('"x,y"\n"1,0"\n"2,1"\n', target);
    expect(found).toMatchObject({ code: 'unknown-column', hint: expect.stringContaining('quotes') });
  });
});

describe('T20: thousands', () => {
  const [thousands, decimals] = [
    { decimal: '.', thousands: ',' },
    { decimal: ',', thousands: '' },
  ];
  test.each<[string, string, string[], object, RegExp]>([
    [
      'numbers without one below 1000',
      'x,y\n950,0\n"3,500",1\n',
      ['950', '3500'],
      thousands,
      /since numbers without one/,
    ],
    [
      'decimal points beside',
      'x;z;y\n2,950;0.5;0\n3,500;1;1\n',
      ['2950', '3500'],
      thousands,
      /since z has decimal points/,
    ],
    [
      'a point and thousands beside',
      'x,z,y\n"2,950","1,234.5",0\n"3,500",1,1\n',
      ['2950', '3500'],
      thousands,
      /since z has/,
    ],
    [
      'decimal commas beside',
      'x;z;y\n2,950;0,5;0\n3,500;1;1\n',
      ['2.95', '3.5'],
      decimals,
      /since z has decimal commas/,
    ],
    [
      'decimal commas, against whole numbers',
      'x,z,y\n950,"0,5",0\n"3,500",1,1\n',
      ['950', '3.5'],
      decimals,
      /since z has/,
    ],
  ])(
    'a comma that may be either is read as the other cells are, and that is said: %s',
    async (_, text, values, style, why) => {
      const found = await outcome(text, target);
      expect('columns' in found && found.columns[0]).toMatchObject({ values, style });
      const said = 'warnings' in found ? found.warnings.filter(({ columns }) => columns?.includes('x')) : [];
      expect(said).toEqual([expect.objectContaining({ message: expect.stringMatching(why) })]);
    },
  );

  test.each([
    ['nothing', 'x,y\n"2,950",0\n"3,500",1\n'],
    ['whole numbers beyond 1000', 'x,y\n950,0\n1950,0\n"3,500",1\n'],
    ['whole numbers, between semicolons', 'x;y\n950;0\n3,500;1\n'],
    ['columns of both kinds', 'x;a;b;y\n950;0,5;0.5;0\n3,500;1;1;1\n'],
  ])('where %s decides it is an error that says how to', async (_, text) => {
    const found = await outcome(text, target);
    expect(found).toMatchObject({ code: 'not-a-number', message: expect.stringMatching(/`(2,950|3,500)`/) });
    expect('hint' in found && found.hint).toMatch(/--thousands , or with --decimal-comma/);
  });

  test.each([
    ['thousands', { thousands: ',' }, ['950', '3500']],
    ['decimals', { decimalComma: true }, ['950', '3.5']],
  ] as const)('said to be %s', async (_, options, values) => {
    const found = await outcome('x,y\n950,0\n"3,500",1\n', { ...target, options });
    expect('columns' in found && found.columns[0]).toMatchObject({ values });
    expect('warnings' in found && found.warnings).toEqual([]);
  });

  test.each(['"1,234,567"', '"1,234.50"'])('%s has one reading', async (cell) => {
    const found = await outcome(`x,y\n950,0\n${cell},1\n"2,000",0\n`, target);
    const value = String(Number(cell.replace(/[",]/g, '')));
    expect('columns' in found && found.columns[0]).toMatchObject({
      values: ['950', value, '2000'],
      style: { decimal: '.', thousands: ',' },
    });
    expect('warnings' in found && found.warnings.map(({ code }) => code)).toEqual(['thousands']);
  });

  test('a currency is not advised to have decimal commas', async () => {
    const found = await outcome('x,y\n"$4,000",0\n"$5,000",1\n', target);
    expect(found).toMatchObject({ code: 'not-a-number' });
    expect('hint' in found && found.hint).not.toContain('decimal');
  });
});

test('T14: cells are trimmed of every space that JavaScript knows', async () => {
  const spaces = ['\u00a0', '\u3000', '\u2003', '\u202f', '\ufeff', '\u1680', '\u2028', '\u205f', ' \t', '\u000b'];
  const plain = await outcome('v,y\n1.5,a\n2.5,b\n1.5,a\n');
  for (const space of spaces) {
    const text = `v,y\n1.5,a\n${space}2.5${space},"${space}b"\n1.5${space},${space}a\n`;
    expect(await outcome(text), JSON.stringify(space)).toEqual(plain);
  }
});

test('T19: what is packed in another way is named with the command', async () => {
  const none = async function* () {};
  const kinds: [number[], RegExp][] = [
    [[0x42, 0x5a, 0x68, 0x39], /bzip2 -d/],
    [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], /xz -d/],
    [[...new Array(257).fill(0x61), ...Buffer.from('ustar')], /tar -xf/],
    [[0x50, 0x4b, 3, 4], /unzip/],
  ];
  for (const [bytes, hint] of kinds) {
    for (const piece of [1, 1000]) {
      const opening = openSource(sourceOf(Uint8Array.from(bytes), piece), none);
      await expect(opening).rejects.toMatchObject({ code: 'bad-file', hint: expect.stringMatching(hint) });
    }
  }
});

describe('several files', () => {
  test('are one table, and errors name the file', async () => {
    const sources = ['x,y\n1,0\n2,1\n', 'x,y\n3,0\n', 'x,y\n\n4,1\n'].map((text, k) => ({
      ...sourceOf(text),
      label: `${k}.csv`,
    }));
    const table = await readDelimited(sources, {}, {});
    expect(table.columns[0]).toMatchObject({ values: Float64Array.of(1, 2, 3, 4) });
    const bad = ['x,y\n1,0\n2,1\n3,1\n', 'x,y\n\noops,0\n'].map((text, k) => ({
      ...sourceOf(text),
      label: `${k}.csv`,
    }));
    await expect(readDelimited(bad, {}, {})).rejects.toMatchObject({
      message: expect.stringMatching(/^1\.csv:3: column x/),
    });
  });

  test('must have the same header', async () => {
    const sources = ['x,y\n1,0\n', 'x,z\n1,0\n'].map((text, k) => ({ ...sourceOf(text), label: `${k}.csv` }));
    await expect(readDelimited(sources, {}, {})).rejects.toMatchObject({ code: 'different-columns' });
  });
});

describe('several threads', () => {
  const random = createRandom(8);
  const texts = Array.from({ length: 500 }, (_, k) => (k % 7 === 0 ? `"t ""${k}""\n"` : `t${k}`));
  const rows = Array.from({ length: 700_000 }, (_, i) => {
    const t = texts[Math.floor(random() * 500)]!;
    return `${(random() * 100).toFixed(3)},${t},${i % 1000 === 0 ? '' : i % 97},${i % 2}`;
  });
  const text = `a,t,b,y\n${rows.join('\n')}\n`;
  const threads = 3;
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('give what one gives', async () => {
    const padded = `${text}${rows.join('\n')}\n`;
    expect(padded.length).toBeGreaterThan(17 * 2 ** 20);
    const one = await read(padded, { piece: 2 ** 20, threads: 1 });
    const several = await read(padded, { piece: 2 ** 20, threads });
    expect(several.columns.length).toBe(4);
    const cells = (column: Column): Uint8Array => {
      const { buffer, byteOffset, byteLength } = column.kind === 'numeric' ? column.values : column.codes;
      return new Uint8Array(buffer, byteOffset, byteLength);
    };
    for (const [k, column] of several.columns.entries()) {
      const other = one.columns[k]!;
      expect({ ...column, values: [], codes: [] }).toEqual({ ...other, values: [], codes: [] });
      expect(Buffer.compare(cells(column), cells(other))).toBe(0);
    }
  });

  test('tell the same line', async () => {
    const late = `${text}${rows.slice(0, 300_000).join('\n')}\noops,t,1,0\n`;
    const [one, several] = [
      await outcome(late, { ...target, piece: 2 ** 20, threads: 1 }),
      await outcome(late, { ...target, piece: 2 ** 20, threads }),
    ];
    expect(several).toEqual(one);
    expect(one).toMatchObject({ code: 'not-a-number' });
  });

  test('one that dies is an error', async () => {
    const { startWorker } = runtime;
    vi.spyOn(runtime, 'startWorker').mockImplementation((script, listener) => {
      const line = startWorker(script, listener);
      const post: typeof line.post = (message, transfer) => {
        if ((message as Call).method === 'read') void line.end();
        else line.post(message, transfer);
      };
      return { ...line, post };
    });
    const reading = read(text + text, { piece: 2 ** 20, threads });
    await expect(reading).rejects.toBeInstanceOf(LogisticError);
    await expect(reading).rejects.toMatchObject({ code: 'worker-died' });
  });

  test('where none may start, this one reads alone', async () => {
    const start = vi.spyOn(runtime, 'startWorker').mockImplementation((_script, listener) => {
      setTimeout(() => listener.died('not allowed'), 5);
      return { post() {}, hold() {}, end: async () => {} };
    });
    const padded = `${text}${rows.join('\n')}\n`;
    const alone = await read(padded, { piece: 2 ** 20, threads });
    expect(start).toHaveBeenCalledTimes(threads - 1);
    expect(alone.rows).toBe(2 * rows.length);
  });
});
