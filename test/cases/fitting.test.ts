/**
 * Troubles that people met in other software, in the fit: separation, one class, labels, scales,
 * weights, singular designs, seeds. The inputs are small, the right outcomes closed forms where they exist.
 */
import { describe, expect, test } from 'vitest';
import { LogisticRegression } from '../../src/index.ts';
import { emptyFolder, t8, t8Labels, t8X } from '../support/command.ts';
import '../support/tensorflow.ts';

const third = Math.log(3);
const X = t8X.map((x) => [x]);
const near = (found: number, truth: number, tolerance = 1e-10): void => {
  expect(Math.abs(found - truth)).toBeLessThanOrEqual(tolerance);
};

describe('B01: classes that a line separates', () => {
  const separable = 'x,y\n-2,0\n-1,0\n1,1\n2,1\n';

  test.each(['auto', 'newton', 'lbfgs', 'gd'])('without a penalty it ends, finite, and says so: %s', async (solver) => {
    const folder = emptyFolder();
    folder.write('s.csv', separable);
    const report = await folder.train('s.csv', '--target', 'y', '--solver', solver, '--max-iterations', '10000');
    expect(report.solver.outcome).toBe('separated');
    expect(Number.isFinite(report.coefficients.x)).toBe(true);
    expect(report.metrics.train.accuracy).toBe(1);
    const warning = report.warnings.find(({ code }) => code === 'separated')!;
    expect(warning.message).toMatch(/perfect separation.*--l2/);
  });

  test('with a penalty the answer is exact: w = 0.674832, P = 0.662584', async () => {
    // Σ losses + ½w² on raw x = ±1 (mean 0, deviation 1): l2 = 1/m.
    const model = await new LogisticRegression({ l2: 1 / 2 }).fit([[-1], [1]], [0, 1]);
    near(model.coefficients.x1!, 0.674832, 5e-7);
    near(model.intercept, 0);
    near((await model.predictProba([[1]]))[0]![1], 0.662584, 5e-7);
    // w solves w = 2·(1 − σ(w)): the gradient of the objective.
    near(model.coefficients.x1!, 2 / (1 + Math.exp(model.coefficients.x1!)), 1e-12);
  });

  test('several columns together separate: every row is on its side, whatever the backend', async () => {
    for (const backend of ['auto', 'tfjs-cpu', 'wasm'] as const) {
      const x = [
        [0, 0],
        [1, 3],
        [3, 2],
        [2, 0],
        [4, 5],
        [5, 3],
      ];
      const y = [0, 1, 0, 0, 1, 0]; // x2 > x1 for the ones only
      const model = await new LogisticRegression({ backend }).fit(x, y);
      expect(model.training.solver.outcome).toBe('separated');
      expect(await model.predict(x)).toEqual(y);
    }
  });
});

describe('B03: a target of one class', () => {
  const inputs: [string, string, RegExp][] = [
    ['every row', t8.replace(/,[01]/g, ',1'), /y.*one class only: 1 \(8 rows\)/],
    ['a single row', 'x,y\n3,1\n', /y.*one class only: 1 \(1 rows\)/],
    [
      'once rows with missing cells are dropped',
      `x,y\n${'1,0\n2,0\n3,0\n'.repeat(3)},1\n`,
      /y.*last row of class 1 went because a cell is missing in x; 9 rows/,
    ],
  ];
  test.each(inputs)('%s', async (_, data, message) => {
    const folder = emptyFolder();
    folder.write('d.csv', data);
    const { code, stderr } = await folder.logit(['train', 'd.csv', '--target', 'y']);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('a target with another number in every row is refused, not looked up for minutes', async () => {
  const labels = Float64Array.from({ length: 600_000 }, (_, i) => i * 0.37);
  const fit = new LogisticRegression().fit(Float64Array.from(labels, Math.sin), labels);
  await expect(fit).rejects.toMatchObject({ code: 'too-many-classes' });
});

describe('B04: next to nothing to learn from', () => {
  test('columns of dust count as constant; the intercept is the log-odds', async () => {
    const x = Array.from({ length: 30 }, (_, i) => [i === 0 ? 1e-200 : 0, 0]);
    const y = x.map((_, i) => (i < 18 ? 1 : 0));
    const model = await new LogisticRegression().fit(x, y);
    near(model.intercept, Math.log(18 / 12), 1e-12);
    expect(Object.values(model.coefficients)).toEqual([0, 0]);
    expect(model.warnings.find(({ code }) => code === 'constant-column')!.columns).toEqual(['x1', 'x2']);
    for (const [, p] of await model.predictProba(x)) near(p, 0.6, 1e-12);
  });

  test('one predictor, one row: one probability for each class', async () => {
    const model = await new LogisticRegression().fit(X, t8Labels);
    const [row, ...rest] = await model.predictProba([[1]]);
    expect(rest).toEqual([]);
    near(row![0], 0.25);
    near(row![1], 0.75);
  });
});

describe('B05: labels of any kind', () => {
  const spellings: [string, string][] = [
    ['0', '1'],
    ['-1', '1'],
    ['1', '2'],
    ['no', 'yes'],
    ['FALSE', 'TRUE'],
  ];
  test.each(spellings)('%s/%s', async (negative, positive) => {
    const folder = emptyFolder();
    folder.write(
      'd.csv',
      t8.replace(/,([01])/g, (_, y) => `,${y === '1' ? positive : negative}`),
    );
    const report = await folder.train('d.csv', '--target', 'y', '--out', 'm.json');
    near(report.intercept, -third);
    near(report.coefficients.x!, 2 * third);
    expect(report.classes.map(String)).toEqual([negative, positive]);
    const { stdout } = await folder.logit(['predict', 'm.json', 'd.csv']);
    expect(stdout.split('\n')[1]!.split(',')[0]).toBe(negative);
    expect(stdout.split('\n')[5]!.split(',')[0]).toBe(positive);
    const chosen = await folder.train('d.csv', '--target', 'y', '--positive', negative);
    near(chosen.intercept, third);
  });

  test('a third class is an error that names the classes and their counts', async () => {
    const folder = emptyFolder();
    folder.write('d.csv', `${t8}1,2\n`);
    const { code, stderr } = await folder.logit(['train', 'd.csv', '--target', 'y']);
    expect(code).toBe(1);
    expect(stderr).toContain('3 classes: 0 (4 rows), 1 (4 rows), 2 (1 rows)');
  });

  test('labels keep value and type through the file', async () => {
    const kinds: [(string | number | boolean)[], (string | number | boolean)[]][] = [
      [
        [-1, 1],
        [-1, 1],
      ],
      [
        ['01', '1'],
        ['01', '1'],
      ],
      [
        [false, true],
        [false, true],
      ],
    ];
    for (const [labels, classes] of kinds) {
      const model = await new LogisticRegression().fit(
        X,
        t8Labels.map((y) => labels[y]!),
      );
      expect(model.classes).toEqual(classes);
      expect((await model.predict([[0], [1]])).map((label) => typeof label)).toEqual(
        classes.map((label) => typeof label),
      );
      expect(JSON.parse(JSON.stringify(model)).target.classes).toEqual(classes);
    }
  });
});

describe('B07: a constant column', () => {
  test('has coefficient 0, is named, and changes no prediction', async () => {
    const folder = emptyFolder();
    const rows = t8
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.replace(',', ',14.62,'));
    folder.write('d.csv', `x,c,y\n${`${rows.join('\n')}\n`.repeat(125)}`);
    const report = await folder.train('d.csv', '--target', 'y', '--out', 'm.json');
    near(report.coefficients.x!, 2 * third);
    expect(report.coefficients.c).toBe(0);
    expect(report.warnings).toMatchObject([{ code: 'constant-column', columns: ['c'] }]);
    folder.write('new.csv', 'x,c\n1,14.62\n1,15\n');
    const [, first, second] = (await folder.logit(['predict', 'm.json', 'new.csv'])).stdout.split('\n');
    expect(second).toBe(first);
    near(Number(first!.split(',')[2]), 0.75);
  });
});

describe('B10: sizes beyond float32', () => {
  test('x of 1e30, and a value of 1e39 that float32 cannot hold', async () => {
    for (const backend of ['auto', 'tfjs-cpu', 'wasm'] as const) {
      const large = await new LogisticRegression({ backend }).fit(
        t8X.map((x) => [x === 0 ? 1e30 : 3e30]),
        t8Labels,
      );
      const [low, high] = await large.predictProba([[1e30], [3e30]]);
      near(low![1], 0.25);
      near(high![1], 0.75);
      const huge = await new LogisticRegression({ backend }).fit(
        t8X.map((x, i) => [i === 7 ? 1e39 : x]),
        t8Labels,
      );
      expect(Number.isFinite(huge.coefficients.x1)).toBe(true);
    }
  });

  test('a cell Infinity is an error with line and column', async () => {
    const folder = emptyFolder();
    folder.write('d.csv', t8.replace('1,0', 'Infinity,0'));
    const { code, stderr } = await folder.logit(['train', 'd.csv', '--target', 'y']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/d\.csv:6: column x: `Infinity` is not a number/);
  });
});

describe('B11: columns on different scales, rows by the thousand', () => {
  test('scales do not matter', async () => {
    // T8 twice, the second time with both patterns turned over, so that nothing is separated.
    const twice = [...t8X, ...t8X];
    const labels = [...t8Labels, ...t8Labels];
    const pattern = (i: number): number => (i % 2 === 0 ? 1 : -1) * (i < 8 ? 1 : -1);
    const other = (i: number): number => (i % 4 < 2 ? 1 : -1) * (i < 8 ? 1 : -1);
    const fit = (a: number, b: number) =>
      new LogisticRegression({ solver: 'gd' }).fit(
        twice.map((x, i) => [x, a * pattern(i), b * other(i)]),
        labels,
      );
    const [scaled, plain] = [await fit(1e6, 1e-6), await fit(1, 1)];
    expect(scaled.training.solver.outcome).toBe('converged');
    near(plain.coefficients.x1!, 2 * third, 1e-8);
    near(scaled.coefficients.x1!, plain.coefficients.x1!, 1e-8);
    near(scaled.coefficients.x2! * 1e6, plain.coefficients.x2!, 1e-8);
    near(scaled.coefficients.x3! * 1e-6, plain.coefficients.x3!, 1e-8);
  });

  test('a thousand times the rows, the same rate, the same answer', async () => {
    const x = Array.from({ length: 8000 }, (_, i) => [t8X[i % 8]!]);
    const y = x.map((_, i) => t8Labels[i % 8]!);
    const model = await new LogisticRegression({ solver: 'gd', learningRate: 0.5 }).fit(x, y);
    near(model.intercept, -third, 1e-9);
    near(model.coefficients.x1!, 2 * third, 1e-9);
  });

  test('a limit that is reached is a warning with the gradient norm', async () => {
    const model = await new LogisticRegression({ solver: 'gd', learningRate: 0.01, maxIterations: 3 }).fit(X, t8Labels);
    expect(model.training.solver).toMatchObject({ outcome: 'max-iterations', iterations: 3 });
    expect(model.warnings[0]!.message).toMatch(/3 iterations of gd left a gradient of \d\.\de-\d/);
  });
});

describe('B13: class weights', () => {
  const rows = [...'nnnnnny']
    .map((c) => ({ x: 0, y: c === 'y' ? 'yes' : 'no' }))
    .concat([...'nny'].map((c) => ({ x: 1, y: c === 'y' ? 'yes' : 'no' })));
  const csv = `x,y\n${rows.map(({ x, y }) => `${x},${y}`).join('\n')}\n`;

  test('plain, balanced, and the same weights as a map', async () => {
    const folder = emptyFolder();
    folder.write('d.csv', csv);
    const fit = async (...options: string[]) => {
      const { intercept, coefficients } = await folder.train('d.csv', '--target', 'y', ...options);
      return [intercept, coefficients.x!] as const;
    };
    const [b, w] = await fit();
    near(b, -Math.log(6));
    near(w, third);
    for (const weights of ['balanced', `no=${10 / 16},yes=${10 / 4}`]) {
      const [balanced, slope] = await fit('--class-weight', weights);
      near(balanced, Math.log((2.5 * 1) / (0.625 * 6))); // −0.405465
      near(slope, third);
    }
  });

  test('a class that is not there is an error', async () => {
    const folder = emptyFolder();
    folder.write('d.csv', csv);
    const { code, stderr } = await folder.logit(['train', 'd.csv', '--target', 'y', '--class-weight', 'no=1,yess=3']);
    expect(code).toBe(1);
    expect(stderr).toContain('"yess" is not a class of y, which has "no", "yes"; did you mean "yes"?');
  });
});

describe('B15: columns that say the same', () => {
  test('a column twice', async () => {
    const model = await new LogisticRegression().fit(
      t8X.map((x) => ({ x, x2: x, y: t8Labels })).map((row, i) => ({ ...row, y: t8Labels[i]! })),
      'y',
    );
    expect(model.coefficients).toEqual({ x: expect.closeTo(2 * third, 10), x2: 0 });
    expect(model.warnings).toMatchObject([{ code: 'identical-columns', columns: ['x', 'x2'] }]);
    const shared = await new LogisticRegression({ l2: 0.1 }).fit(
      t8X.map((x, i) => ({ x, x2: x, y: t8Labels[i]! })),
      'y',
    );
    near(shared.coefficients.x!, shared.coefficients.x2!, 1e-12);
  });

  test('a category equal to a number', async () => {
    const model = await new LogisticRegression().fit(
      t8X.map((x, i) => ({ x, g: x === 0 ? 'a' : 'b', y: t8Labels[i]! })),
      'y',
    );
    const [low, high] = await model.predictProba([
      { x: 0, g: 'a' },
      { x: 1, g: 'b' },
    ]);
    near(low![1], 0.25);
    near(high![1], 0.75);
    for (const w of Object.values(model.coefficients)) expect(Math.abs(w)).toBeLessThan(10);
    expect(model.warnings).toMatchObject([{ code: 'identical-columns', columns: ['x', 'g'] }]);
  });

  test('a number that a category determines, as education_num in the census', async () => {
    const levels = ['a', 'b', 'c'];
    const random = [0, 2, 1, 1, 0, 2, 2, 0, 1, 0, 1, 2, 2, 1, 0, 0];
    const rows = random.map((k, i) => ({
      level: levels[k]!,
      grade: 10 - 3 * k * k,
      z: Math.sin(i),
      y: (i * 7) % 3 === 0 ? 'p' : 'q',
    }));
    const model = await new LogisticRegression().fit(rows, 'y');
    expect(model.training.solver.outcome).toBe('converged');
    expect(model.coefficients.grade).toBe(0);
    expect(model.toJSON().terms.find(({ name }) => name === 'grade')!.excluded).toBe('dependent');
    expect(model.warnings.find(({ code }) => code === 'dependent-columns')!.message).toContain(
      'grade is determined by level',
    );
    const without = await new LogisticRegression({ drop: ['grade'] }).fit(rows, 'y');
    near(model.intercept, without.intercept, 1e-9);
  });
});

describe('B16, B17: the holdout', () => {
  const data = `x,z,y\n${Array.from({ length: 1000 }, (_, i) => `${Math.sin(i * i).toFixed(6)},${Math.cos(i).toFixed(6)},${i < 500 ? 0 : 1}`).join('\n')}\n`;

  test('same seed, same model byte for byte; another seed, another split', async () => {
    const folder = emptyFolder();
    folder.write('d.csv', data);
    const fit = async (name: string, seed: string) => {
      await folder.train('d.csv', '--target', 'y', '--holdout', '0.2', '--seed', seed, '--out', name);
      return folder.read(name);
    };
    const [a, b, c] = [await fit('a.json', '7'), await fit('b.json', '7'), await fit('c.json', '8')];
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });

  test('Math.random is not asked', async () => {
    const random = Math.random;
    Math.random = () => {
      throw new Error('asked');
    };
    try {
      const model = await new LogisticRegression({ holdout: 0.25 }).fit(X, t8Labels);
      expect(model.training.rows).toMatchObject({ train: 6, holdout: 2 });
    } finally {
      Math.random = random;
    }
  });

  test('a file sorted by label is split in proportion, and the statistics are of the training part', async () => {
    const folder = emptyFolder();
    const sorted = `${t8
      .trim()
      .split('\n')
      .slice(1)
      .sort((p, q) => p.split(',')[1]!.localeCompare(q.split(',')[1]!))
      .join('\n')}\n`;
    folder.write(
      'd.csv',
      `x,y\n${sorted
        .split('\n')
        .filter(Boolean)
        .flatMap((row) => new Array<string>(100).fill(row))
        .join('\n')}\n`,
    );
    const report = await folder.train('d.csv', '--target', 'y', '--holdout', '0.2', '--out', 'm.json');
    expect(report.rows).toMatchObject({ read: 800, used: 800, train: 640, holdout: 160 });
    expect(report.metrics.holdout!.rows).toBe(160);
    const { confusion } = report.metrics.holdout as unknown as { confusion: Record<string, number> };
    expect(confusion.truePositives! + confusion.falseNegatives!).toBe(80);
    expect(report.metrics.holdout!.auc).toBeGreaterThan(0.6);
  });
});
