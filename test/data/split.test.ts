/** The holdout: in proportion, seeded, in file order, and never the last row of a class. */
import { expect, test } from 'vitest';
import { stratifiedSplit } from '../../src/data/split.ts';
import { createTurns } from '../../src/turns.ts';

const split = (of: Int32Array, share: number, seed: number) => stratifiedSplit(of, y, { share, seed }, createTurns());

const y = Int8Array.from({ length: 100 }, (_, row) => (row < 70 ? 0 : 1));
const rows = Int32Array.from({ length: 100 }, (_, row) => row).filter((row) => row % 10 !== 3); // 63 and 27 are left
const positives = (part: Int32Array): number => part.filter((row) => y[row] === 1).length;

test('both classes are held out in proportion, and nothing is lost or doubled', async () => {
  const { train, holdout } = await split(rows, 0.2, 7);
  expect([holdout.length, positives(holdout)]).toEqual([13 + 5, 5]); // round(0.2 · 63) and round(0.2 · 27)
  expect([...train, ...holdout].sort((a, b) => a - b)).toEqual([...rows]);
  for (const part of [train, holdout]) expect([...part]).toEqual([...part].sort((a, b) => a - b));
});

test('the seed decides', async () => {
  const held = async (seed: number): Promise<number[]> => [...(await split(rows, 0.2, seed)).holdout];
  expect(await held(7)).toEqual(await held(7));
  expect(await held(8)).not.toEqual(await held(7));
});

test('the last row of a class stays in training; a holdout of no row is an error', async () => {
  const few = Int32Array.of(0, 1, 99);
  expect(positives((await split(few, 0.9, 1)).train)).toBe(1);
  await expect(split(few, 0.1, 1)).rejects.toThrow(/holds no row/);
  expect(await split(few, 0, 1)).toEqual({ train: few, holdout: new Int32Array(0) });
});
