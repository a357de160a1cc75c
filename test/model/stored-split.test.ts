/** Held-out rows and folds of rows on disk are those of rows in memory, and so is what is measured on them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Metrics } from '../../src/evaluation/metrics.ts';
import { createRandom } from '../../src/math/random.ts';
import type { Options } from '../../src/model/options.ts';
import { LogisticRegression } from '../../src/node.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'logit-stored-split-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows with keys, a number, a category, weights of which some are 0, gaps, and labels of which some are missing. */
function drawRows(seed: number, m: number, classes: number): string {
  const random = createRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const rows = Array.from({ length: m }, () => {
    const [x, level] = [random() - 0.5, below(4)];
    const y = Math.max(
      0,
      Math.min(classes - 1, Math.floor((x + 0.1 * level + random() - 0.5) * classes + classes / 2)),
    );
    const gap = random() < 0.02;
    const named = random() < 0.02 ? 'NA' : 'abcd'[level];
    return [`key ${below(m / 3)}`, gap ? '' : x, random(), named, below(8) / 4, random() < 0.01 ? '' : `class ${y}`];
  });
  return [['key', 'x', 'z', 'level', 's', 'y'], ...rows].map((row) => row.join(',')).join('\n');
}

const relative = (a: number, b: number): number => Math.abs(a - b) / Math.max(1, Math.abs(b));
const seeds = [1, 2, 3, 4, 5, 6, 9, 12];

test.each(seeds)('a holdout, folds, or both: those of memory (seed %i)', async (seed) => {
  const random = createRandom(seed);
  const path = join(folder, `${seed}.csv`);
  writeFileSync(path, drawRows(seed, 900 + 50 * seed, 2 + (seed % 2)));
  const keyed = seed % 3 === 0;
  const options: Options = {
    ...(seed % 4 !== 1 && { holdout: 0.1 + 0.3 * random() }),
    ...(keyed ? { holdoutBy: 'key' } : { drop: ['key'] }),
    ...(seed % 4 < 2 && { folds: 4 }),
    ...(random() < 0.6 && { weights: 's' }),
    ...(random() < 0.5 && { classWeight: 'balanced' as const }),
    ...(random() < 0.5 && { l2: 0.01 }),
    ...(seed > 3 && { missing: 'impute' as const, imputation: seed > 4 ? ('mean' as const) : ('median' as const) }),
    reference: 'class 1',
    trainingMetrics: true,
    tolerance: 1e-13,
    seed,
  };
  const fit = (rows: 'memory' | 'disk') => new LogisticRegression({ ...options, rows }).fit(path, 'y');
  const [memory, disk] = [await fit('memory'), await fit('disk')];
  expect(disk.training.rows).toEqual(memory.training.rows);
  expect(disk.training.rows.dropped.noTarget).toBeGreaterThan(0);
  expect(disk.training.rows.dropped.missing > 0).toBe(options.missing === undefined);
  expect(disk.toJSON().missing).toBe(options.missing ?? 'drop');
  expect(disk.warnings).toEqual(memory.warnings);
  disk.toJSON().features.forEach(({ impute }, k) => {
    const expected = memory.toJSON().features[k]!.impute;
    if (typeof impute === 'number') expect(relative(impute, expected as number)).toBeLessThan(1e-14);
    else expect(impute).toBe(expected);
  });
  const [actual, expected] = [disk.toJSON(), memory.toJSON()];
  const worst = Math.max(
    ...actual.terms.flatMap(({ standardized }, j) =>
      standardized.map((w, c) => relative(w, expected.terms[j]!.standardized[c]!)),
    ),
  );
  expect(worst).toBeLessThan(1e-10);
  const { train, holdout } = disk.training.metrics;
  compare(train!, memory.training.metrics.train!);
  if (options.holdout) compare(holdout!, memory.training.metrics.holdout!);
  if (options.folds) {
    const folds = memory.training.crossValidation!.folds;
    expect(disk.training.crossValidation!.folds).toHaveLength(4);
    disk.training.crossValidation!.folds.forEach((fold, k) => {
      expect(fold.rows).toBe(folds[k]!.rows);
      compare(fold.metrics, folds[k]!.metrics);
    });
  }
});

/** Counts are the same; losses to two fits' gradients of 1e-13; AUC to the width of a bin, which is said. */
function compare(disk: Metrics, memory: Metrics): void {
  expect(disk.rows).toBe(memory.rows);
  expect(disk.confusion).toEqual(memory.confusion);
  expect(relative(disk.meanLogLoss!, memory.meanLogLoss!)).toBeLessThan(1e-11);
  if (!('auc' in disk && 'auc' in memory)) return;
  expect(Math.abs(disk.auc! - memory.auc!)).toBeLessThanOrEqual(disk.aucError! + 1e-12);
}

test('rows of several pages', async () => {
  const path = join(folder, 'pages.csv');
  writeFileSync(path, drawRows(7, 70_000, 2)); // a page holds 65,536 at most
  const fit = (rows: 'memory' | 'disk') =>
    new LogisticRegression({ rows, holdout: 0.2, only: ['x', 'z'], tolerance: 1e-12 }).fit(path, 'y');
  const [memory, disk] = [await fit('memory'), await fit('disk')];
  expect(disk.training.rows).toEqual(memory.training.rows);
  compare(disk.training.metrics.holdout!, memory.training.metrics.holdout!);
});

test('keys that were stored as numbers are refused, in one sentence', async () => {
  const path = join(folder, 'numbers.csv');
  const random = createRandom(2);
  const lines = Array.from({ length: 200 }, (_, i) => `${i % 50},${random()},${Number(random() > 0.5)}`);
  writeFileSync(path, ['id,x,y', ...lines].join('\n'));
  const stored = await new LogisticRegression().store(path, 'y');
  const fit = new LogisticRegression({ holdout: 0.3, holdoutBy: 'id' }).fit(stored, 'y');
  await expect(fit).rejects.toMatchObject({ code: 'bad-type' });
  await stored.close();
  const named = await new LogisticRegression({ holdout: 0.3, holdoutBy: 'id' }).store(path, 'y');
  const model = await new LogisticRegression({ holdout: 0.3, holdoutBy: 'id' }).fit(named, 'y');
  const memory = await new LogisticRegression({ holdout: 0.3, holdoutBy: 'id' }).fit(path, 'y');
  expect(model.training.rows).toEqual(memory.training.rows);
  await named.close();
});

test('rows that are stored once are held out by each seed, filled and expanded anew', async () => {
  const path = join(folder, 'again.csv');
  writeFileSync(path, drawRows(11, 900, 2));
  const stored = await new LogisticRegression().store(path, 'y');
  for (const options of [
    { seed: 1 },
    { seed: 2 },
    { seed: 2, missing: 'impute' as const },
    { seed: 2, missing: 'impute' as const, imputation: 'median' as const },
    { seed: 2, formula: 'y ~ poly(x, 2)' },
    { seed: 2, formula: 'y ~ poly(x, 3)' },
    { seed: 1 },
  ]) {
    const estimator = new LogisticRegression({
      holdout: 0.3,
      l2: 0.01,
      ...('formula' in options ? {} : { only: ['x', 'z', 'level'] }),
      ...options,
      tolerance: 1e-12,
    });
    const [disk, memory] = [await estimator.fit(stored, 'y'), await estimator.fit(path, 'y')];
    expect(disk.training.rows).toEqual(memory.training.rows);
    compare(disk.training.metrics.holdout!, memory.training.metrics.holdout!);
    const ofMemory = memory.coefficients;
    const worst = Object.entries(disk.coefficients).map(([name, value]) => relative(value, ofMemory[name]!));
    expect(Math.max(...worst)).toBeLessThan(1e-9);
  }
  await stored.close();
});

test('a column that was only known afterwards is named', async () => {
  const path = join(folder, 'leak.csv');
  const random = createRandom(6);
  const lines = Array.from({ length: 3000 }, (_, i) => {
    const y = Number(random() > 0.6);
    return `${random()},${i === 7 ? 1.2 - y : y + 0.4 * random()},${y}`;
  });
  writeFileSync(path, ['x,paid,y', ...lines].join('\n'));
  const fit = (rows: 'memory' | 'disk') => new LogisticRegression({ rows, l2: 0.1 }).fit(path, 'y');
  const [memory, disk] = [await fit('memory'), await fit('disk')];
  expect(disk.warnings.map(({ code }) => code)).toContain('possible-leak');
  expect(disk.warnings).toEqual(memory.warnings);
});

test('missing cells that are to be an error are one', async () => {
  const path = join(folder, 'missing.csv');
  writeFileSync(path, drawRows(3, 300, 2));
  const fit = (rows: 'memory' | 'disk') => new LogisticRegression({ rows, missing: 'error' }).fit(path, 'y');
  await expect(fit('memory')).rejects.toMatchObject({ code: 'missing-cell' });
  await expect(fit('disk')).rejects.toMatchObject({
    code: 'missing-cell',
    message: expect.stringMatching(/^column y: \d+ missing cells$/),
  });
});
