/**
 * Data that other software stumbles over, given to `logit train`: separation, one class, labels, weights, holdouts.
 * The inputs are small, the right outcomes closed forms where they exist.
 */
import { describe, expect, test } from 'vitest';
import { folderHere } from '../support/command.ts';
import { t8 } from '../support/t8.ts';

const third = Math.log(3);
const near = (found: number, truth: number, tolerance = 1e-10): void => {
  expect(Math.abs(found - truth)).toBeLessThanOrEqual(tolerance);
};

describe('B01: classes that a line separates', () => {
  const separable = 'x,y\n-2,0\n-1,0\n1,1\n2,1\n';

  test.each(['auto', 'newton', 'lbfgs', 'gd'])('without a penalty it ends, finite, and says so: %s', async (solver) => {
    const folder = folderHere();
    folder.write('s.csv', separable);
    const report = await folder.train('s.csv', '--target', 'y', '--solver', solver, '--max-iterations', '10000');
    expect(report.solver.outcome).toBe('separated');
    expect(Number.isFinite(report.coefficients.x)).toBe(true);
    expect(report.metrics.train.accuracy).toBe(1);
    const warning = report.warnings.find(({ code }) => code === 'separated')!;
    expect(warning.message).toMatch(/perfect separation.*--l2/);
  });
});

describe('B03: a target of one class', () => {
  const inputs: [string, string, RegExp][] = [
    ['every row', t8.replace(/,[01]/g, ',1'), /y.*one class only: 1 \(8 rows\)/],
    ['a single row', 'x,y\n3,1\n', /y.*one class only: 1 \(1 rows\)/],
    [
      'once rows with missing cells are dropped',
      `x,y\n${'1,0\n2,0\n3,0\n'.repeat(3)},1\n`,
      /y has one class only, 0 \(9 rows\), once rows with a missing cell in x are dropped/,
    ],
  ];
  test.each(inputs)('%s', async (_, data, message) => {
    const folder = folderHere();
    folder.write('d.csv', data);
    const { code, stderr } = await folder.logit(['train', 'd.csv', '--target', 'y']);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
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
    const folder = folderHere();
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

  test('a third class is fitted, and warned of where one row is all it has', async () => {
    const folder = folderHere();
    folder.write('d.csv', `${t8}1,2\n`);
    const { code, stdout, stderr } = await folder.logit(['train', 'd.csv', '--target', 'y', '--json', '--l2', '0.1']);
    expect(code).toBe(0);
    const { classes, intercept, coefficients } = JSON.parse(stdout);
    expect(classes).toEqual([0, 1, 2]);
    expect(Object.keys(intercept)).toEqual(['1', '2']);
    expect(Object.keys(coefficients)).toEqual(['1', '2']);
    expect(coefficients['1'].x).toBeGreaterThan(0);
    expect(stderr).toContain('one row only of 2');
  });
});

describe('B07: a constant column', () => {
  test('has coefficient 0, is named, and changes no prediction', async () => {
    const folder = folderHere();
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
  test('a cell Infinity is an error with line and column', async () => {
    const folder = folderHere();
    folder.write('d.csv', t8.replace('1,0', 'Infinity,0'));
    const { code, stderr } = await folder.logit(['train', 'd.csv', '--target', 'y']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/d\.csv:6: column x: `Infinity` is not a number/);
  });
});

describe('B13: class weights', () => {
  const rows = [...'nnnnnny']
    .map((c) => ({ x: 0, y: c === 'y' ? 'yes' : 'no' }))
    .concat([...'nny'].map((c) => ({ x: 1, y: c === 'y' ? 'yes' : 'no' })));
  const csv = `x,y\n${rows.map(({ x, y }) => `${x},${y}`).join('\n')}\n`;

  test('plain, balanced, and the same weights as a map', async () => {
    const folder = folderHere();
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
    const folder = folderHere();
    folder.write('d.csv', csv);
    const { code, stderr } = await folder.logit(['train', 'd.csv', '--target', 'y', '--class-weight', 'no=1,yess=3']);
    expect(code).toBe(1);
    expect(stderr).toContain('"yess" is not a class of y, which has "no", "yes"; did you mean "yes"?');
  });
});

describe('B16, B17: the holdout', () => {
  const data = `x,z,y\n${Array.from({ length: 1000 }, (_, i) => `${Math.sin(i * i).toFixed(6)},${Math.cos(i).toFixed(6)},${i < 500 ? 0 : 1}`).join('\n')}\n`;

  test('same seed, same model byte for byte; another seed, another split', async () => {
    const folder = folderHere();
    folder.write('d.csv', data);
    const fit = async (name: string, seed: string) => {
      await folder.train('d.csv', '--target', 'y', '--holdout', '0.2', '--seed', seed, '--out', name);
      return folder.read(name);
    };
    const [a, b, c] = [await fit('a.json', '7'), await fit('b.json', '7'), await fit('c.json', '8')];
    expect(b).toBe(a);
    expect(c).not.toBe(a);
  });

  test('a file sorted by label is split in proportion, and the statistics are of the training part', async () => {
    const folder = folderHere();
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
