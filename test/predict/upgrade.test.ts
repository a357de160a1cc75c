/** Files of format 1: what they become, that they score as they did, and that a bad one is refused by field. */
import { describe, expect, test } from 'vitest';
import { LogisticError, loadScorer } from '../../src/predict.ts';
import { expected1, golden1, type Loose } from './model-2.ts';

const file1 = (): Loose => JSON.parse(golden1);

describe('B56: a file of format 1', () => {
  const scorer = loadScorer(golden1);
  const { model } = scorer;

  test('gives its golden predictions', () => {
    scorer.predictProba(expected1.rows).forEach((found, i) => {
      found.forEach((p, c) => {
        // The order of the sum differs from version 0.1: a handful of roundings of numbers below 1.
        expect(Math.abs(p / expected1.probabilities[i]![c]! - 1)).toBeLessThanOrEqual(1e-15);
      });
    });
  });

  test('is one of format 2 in memory, and stays the same through JSON', () => {
    const old = file1();
    expect(model.formatVersion).toBe('2.0');
    expect(model.target).toEqual({ name: 'result', classes: ['ill', 'well'], reference: 'ill' });
    expect(model.intercepts).toEqual([old.intercept]);
    expect(model.standardizedIntercepts).toEqual([old.standardizedIntercept]);
    expect(model.terms[0]).toEqual({
      name: 'age',
      group: 'age',
      factors: [{ column: 'age', basis: { kind: 'identity' } }],
      coefficients: [old.terms[0].coefficient],
      standardized: [old.terms[0].standardized],
      mean: old.terms[0].mean,
      scale: old.terms[0].scale,
    });
    expect(model.terms[3]).toMatchObject({
      name: 'city=Rome',
      group: 'city',
      factors: [{ column: 'city', basis: { kind: 'level', level: 'Rome' } }],
    });
    expect(model.certificate).toEqual({ ...old.certificate, storagePrecision: 'float64' });
    for (const name of ['madeBy', 'threshold', 'unseen', 'missing', 'missingTokens', 'features', 'training'] as const) {
      expect(model[name], name).toEqual(old[name]);
    }
    for (const name of ['intercept', 'standardizedIntercept']) expect(model).not.toHaveProperty(name);
    expect(model.target).not.toHaveProperty('positive');
    expect(model.certificate).not.toHaveProperty('data');
    expect(loadScorer(JSON.stringify(model)).model).toEqual(model);
  });

  test('is itself not changed', () => {
    const old = file1();
    loadScorer(old);
    expect(old).toEqual(file1());
  });

  test('keeps what it says of the positive class, of the precision and of excluded terms', () => {
    const old = file1();
    old.target.positive = 'ill';
    old.certificate.data = 'float32';
    old.terms[1] = { ...old.terms[1], coefficient: 0, standardized: 0, excluded: 'dependent' };
    const { model: turned, predictProba } = loadScorer(old);
    expect(turned.target.reference).toBe('well');
    expect(turned.certificate.storagePrecision).toBe('float32');
    expect(turned.terms[1]).toMatchObject({ coefficients: [0], excluded: 'dependent' });
    const untouched = { ...file1(), terms: old.terms };
    expect(predictProba(expected1.rows)).toEqual(
      loadScorer(untouched)
        .predictProba(expected1.rows)
        .map((row) => row.reverse()),
    );
  });

  test('names of terms that repeat get a number', () => {
    const old = file1();
    old.features.push({ kind: 'numeric', column: 'city=Oslo', impute: null });
    old.terms.push({ name: 'city=Oslo', column: 'city=Oslo', coefficient: 1, standardized: 1, mean: 0, scale: 1 });
    const names = loadScorer(old).model.terms.map(({ name }) => name);
    expect(names).toEqual(['age', 'smoker=true', 'city=Oslo', 'city=Rome', 'city=Oslo (5)']);
  });

  test('a later minor version and fields of its own load', () => {
    const later = loadScorer({ ...file1(), formatVersion: '1.9', novelty: true });
    expect(later.predictProba(expected1.rows)).toEqual(scorer.predictProba(expected1.rows));
  });
});

describe('a malformed file of format 1 is refused, naming the field as it is written there', () => {
  const spoiled: [path: string, value: unknown][] = [
    ['threshold', 2],
    ['unseen', 'guess'],
    ['missing', null],
    ['missingTokens', 'NA'],
    ['decimalComma', 'no'],
    ['intercept', null],
    ['intercept', undefined],
    ['standardizedIntercept', 'x'],
    ['madeBy', null],
    ['madeBy.version', 1],
    ['target', undefined],
    ['target', 'well'],
    ['target.name', undefined],
    ['target.classes', ['ill']],
    ['target.classes', ['well', 'ill']],
    ['target.classes', ['ill', 'ill']],
    ['target.classes', null],
    ['target.positive', 'neither'],
    ['target.positive', undefined],
    ['features', undefined],
    ['features', {}],
    ['features.0', null],
    ['features.0.kind', 'ordinal'],
    ['features.0.kind', 'constructor'],
    ['features.0.column', 3],
    ['features.0.impute', 'x'],
    ['features.2.levels', 'Bonn'],
    ['terms', undefined],
    ['terms', []],
    ['terms', 'age'],
    ['terms.0', null],
    ['terms.0.name', 1],
    ['terms.0.coefficient', 'x'],
    ['terms.0.standardized', null],
    ['terms.0.level', 'x'],
    ['terms.0.mean', undefined],
    ['terms.0.scale', 0],
    ['terms.1.column', 'elsewhere'],
    ['terms.1.level', undefined],
    ['terms.2.level', 'Rome'],
    ['terms.2.excluded', 'bored'],
    ['certificate', undefined],
    ['certificate.gradientNorm', null],
    ['certificate.data', 'float16'],
    ['training', []],
  ];
  test.each(spoiled)('%s: %j', (path, value) => {
    const copy = file1();
    const keys = path.split('.');
    const last = keys.pop()!;
    keys.reduce((at, key) => at[key], copy)[last] = value;
    const name = path.replace(/\.(\d+)/g, '[$1]');
    try {
      loadScorer(copy);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(LogisticError);
      expect(error).toMatchObject({ code: 'bad-model', details: { path: expect.stringMatching(/^\w/) } });
      const { path: found } = (error as LogisticError).details as { path: string };
      expect(found.startsWith(name), `${found} begins with ${name}`).toBe(true);
      expect((error as LogisticError).message).toContain(`model file: ${found} should be `);
    }
  });

  test('any one field of any depth taken away, or made null or a number, is no TypeError', () => {
    const paths: string[][] = [];
    const walk = (value: Loose, path: string[]): void => {
      if (path.length > 0) paths.push(path);
      if (typeof value !== 'object' || value === null || path[0] === 'training') return;
      for (const key of Object.keys(value)) walk(value[key], [...path, key]);
    };
    walk(file1(), []);
    let refused = 0;
    for (const path of paths) {
      for (const value of [undefined, null, -7, [null], {}]) {
        const copy = file1();
        path.slice(0, -1).reduce((at, key) => at[key], copy)[path.at(-1)!] = value;
        try {
          loadScorer(copy);
        } catch (error) {
          refused++;
          if (!(error instanceof LogisticError)) throw new Error(`${path.join('.')}: ${value}`, { cause: error });
        }
      }
    }
    expect(refused).toBeGreaterThan(3 * paths.length);
  });
});
