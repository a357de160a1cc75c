/** The report of a fit in a model file: each of its fields is checked when a fitted model is made of the file. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  FittedLogisticRegression,
  type LogisticError,
  LogisticRegression,
  loadScorer,
  type Options,
} from '../../src/index.ts';

const rows = Array.from({ length: 90 }, (_, i) => ({
  u: i === 5 ? null : (i * 7) % 13,
  c: ['a', 'b', '?'][(i * 5) % 3],
  s: i === 7 ? 0 : 1 + (i % 2),
  two: (i * i) % 5 < 2 ? 'no' : 'yes',
  three: ['x', 'y', 'z'][((i * 3) % 7) % 3],
}));
const options: Options = {
  holdout: 0.2,
  folds: 3,
  trainingMetrics: true,
  weights: 's',
  l2: 0.1,
  classWeight: 'balanced',
};
type Tree = { [key: string]: Tree };
async function fileOf(target: 'two' | 'three'): Promise<Tree> {
  const drop = [target === 'two' ? 'three' : 'two'];
  const model = await new LogisticRegression({ ...options, drop }).fit(rows, target);
  return JSON.parse(JSON.stringify(model));
}

/** Paths to everything within a value. */
function pathsIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, [...path, key]))];
}
/** The file with another value at a path. */
function spoiled(file: Tree, path: readonly string[], value: unknown): Tree {
  const copy = structuredClone(file);
  const at = path.slice(0, -1).reduce((inner, key) => inner[key]!, copy);
  at[path.at(-1)!] = value as Tree;
  return copy;
}
const named = (path: readonly string[]): string =>
  path
    .map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`))
    .join('')
    .slice(1);

function expectRefused(file: Tree, path: readonly string[]): void {
  const load = () => FittedLogisticRegression.fromJSON(spoiled(file, path, () => 'of no kind'));
  expect(load, named(path)).toThrow(expect.objectContaining({ code: 'bad-model' }));
  try {
    load();
  } catch (error) {
    const told = named(path).startsWith(String((error as LogisticError).details.path));
    expect(told, `${named(path)}: ${(error as Error).message}`).toBe(true);
  }
}

describe.each(['two', 'three'] as const)('of %s classes', (target) => {
  test('every field of the wrong kind is refused by its path', async () => {
    const file = await fileOf(target);
    const paths = pathsIn(file.training, ['training']);
    expect(paths.length).toBeGreaterThan(150);
    for (const path of paths) {
      expectRefused(file, path);
    }
  });

  test('a count that is null is refused; a later field is passed over; ./predict needs none of it', async () => {
    const file = await fileOf(target);
    const path = ['training', 'rows', 'dropped', 'zeroWeight'];
    const without = spoiled(file, path, null);
    expect(() => FittedLogisticRegression.fromJSON(without)).toThrow(
      'model file: training.rows.dropped.zeroWeight should be a whole number of at least 0, found null',
    );
    expect(loadScorer(without).classes).toEqual(loadScorer(file).classes);
    FittedLogisticRegression.fromJSON(spoiled(file, ['training', 'later'], { of: 'a minor version' }));
  });
});

test('of separated classes', async () => {
  const cells = ['000', '000', '100', '101', '010', '011', '111', '111'];
  const separated = cells.map(([a, b, y]) => ({ a: Number(a), b: Number(b), y: y! }));
  const file = JSON.parse(JSON.stringify(await new LogisticRegression().fit(separated, 'y')));
  const paths = pathsIn(file.training.separation, ['training', 'separation']);
  expect(paths.length).toBeGreaterThan(8);
  for (const path of paths) expectRefused(file, path);
});

test.each(['1.0', '2.0'])('files of format %s load', (version) => {
  const text = readFileSync(new URL(`../golden/model-${version}.json`, import.meta.url), 'utf8');
  expect(FittedLogisticRegression.fromJSON(text).warnings).toBeInstanceOf(Array);
});
