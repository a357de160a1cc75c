/** More than two classes from the command line, from file to predictions: iris, penguins, wine, and awkward targets. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Folder, folderHere } from '../support/command.ts';
import { readJson } from '../support/data.ts';

interface Case {
  readonly id: string;
  readonly rows: number;
  readonly terms: readonly string[];
  readonly l2: number;
  readonly logOdds: Readonly<Record<string, readonly number[]>>;
  readonly meanLogLoss: number;
  readonly confusion: readonly (readonly number[])[];
}
const { cases } = readJson<{ cases: Case[] }>('multinomial.json');

function folderWith(...files: string[]): Folder {
  const folder = folderHere();
  for (const name of files) {
    copyFileSync(fileURLToPath(new URL(`../../examples/data/${name}`, import.meta.url)), join(folder.path, name));
  }
  return folder;
}

interface Trained {
  readonly classes: string[];
  readonly reference: string;
  readonly positive?: string;
  readonly intercept: Record<string, number>;
  readonly coefficients: Record<string, Record<string, number>>;
  readonly meanLogLoss: number;
  readonly rows: { used: number };
  readonly metrics: { train: { confusion: number[][]; perClass: { label: string }[] } };
  readonly crossValidation: {
    metrics: Record<string, { mean: number; standardDeviation: number; folds: number }>;
  } | null;
}

test.each([
  ['iris-C1', 'iris.csv', 'Species', []],
  ['penguins-all-C1', 'penguins.csv', 'species', []],
  [
    'penguins-island',
    'penguins.csv',
    'island',
    ['--only', 'bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g'],
  ],
  ['wine-C1', 'wine.csv', 'class', []],
])('%s: coefficients, confusion, predictions and evaluation', async (id, file, target, flags) => {
  const truth = cases.find((of) => of.id === id)!;
  const folder = folderWith(file);
  const run = await folder.logit([
    'train',
    file,
    '--target',
    target,
    '--l2',
    String(truth.l2),
    ...flags,
    '--out',
    'm.json',
    '--json',
  ]);
  expect(run.code).toBe(0);
  const found = JSON.parse(run.stdout) as Trained;
  const [reference, ...others] = found.classes;
  expect(found).toMatchObject({ reference, rows: { used: truth.rows } });
  expect(found).not.toHaveProperty('positive');
  expect(Object.keys(found.intercept)).toEqual(others);
  for (const label of others) {
    const values = [found.intercept[label]!, ...truth.terms.map((term) => found.coefficients[label]![term]!)];
    values.forEach((value, j) => {
      expect(Math.abs(value / truth.logOdds[label]![j]! - 1), `${label} ${j}`).toBeLessThanOrEqual(1e-10);
    });
  }
  expect(Math.abs(found.meanLogLoss / truth.meanLogLoss - 1)).toBeLessThanOrEqual(1e-12);
  expect(found.metrics.train.confusion).toEqual(truth.confusion);

  const predicted = await folder.logit(['predict', 'm.json', file, '--quiet']);
  const [header, ...lines] = predicted.stdout.trim().split('\n');
  expect(header).toBe(['prediction', ...found.classes.map((label) => `P(${label})`), 'note'].join(','));
  for (const line of lines) {
    const cells = line.split(',');
    expect(cells).toHaveLength(found.classes.length + 2);
    if (cells.at(-1) !== '') continue; // a row with a missing cell
    const p = cells.slice(1, -1).map(Number);
    expect(cells[0]).toBe(found.classes[p.indexOf(Math.max(...p))]);
    expect(Math.abs(p.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThanOrEqual(4 * Number.EPSILON);
  }

  const evaluated = JSON.parse((await folder.logit(['evaluate', 'm.json', file, '--json'])).stdout);
  expect(evaluated.confusion).toEqual(truth.confusion);
  expect(Math.abs(evaluated.meanLogLoss / truth.meanLogLoss - 1)).toBeLessThanOrEqual(1e-12);
});

test('penguins out of the box: a summary with a column for each class, warnings, a model that inspect shows', async () => {
  const folder = folderWith('penguins.csv');
  const { code, stdout, stderr } = await folder.logit([
    'train',
    'penguins.csv',
    '--target',
    'species',
    '--out',
    'm.json',
  ]);
  expect(code).toBe(0);
  expect(stdout).toContain('species: Adelie (reference), Chinstrap, Gentoo, from penguins.csv');
  expect(stdout).toMatch(/^log-odds against Adelie +Chinstrap +Gentoo$/m);
  expect(stdout).toMatch(/^AUC \(one-vs-rest\) +1\.0000$/m);
  expect(stderr).toContain('perfect separation');
  expect(stderr).toContain('island=Dream (123 rows, none Gentoo)');
  const inspected = await folder.logit(['inspect', 'm.json']);
  expect(inspected.stdout).toContain('Predicts species: the most probable of Adelie, Chinstrap, Gentoo.');
  expect(inspected.stdout).toMatch(/^bill_length_mm( +-?\d+\.\d+){2}$/m);
});

test('--folds prints and stores mean and spread of each metric', async () => {
  const folder = folderWith('iris.csv');
  const flags = ['train', 'iris.csv', '--target', 'Species', '--l2', '0.01', '--folds', '10'];
  const { stdout } = await folder.logit(flags);
  expect(stdout).toMatch(/^ +train +10 folds$/m);
  const found = JSON.parse((await folder.logit([...flags, '--json'])).stdout) as Trained;
  const { mean, standardDeviation, folds } = found.crossValidation!.metrics.accuracy!;
  expect(folds).toBe(10);
  expect(stdout).toContain(`${mean.toFixed(4)} ± ${standardDeviation.toFixed(4)}`);
  expect(Object.keys(found.crossValidation!.metrics)).toEqual(
    expect.arrayContaining(['meanLogLoss', 'auc', 'macro.f1', 'weighted.recall']),
  );
});

describe('options of classes', () => {
  test('--reference chooses; --positive is for two classes; --threshold too', async () => {
    const folder = folderWith('iris.csv');
    const base = ['train', 'iris.csv', '--target', 'Species', '--l2', '0.01'];
    const chosen = JSON.parse(
      (await folder.logit([...base, '--reference', 'virginica', '--json', '--out', 'm.json'])).stdout,
    ) as Trained;
    expect(chosen.reference).toBe('virginica');
    expect(Object.keys(chosen.coefficients)).toEqual(['setosa', 'versicolor']);
    const positive = await folder.logit([...base, '--positive', 'setosa']);
    expect(positive).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--positive is for two classes; Species has 3'),
    });
    const threshold = await folder.logit(['predict', 'm.json', 'iris.csv', '--threshold', '0.3']);
    expect(threshold).toMatchObject({ code: 1, stderr: expect.stringContaining('the model has 3 classes') });
    const trained = await folder.logit([...base, '--threshold', '0.3']);
    expect(trained).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--threshold is for two classes; Species has 3'),
    });
    const misspelled = await folder.logit([...base, '--reference', 'virginca']);
    expect(misspelled).toMatchObject({ code: 1, stderr: expect.stringContaining('did you mean "virginica"?') });
  });
});

describe('awkward targets', () => {
  const line = (i: number): string => `${(i % 7) + i / 10},${(i * 3) % 11},${'abc'[i % 3]}`;
  const rows = Array.from({ length: 60 }, (_, i) => line(i));

  test('a class that occurs once is fitted, with a warning', async () => {
    const folder = folderHere();
    folder.write('d.csv', `x,z,y\n${[...rows, '3,4,once'].join('\n')}\n`);
    const { code, stdout, stderr } = await folder.logit(['train', 'd.csv', '--target', 'y', '--l2', '0.1', '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Trained).classes).toEqual(['a', 'b', 'c', 'once']);
    expect(stderr).toContain('y: one row only of "once"');
  });

  test('a class lost to missing cells is left out, and said with the column that took it', async () => {
    const folder = folderHere();
    const holes = rows.map((row) => (row.endsWith('c') ? row.replace(/,\d+,/, ',,') : row));
    folder.write('d.csv', `x,z,y\n${holes.join('\n')}\n`);
    const { code, stdout, stderr } = await folder.logit(['train', 'd.csv', '--target', 'y', '--l2', '0.1', '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Trained).classes).toEqual(['a', 'b']);
    expect(stderr).toContain('the class "c" of y has no row left once rows with a missing cell in z are dropped');
  });

  test('100 classes', async () => {
    const folder = folderHere();
    const many = Array.from({ length: 400 }, (_, i) => {
      const angle = (2 * Math.PI * (i % 100)) / 100;
      return `${Math.cos(angle)},${Math.sin(angle)},c${String(i % 100).padStart(2, '0')}`;
    });
    folder.write('d.csv', `u,v,y\n${many.join('\n')}\n`);
    const { code, stdout, stderr } = await folder.logit(['train', 'd.csv', '--target', 'y', '--l2', '1e-5']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('converge') });
    expect(stdout).toContain('y: c00 (reference), c01, c02, c03, c04, c05 and 94 more classes');
    expect(stdout).toContain('… and 93 more classes: logit inspect shows all');
    expect(stdout).toMatch(/^accuracy +1\.0000$/m);
  });

  test('a measurement for a target is refused', async () => {
    const folder = folderHere();
    folder.write('d.csv', `x,y\n${rows.map((row, i) => `${row.split(',')[0]},${i / 7}`).join('\n')}\n`);
    const { code, stderr } = await folder.logit(['train', 'd.csv', '--target', 'y']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('that is a measurement, not a class'),
    });
  });
});
