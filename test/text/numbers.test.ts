/** Numbers to the last bit, and their spelling back from them. */
import { expect, test } from 'vitest';
import { createRandom } from '../../src/math/random.ts';
import { outcome, read } from './support.ts';

function spellings(random: () => number): string {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setUint32(0, random() * 2 ** 32);
  bits.setUint32(4, random() * 2 ** 32);
  const any = Number.isFinite(bits.getFloat64(0)) ? bits.getFloat64(0) : 1;
  const usual = (random() - 0.5) * 10 ** Math.floor(random() * 20);
  const digits = Math.floor(random() * 1e15);
  const all = [
    String(usual),
    usual.toPrecision(1 + Math.floor(random() * 17)),
    usual.toFixed(Math.floor(random() * 12)),
    String(any),
    any.toExponential(Math.floor(random() * 20)),
    `${digits}`,
    `${digits}.${digits}`,
    `${digits}${Math.floor(random() * 1e4)}`,
    `0.${'0'.repeat(Math.floor(random() * 25))}${digits}`,
    `-.${digits}`,
    `${Math.floor(random() * 10)}.${digits}e-${String(Math.floor(random() * 100)).padStart(2, '0')}`,
    `${Math.floor(random() * 10)}.${digits % 1e6}e+${String(Math.floor(random() * 100)).padStart(2, '0')}`,
    // halfway between two neighbours, and a digit that decides
    `${2 ** 52 + Math.floor(random() * 2 ** 52)}.5${random() < 0.5 ? '' : '0000000000000000000001'}`,
    `${2 ** 53 + 1 + 2 * Math.floor(random() * 2 ** 40)}`,
    `+${Math.abs(usual)}`,
    `${Math.floor(random() * 2 ** 53)}.`,
    '-0',
    '0.000',
    '-0.0e+00',
  ];
  return all[Math.floor(random() * all.length)]!;
}

const random = createRandom(20261126);
const cells = Array.from({ length: 60_000 }, () => spellings(random));
const file = `x\n${cells.join('\n')}\n`;

test('every number is the one that JavaScript reads, to the last bit', async () => {
  const { columns } = await read(file, { request: { numeric: ['x'] } });
  const [x] = columns;
  if (x?.kind !== 'numeric') expect.fail('not numbers');
  const wrong = cells.filter((cell, i) => Number.isFinite(Number(cell)) && !Object.is(x.values[i], Number(cell)));
  expect(wrong).toEqual([]);
});

test('a column that turns to text in its last cell has every number as it was spelled', async () => {
  const finite = cells.filter((cell) => Number.isFinite(Number(cell)));
  const found = await outcome(`x,y\n${finite.map((cell) => `${cell},1\n`).join('')}end,1\n`, {
    request: { target: 'x' },
    options: { missingTokens: [] },
    piece: 10_007,
  });
  if (!('columns' in found)) expect.fail(JSON.stringify(found));
  const [x] = found.columns;
  if (x?.kind !== 'categorical') expect.fail('not text');
  const spelled = x.codes.map((code) => x.levels[code]!);
  expect(spelled.filter((cell, i) => cell !== (finite[i] ?? 'end'))).toEqual([]);
});
