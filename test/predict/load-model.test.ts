/** Every rule of a model file of format 2, one field broken at a time; versions; things that are no file at all. */
import { describe, expect, test } from 'vitest';
import { LogisticError, loadScorer } from '../../src/predict.ts';
import { golden2, type Loose, threeClasses, twoClasses } from './model-2.ts';

function spoil(file: Loose, path: string, value: unknown): Loose {
  const keys = path.split('.');
  const last = keys.pop()!;
  keys.reduce((at, key) => at[key], file)[last] = value;
  return file;
}

function errorOf(source: unknown): LogisticError {
  try {
    loadScorer(source as string);
  } catch (error) {
    expect(error).toBeInstanceOf(LogisticError);
    return error as LogisticError;
  }
  throw new Error('it loads');
}

const strings = ['madeBy.library', 'madeBy.version', 'madeBy.backend', 'madeBy.detail', 'target.name'];
const everyTerm = ['terms.0', 'terms.6'];

/** With a polynomial for each stretch between two knots. */
function curved(): Loose {
  const file = threeClasses();
  const piece = { origin: 4000, unit: 500, coefficients: [0, 1, -2] };
  file.terms[0].factors[0].basis = {
    kind: 'piecewise',
    knots: [4000, 4500],
    pieces: [piece, { ...piece }, { ...piece }],
  };
  return file;
}

/** Path, value and, where it is another, the path that is named. */
const spoiled: [path: string, value: unknown, named?: string][] = [
  ['format', 'other'],
  ['format', undefined],
  ['formatVersion', 2],
  ['formatVersion', ''],
  ['formatVersion', '0.9'],
  ['formatVersion', 'two'],
  ...[...strings, 'certificate.outcome', 'certificate.rule'].flatMap((path): [string, unknown][] => [
    [path, undefined],
    [path, 1],
  ]),
  ['madeBy', undefined],
  ['madeBy', []],
  ['target', null],
  ['target.classes', 'adelie'],
  ['target.classes', []],
  ['target.classes', ['adelie']],
  ['target.classes', ['adelie', 'adelie', 'gentoo']],
  ['target.classes', ['adelie', 'gentoo', 'chinstrap']],
  ['target.classes', [1, 2, '3']],
  ['target.classes', [null, null, null]],
  ['target.classes', [['a'], ['b'], ['c']]],
  ['target.classes', [10, 9, 8]],
  ['target.classes', ['adelie', 'gentoo'], 'threshold'],
  ['target.reference', 'emperor'],
  ['target.reference', undefined],
  ['threshold', 0.5],
  ['threshold', undefined],
  ['unseen', 'guess'],
  ['missing', 'mean'],
  ['missingTokens', 'NA'],
  ['missingTokens', ['NA', null], 'missingTokens[1]'],
  ['features.0.style', ','],
  ['features.0.style', { decimal: ';', thousands: '' }, 'features[0].style.decimal'],
  ['features', {}],
  ['features.0', null],
  ['features.0.kind', 'ordinal'],
  ['features.0.kind', 'toString'],
  ['features.0.column', undefined],
  ['features.1.column', 'mass'],
  ['features.0.impute', '4207'],
  ['features.0.impute', undefined],
  ['features.0.impute', Number.NaN],
  ['features.2.levels', undefined],
  ['features.2.levels', ['Biscoe', 2], 'features[2].levels[1]'],
  ['features.2.levels', ['Biscoe', 'Dream', 'Dream'], 'features[2].levels[2]'],
  ['features.2.levels', ['Biscoe', 'Dream'], 'terms[3].factors[0].basis.level'],
  ['features.2.impute', 'Anvers'],
  ['features.2.impute', 1],
  ['features.3.words', 'no yes'],
  ['features.3.words', ['no']],
  ['features.3.words', ['no', 'yes', 'maybe']],
  ['features.3.words', ['no', true], 'features[3].words[1]'],
  ['features.3.words', ['yes', 'Yes'], 'features[3].words[1]'],
  ['features.3.impute', 'yes'],
  ['terms', {}],
  ['terms.0', 'mass'],
  ...everyTerm.flatMap((term): [string, unknown, string?][] => [
    [`${term}.name`, undefined],
    [`${term}.group`, undefined],
    [`${term}.factors`, undefined],
    [`${term}.factors`, []],
    [`${term}.factors.0`, null],
    [`${term}.factors.0.column`, 'wing'],
    [`${term}.factors.0.column`, undefined],
    [`${term}.factors.0.basis`, undefined],
    [`${term}.factors.0.basis.kind`, 'spline'],
    [`${term}.coefficients`, 1],
    [`${term}.coefficients`, [1]],
    [`${term}.coefficients`, [1, 2, 3]],
    [`${term}.coefficients.1`, null],
    [`${term}.standardized`, [1]],
    [`${term}.standardized.0`, '1'],
    [`${term}.mean`, null],
    [`${term}.scale`, 0],
    [`${term}.scale`, -1],
    [`${term}.scale`, Number.POSITIVE_INFINITY],
    [`${term}.excluded`, 'boring'],
    [`${term}.excluded`, null],
  ]),
  ['terms.1.name', 'mass'],
  // A basis has to fit the kind of its column.
  ['terms.0.factors.0.basis', { kind: 'level', level: 'Dream' }, 'terms[0].factors[0].basis.kind'],
  ['terms.2.factors.0.basis', { kind: 'identity' }, 'terms[2].factors[0].basis.kind'],
  ['terms.4.factors.0.basis', { kind: 'identity' }, 'terms[4].factors[0].basis.kind'],
  ['terms.2.factors.0.basis.level', 'Anvers'],
  ['terms.2.factors.0.basis.level', undefined],
  ['terms.4.factors.0.basis.level', 'true'],
  ['terms.5.factors.1.column', 'mass', 'terms[5].factors[1].basis.kind'],
  ['intercepts', undefined],
  ['intercepts', [1]],
  ['intercepts.0', null],
  ['standardizedIntercepts', [1, 2, 3]],
  ['standardizedIntercepts.1', 'x'],
  ['certificate', undefined],
  ['certificate.gradientNorm', null],
  ['certificate.tolerance', undefined],
  ['certificate.condition', undefined],
  ['certificate.noiseFloor', '0'],
  ['certificate.storagePrecision', undefined],
  ['certificate.storagePrecision', 'float16'],
  ['training', []],
  ['training', undefined],
];

describe('B56: a file of format 2', () => {
  test('that is whole loads: as a string, as an object, with fields that a later minor version adds', () => {
    expect(loadScorer(golden2).model).toEqual(threeClasses());
    const later = { ...threeClasses(), formatVersion: '2.7', novelty: {} };
    later.terms[0].novelty = 1;
    expect(loadScorer(later).classes).toEqual(['adelie', 'chinstrap', 'gentoo']);
    const open = threeClasses();
    open.certificate.condition = null;
    expect(loadScorer(open).model.certificate.condition).toBeNull();
  });

  test.each(spoiled)('%s: %j is refused', (path, value, named) => {
    const error = errorOf(spoil(threeClasses(), path, value));
    const name = named ?? path.replace(/\.(\d+)/g, '[$1]');
    const { path: found } = error.details as { path: string };
    expect(error.code).toBe('bad-model');
    // A list without an item is named by its length.
    expect(found.replace(/\.length$/, '')).toBe(name);
    expect(error.message).toMatch(/^model file: \S+ should be .+, found ./);
    expect(error.message).not.toMatch(/\btext\b/);
  });

  test.each([
    ['threshold', null],
    ['threshold', 1.5],
    ['threshold', -0.1],
    ['threshold', '0.5'],
    ['threshold', Number.NaN],
    ['intercepts', [1, 2]],
    ['target.reference', 2],
  ])('of two classes, %s: %j is refused', (path, value) => {
    const error = errorOf(spoil(twoClasses({ classes: [0, 1], reference: 0 }), path, value));
    expect(error).toMatchObject({ code: 'bad-model', details: { path } });
  });

  test.each<[string, unknown, string?]>([
    ['kind', 'exp'],
    ['kind', 'level'],
    ['knots', undefined],
    ['knots', null],
    ['knots', ['1', 2], 'knots[0]'],
    ['knots', [1], 'pieces'],
    ['pieces', undefined],
    ['pieces', {}],
    ['pieces.1.origin', Number.NaN],
    ['pieces.2.unit', 0],
    ['pieces.0.coefficients', 'abc'],
    ['pieces.0.coefficients.1', null],
  ])('of a basis, %s: %j is refused', (path, value, named = path) => {
    const error = errorOf(spoil(curved(), `terms.0.factors.0.basis.${path}`, value));
    const at = `terms[0].factors[0].basis.${named.replace(/\.(\d+)/g, '[$1]')}`;
    expect(error).toMatchObject({ code: 'bad-model', details: { path: at } });
    expect(() => loadScorer(curved())).not.toThrow();
  });

  test('an imputed level is none of the levels only where there are no levels', () => {
    const file = threeClasses();
    file.features.push({ kind: 'categorical', column: 'ring', levels: [], impute: 'red' });
    const row = { mass: 4000, bill: 45, island: 'Dream', tagged: 'yes', ring: null };
    expect(loadScorer(file).predictProba(row)).toEqual(loadScorer(golden2).predictProba(row));
  });

  test('of a later major version is refused with both versions', () => {
    const error = errorOf({ ...threeClasses(), formatVersion: '3.1' });
    expect(error).toMatchObject({ code: 'newer-model', hint: 'upgrade tfjs-logistic' });
    expect(error.message).toContain('format version 3.1 is newer than 2.0');
    expect(errorOf({ format: 'tfjs-logistic', formatVersion: '10.0' }).code).toBe('newer-model');
  });

  test('any one field of any depth taken away, or made null or a number, is no TypeError', () => {
    const paths: string[][] = [];
    const walk = (value: Loose, path: string[]): void => {
      if (path.length > 0) paths.push(path);
      if (typeof value !== 'object' || value === null) return;
      for (const key of Object.keys(value)) walk(value[key], [...path, key]);
    };
    walk(curved(), []);
    for (const path of paths) {
      for (const value of [undefined, null, -7, [null], {}, 10n, Symbol('x')]) {
        const copy = curved();
        path.slice(0, -1).reduce((at, key) => at[key], copy)[path.at(-1)!] = value;
        try {
          loadScorer(copy);
        } catch (error) {
          if (!(error instanceof LogisticError))
            throw new Error(`${path.join('.')}: ${String(value)}`, { cause: error });
        }
      }
    }
  });
});

describe('what is no model file', () => {
  const circular: Loose = { format: 'tfjs-logistic', formatVersion: '2.0' };
  circular.target = { name: circular };

  test.each([
    ['a string that is no JSON', '{"format":', 'model file: not JSON'],
    ['an empty string', '', 'model file: not JSON'],
    ['JSON of something else', '[1]', 'model file should be an object, found [1]'],
    ['null', null, 'model file should be an object, found null'],
    ['nothing', undefined, 'model file should be an object, found nothing'],
    ['a number', 3, 'model file should be an object, found 3'],
    ['a bigint', 3n, 'model file should be an object, found bigint'],
    ['a function', () => 1, 'model file should be an object, found function'],
    ['a promise', Promise.resolve(golden2), 'model file: format should be "tfjs-logistic", found nothing'],
    ['a circle', circular, 'model file: target.name should be a string, found object'],
  ])('%s', (_, source, message) => {
    const error = errorOf(source);
    expect(error.code).toBe('bad-model');
    expect(error.message).toBe(message);
  });
});
