/** The holdout and the folds: in proportion, seeded, and never the last row of a class held out. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stratifiedFolds, stratifiedSplit } from '../../src/data/split.ts';

const labels = Int32Array.from({ length: 100 }, (_, row) => (row < 70 ? 0 : 1));
const rows = Int32Array.from({ length: 100 }, (_, row) => row).filter((row) => row % 10 !== 3); // 63 and 27 are left
const split = (of: Int32Array, fraction: number, seed: number) => stratifiedSplit(of, labels, { fraction, seed });
const ofClass = (part: Int32Array, label: number, codes: ArrayLike<number> = labels): number =>
  part.filter((row) => codes[row] === label).length;

/** Any rows of up to 5 classes, some without a label. */
const anyRows = fc
  .array(fc.integer({ min: -1, max: 4 }), { minLength: 2, maxLength: 80 })
  .map((codes) => ({
    codes: Int32Array.from(codes),
    rows: Int32Array.from(codes.keys()).filter((row) => row % 7 !== 5),
  }))
  .filter((drawn) => drawn.rows.length >= 2);
const seeded = { seed: 20261126, numRuns: 200 };

describe('holdout', () => {
  test('both classes are held out in proportion, and nothing is lost or doubled', async () => {
    const { train, holdout } = await split(rows, 0.2, 7);
    expect([holdout.length, ofClass(holdout, 1)]).toEqual([13 + 5, 5]); // round(0.2 · 63) and round(0.2 · 27)
    expect([...train, ...holdout].sort((a, b) => a - b)).toEqual([...rows]);
    for (const part of [train, holdout]) expect([...part]).toEqual([...part].sort((a, b) => a - b));
  });

  test('the seed decides', async () => {
    const held = async (seed: number): Promise<number[]> => [...(await split(rows, 0.2, seed)).holdout];
    expect(await held(7)).toEqual(await held(7));
    expect(await held(8)).not.toEqual(await held(7));
  });

  test('the rows of seed 1 are those of every release', async () => {
    expect([...(await split(rows, 0.1, 1)).holdout]).toEqual([14, 19, 39, 49, 50, 60, 78, 95, 99]);
  });

  test('the last row of a class stays in training; a holdout of no row is an error', async () => {
    const few = Int32Array.of(0, 1, 99);
    expect(ofClass((await split(few, 0.9, 1)).train, 1)).toBe(1);
    await expect(split(few, 0.1, 1)).rejects.toMatchObject({ code: 'holdout-empty' });
    expect(await split(few, 0, 1)).toEqual({ train: few, holdout: new Int32Array(0) });
  });

  test('of each of any number of classes, the rounded fraction is held out', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, fc.double({ min: 0.3, max: 0.7, noNaN: true }), async (drawn, fraction) => {
        const sizes = [0, 1, 2, 3, 4].map((label) => {
          const own = ofClass(drawn.rows, label, drawn.codes);
          return Math.max(0, Math.min(Math.round(fraction * own), own - 1));
        });
        fc.pre(sizes.some((size) => size > 0));
        const { train, holdout } = await stratifiedSplit(drawn.rows, drawn.codes, { fraction, seed: 3 });
        expect([0, 1, 2, 3, 4].map((label) => ofClass(holdout, label, drawn.codes))).toEqual(sizes);
        expect(ofClass(holdout, -1, drawn.codes)).toBe(0);
        expect([...train, ...holdout].sort((a, b) => a - b)).toEqual([...drawn.rows]);
      }),
      seeded,
    );
  });
});

describe('folds', () => {
  test('no class and no fold differs by more than one row between folds', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, fc.integer({ min: 2, max: 9 }), async (drawn, wanted) => {
        const folds = Math.min(wanted, drawn.rows.length);
        const fold = await stratifiedFolds(drawn.rows, drawn.codes, { folds, seed: 5 });
        expect(fold.length).toBe(drawn.rows.length);
        for (const label of [-1, 0, 1, 2, 3, 4, undefined]) {
          const sizes = Array.from({ length: folds }, () => 0);
          fold.forEach((f, i) => {
            if (label === undefined || drawn.codes[drawn.rows[i]!] === label) sizes[f]!++;
          });
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
      }),
      seeded,
    );
  });

  test('the seed decides', async () => {
    const dealt = async (seed: number): Promise<number[]> => [
      ...(await stratifiedFolds(rows, labels, { folds: 5, seed })),
    ];
    expect(await dealt(7)).toEqual(await dealt(7));
    expect(await dealt(8)).not.toEqual(await dealt(7));
  });

  test('neighbours in the file do not share a fold more often than chance', async () => {
    const many = Int32Array.from({ length: 10_000 }, (_, row) => row);
    const fold = await stratifiedFolds(many, new Uint8Array(10_000), { folds: 5, seed: 1 });
    const alike = fold.filter((f, i) => f === fold[i + 1]).length;
    expect(Math.abs(alike - 2000)).toBeLessThan(5 * Math.sqrt(10_000 * 0.2 * 0.8)); // five standard deviations
  });

  test('more than 256 folds need two bytes; leaving one out is a fold a row', async () => {
    const some = Int32Array.from({ length: 300 }, (_, row) => row);
    const fold = await stratifiedFolds(some, new Uint8Array(300), { folds: 300, seed: 1 });
    expect([...fold].sort((a, b) => a - b)).toEqual([...some]);
  });

  test.each([91, 1, 0, 2.5, Number.NaN])('%s folds of 90 rows are an error', async (folds) => {
    await expect(stratifiedFolds(rows, labels, { folds, seed: 1 })).rejects.toMatchObject({
      code: 'bad-option',
      message: `folds must be a whole number from 2 to 90, found ${folds}`,
    });
  });
});
