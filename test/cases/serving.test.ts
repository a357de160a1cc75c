/** A model that has left the place where it was made: raw rows in, the same probabilities out. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FittedLogisticRegression, LogisticRegression, loadScorer } from '../../src/index.ts';
import { emptyFolder, t8, t8Labels, t8X } from '../support/command.ts';

const close = (found: number, truth: number, tolerance = 1e-12): void => {
  expect(Math.abs(found - truth)).toBeLessThanOrEqual(tolerance);
};

describe('B51: scaling travels with the model', () => {
  test('raw rows, alone or together, in any order, in another process', async () => {
    const folder = emptyFolder();
    folder.write('d.csv', t8.replace(/^0,/gm, '100,').replace(/^1,/gm, '300,'));
    await folder.train('d.csv', '--target', 'y', '--out', 'm.json');
    const scorer = loadScorer(folder.read('m.json'));
    close(scorer.predictProba([{ x: 100 }])[0]![1], 0.25);
    close(scorer.predictProba([{ x: 300 }])[0]![1], 0.75);
    const together = scorer.predictProba([{ x: 300 }, { x: 100 }, { x: 300 }]).map(([, p]) => p);
    expect(together).toEqual([together[0], scorer.predictProba([{ x: 100 }])[0]![1], together[0]]);
    folder.write('new.csv', 'x\n300\n100\n');
    const lines = (await folder.logit(['predict', 'm.json', 'new.csv'])).stdout.split('\n');
    expect(Number(lines[1]!.split(',')[2])).toBe(together[0]);
  });
});

describe('B52: columns are matched by name', () => {
  const rows = t8X.flatMap((a, i) =>
    [0, 1].map((k) => ({ a, b: Math.sin(3 * i + k), c: Math.cos(5 * i - k), y: t8Labels[i]! })),
  );
  const fit = () => new LogisticRegression().fit(rows, 'y');

  test('order of keys, extra keys and the target do not matter; a missing one is named', async () => {
    const model = await fit();
    const [expected] = await model.predictProba([{ a: 1, b: 0.5, c: -0.5 }]);
    expect((await model.predictProba([{ c: -0.5, b: 0.5, a: 1 }]))[0]).toEqual(expected);
    expect((await model.predictProba([{ extra: 'e', y: 1, c: -0.5, b: 0.5, a: 1 }]))[0]).toEqual(expected);
    expect((await model.predictProba([[1, 0.5, -0.5]]))[0]).toEqual(expected);
    const misspelled = { a: 1, B: 0.5, c: -0.5 };
    await expect(model.predictProba([misspelled])).rejects.toMatchObject({
      code: 'missing-column',
      message: expect.stringContaining('"b"'),
      hint: expect.stringContaining('"B"'),
    });
    await expect(model.predict([[1, 2]])).rejects.toMatchObject({
      code: 'row-width',
      message: expect.stringContaining('a, b, c'),
    });
  });

  test('in files too', async () => {
    const folder = emptyFolder();
    const csv = (names: (keyof (typeof rows)[0])[]): string =>
      `${names.join(',')}\n${rows.map((row) => names.map((name) => row[name]).join(',')).join('\n')}\n`;
    folder.write('d.csv', csv(['a', 'b', 'c', 'y']));
    folder.write('turned.csv', csv(['y', 'c', 'a', 'b']));
    folder.write('short.csv', csv(['a', 'c']));
    folder.write('headless.csv', csv(['a', 'b', 'c']).split('\n').slice(1).join('\n'));
    await folder.train('d.csv', '--target', 'y', '--out', 'm.json');
    const straight = await folder.logit(['predict', 'm.json', 'd.csv']);
    const turned = await folder.logit(['predict', 'm.json', 'turned.csv']);
    expect(turned.stdout).toBe(straight.stdout);
    const short = await folder.logit(['predict', 'm.json', 'short.csv']);
    expect(short).toMatchObject({ code: 1, stdout: '' });
    expect(short.stderr).toContain('the model needs the column "b", which the file lacks; it has a, c');
    const headless = await folder.logit(['predict', 'm.json', 'headless.csv', '--no-header']);
    expect(headless).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('B53: categories that training never saw', () => {
  const model = new LogisticRegression().fit(
    t8X.map((x, i) => ({ x: x === 0 ? 'blue' : 'red', y: t8Labels[i]! })),
    'y',
  );

  test('the default is an error that names row, column and category; ignore is the reference, with a note', async () => {
    const fitted = await model;
    await expect(fitted.predict([{ x: 'red' }, { x: 'green' }])).rejects.toMatchObject({
      code: 'unpredictable-row',
      message: 'row 2: x: unseen category `green`',
    });
    const [reference] = await fitted.predictProba([{ x: 'blue' }]);
    expect((await fitted.predictProba([{ x: 'green' }], { unseen: 'ignore' }))[0]).toEqual(reference);
    expect(fitted.scoreRow({ x: 'green' }, { unseen: 'ignore' })).toMatchObject({
      notes: ['x: unseen category `green`, taken as the reference'],
    });
  });

  test('spaces are trimmed, case is kept, blank is missing, a number matches its text', async () => {
    const fitted = await model;
    expect(await fitted.predict([{ x: ' red' }])).toEqual([1]);
    expect(fitted.scoreRow({ x: 'Red' })).toEqual({ problem: 'x: unseen category `Red`' });
    expect(fitted.scoreRow({ x: '' })).toEqual({ problem: 'x is missing' });
    expect(fitted.scoreRow({ x: null })).toEqual({ problem: 'x is missing' });
    const coded = await new LogisticRegression().fit(
      t8X.map((x, i) => ({ x: String(x), y: t8Labels[i]! })),
      'y',
    );
    close((await coded.predictProba([{ x: 1 }]))[0]![1], 0.75);
  });
});

describe('B54: scoring by hand from the raw coefficients of the file', () => {
  test('large offsets, large integers, categories, rows near the threshold', async () => {
    const rows = Array.from({ length: 400 }, (_, i) => ({
      t: 1e6 + (i % 20),
      n: 5e7 + 1e5 * ((i * 37) % 101),
      g: ['p', 'q', 'r'][(i * 7) % 3]!,
      y: (i * i + 3 * i) % 7 < 3 ? 'no' : 'yes',
    }));
    const model = await new LogisticRegression().fit(rows, 'y');
    const { intercept, terms, threshold, target } = JSON.parse(JSON.stringify(model)) as ReturnType<
      typeof model.toJSON
    >;
    const byHand = (row: Record<string, unknown>): number => {
      let z = intercept;
      for (const { column, level, coefficient } of terms)
        z += coefficient * (level === undefined ? (row[column] as number) : row[column] === level ? 1 : 0);
      return 1 / (1 + Math.exp(-z));
    };
    const flip = rows.reduce((best, row) => (Math.abs(byHand(row) - 0.5) < Math.abs(byHand(best) - 0.5) ? row : best));
    const t = flip.t - Math.log(byHand(flip) / (1 - byHand(flip))) / terms[0]!.coefficient;
    const close1 = [t - 1e-5, t + 1e-5].map((value) => ({ ...flip, t: value }));
    const all = [...rows, ...close1];
    const proba = await model.predictProba(all);
    const predicted = await model.predict(all);
    all.forEach((row, i) => {
      close(byHand(row), proba[i]![1], 1e-6);
      expect(predicted[i]).toBe(proba[i]![1] >= threshold ? target.positive : 'no');
    });
    expect(terms.map(({ name }) => name)).toEqual(['t', 'n', 'g=q', 'g=r']);
  });
});

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
