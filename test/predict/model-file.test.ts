/** Model files of other versions, and files in which one field is wrong. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FittedLogisticRegression, loadScorer } from '../../src/index.ts';

const close = (found: number, truth: number, tolerance = 1e-12): void => {
  expect(Math.abs(found - truth)).toBeLessThanOrEqual(tolerance);
};

describe('B56: files of other versions', () => {
  const golden = readFileSync(new URL('../golden/model-1.0.json', import.meta.url), 'utf8');
  const expected = JSON.parse(
    readFileSync(new URL('../golden/model-1.0.predictions.json', import.meta.url), 'utf8'),
  ) as {
    rows: Record<string, string | number | boolean | null>[];
    probabilities: [number, number][];
  };

  test('a file of format 1.0 gives its golden predictions', () => {
    const scorer = loadScorer(golden);
    scorer.predictProba(expected.rows).forEach((row, i) => {
      close(row[0], expected.probabilities[i]![0]);
      close(row[1], expected.probabilities[i]![1]);
    });
  });

  test('a later minor version and unknown fields load; a later major version is refused with both versions', () => {
    const file = JSON.parse(golden);
    expect(loadScorer({ ...file, formatVersion: '1.9', novelty: true }).predictProba(expected.rows)).toEqual(
      loadScorer(golden).predictProba(expected.rows),
    );
    expect(() => loadScorer({ ...file, formatVersion: '2.0' })).toThrow(/format version 2\.0 is newer than 1\.0/);
    expect(file.madeBy).toMatchObject({ library: 'tfjs-logistic', backend: 'cpu' });
  });

  test('every field is checked, and the bad one is named', () => {
    const file = JSON.parse(golden);
    const spoil = (path: string, value: unknown): object => {
      const copy = structuredClone(file);
      const keys = path.split('.');
      const last = keys.pop()!;
      keys.reduce((at, key) => at[key], copy)[last] = value;
      return copy;
    };
    const spoiled: [string, unknown][] = [
      ['format', 'other'],
      ['formatVersion', 1],
      ['threshold', 2],
      ['unseen', 'guess'],
      ['missing', null],
      ['missingTokens', 'NA'],
      ['decimalComma', 'no'],
      ['intercept', null],
      ['standardizedIntercept', 'x'],
      ['madeBy.version', 1],
      ['target.name', undefined],
      ['target.classes', ['a']],
      ['target.positive', 'neither'],
      ['features.0.kind', 'ordinal'],
      ['features.0.column', 3],
      ['features.0.impute', 'x'],
      ['terms', []],
      ['terms.0.coefficient', 'x'],
      ['terms.0.scale', 0],
      ['terms.1.column', 'elsewhere'],
      ['certificate.gradientNorm', null],
      ['training', []],
    ];
    for (const [path, value] of spoiled) {
      const name = path.replace(/\.(\d+)/g, '[$1]');
      expect(() => loadScorer(spoil(path, value)), path).toThrow(
        new RegExp(`model file: ${name.replace(/[[\]]/g, '\\$&')}`),
      );
    }
    expect(() => FittedLogisticRegression.fromJSON('{"format":')).toThrow('model file: not JSON');
  });
});
