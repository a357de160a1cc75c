/** The five commands: what each prints, writes and returns; the installed one is in test/package. */
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Folder, folderHere } from '../support/command.ts';
import { t8 } from '../support/t8.ts';

describe('mistakes are one line, exit 1, without a stack', () => {
  const mistakes: [string, string[], RegExp][] = [
    ['an unknown option', ['train', 't8.csv', '--targt', 'y'], /unknown option '--targt'.*--target/],
    ['no target', ['train', 't8.csv'], /--target/],
    [
      'a wrong column',
      ['train', 't8.csv', '--target', 'yy'],
      /column yy not found; the columns are x, y; did you mean y\?/,
    ],
    ['a missing file', ['train', 't9.csv', '--target', 'y'], /t9\.csv: there is no such file/],
    ['a folder', ['train', '.', '--target', 'y'], /\. is a folder/],
    ['a word for a number', ['train', 't8.csv', '--target', 'y', '--l2', 'much'], /'much' is invalid/],
    [
      'a number out of range',
      ['train', 't8.csv', '--target', 'y', '--l2', '-1'],
      /--l2 must be a number of at least 0, found -1/,
    ],
    [
      'a fraction for a count',
      ['train', 't8.csv', '--target', 'y', '--max-iterations', '1.5'],
      /--max-iterations must be a whole number/,
    ],
    [
      'an option of another solver',
      ['train', 't8.csv', '--target', 'y', '--learning-rate', '1'],
      /--learning-rate is for gradient descent/,
    ],
    [
      'an unknown class',
      ['train', 't8.csv', '--target', 'y', '--positive', 'yes'],
      /positive: "yes" is not a class of y/,
    ],
    ['an unknown backend', ['train', 't8.csv', '--target', 'y', '--backend', 'gpu'], /gpu.*auto, cpu/],
    [
      'a missing model',
      ['predict', 'model.json', 't8.csv'],
      /model\.json: there is no such file; give the path of a model/,
    ],
    ['a model that is none', ['predict', 't8.csv', 't8.csv'], /t8\.csv: model file: not JSON/],
    ...['--report', '--table'].map((flag): [string, string[], RegExp] => [
      `queries shown and ${flag}`,
      ['train', 't8.csv', '--target', 'y', '--show-sql', flag, flag === '--table' ? 'csv' : 'r.html'],
      new RegExp(`--show-sql.* cannot be used with option '${flag}`),
    ]),
    ['an unknown command', ['trian', 't8.csv'], /unknown command 'trian'.*train/],
  ];
  test.each(mistakes)('%s', async (_, args, message) => {
    const folder = folderHere();
    folder.write('t8.csv', t8);
    const { code, stdout, stderr } = await folder.logit(args);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('    at ');
  });
});

describe('predict', () => {
  const trained = async (data = t8, ...options: string[]) => {
    const folder = folderHere();
    folder.write('train.csv', data);
    await folder.train('train.csv', '--target', 'y', '--out', 'model.json', ...options);
    return folder;
  };

  test('one line for each row, in order, with the probabilities of both classes', async () => {
    const folder = await trained('x,y\n0,no\n0,no\n0,no\n0,yes\n1,no\n1,yes\n1,yes\n1,yes\n');
    folder.write('new.csv', 'extra,x,y\na,1,?\nb,,no\nc,0,yes\nd,oops,no\n');
    const { code, stdout, stderr } = await folder.logit(['predict', 'model.json', 'new.csv']);
    expect(code).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    expect(lines.map((cells) => cells[0])).toEqual(['prediction', 'yes', '', 'no', '']);
    expect(lines[0]).toEqual(['prediction', 'P(no)', 'P(yes)', 'note']);
    expect(Number(lines[1]![2])).toBeCloseTo(0.75, 12);
    expect(Number(lines[3]![1])).toBeCloseTo(0.75, 12);
    expect(lines[2]![3]).toBe('x is missing');
    expect(lines[4]![3]).toBe('x: `oops` is not a finite number');
    expect(stderr).toContain('2 of 4 rows could not be predicted');
    expect(stderr).toContain('ignored: extra');
  });

  test('--threshold: the positive class when P >= threshold', async () => {
    const folder = await trained();
    const at = async (threshold: string) => {
      const { stdout } = await folder.logit(['predict', 'model.json', 'train.csv', '--threshold', threshold]);
      return stdout.split('\n')[1]!.split(',')[0];
    };
    expect(await at('0.2')).toBe('1');
    expect(await at('0.3')).toBe('0');
    expect(await at('0')).toBe('1');
    const wrong = await folder.logit(['predict', 'model.json', 'train.csv', '--threshold', '2']);
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
  });

  test('--out writes the file whole; a bad input leaves the old file as it was', async () => {
    const folder = await trained();
    await folder.logit(['predict', 'model.json', 'train.csv', '--out', 'scores.csv']);
    const before = folder.read('scores.csv');
    expect(before.split('\n')).toHaveLength(10);
    folder.write('ragged.csv', 'x,y\n1,1\n1,2,3\n');
    const bad = await folder.logit(['predict', 'model.json', 'ragged.csv', '--out', 'scores.csv']);
    expect(bad.code).toBe(1);
    expect(bad.stderr).toContain('ragged.csv:3');
    expect(folder.read('scores.csv')).toBe(before);
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('unseen categories: not predicted, or taken as the reference and noted', async () => {
    const folder = await trained('x,y\nblue,0\nblue,0\nblue,0\nblue,1\nred,0\nred,1\nred,1\nred,1\n');
    folder.write('new.csv', 'x\ngreen\n red\nRed\n\n""\n');
    const strict = (await folder.logit(['predict', 'model.json', 'new.csv'])).stdout.split('\n');
    expect(strict[1]).toBe(',,,x: unseen category `green`');
    expect(strict[2]).toMatch(/^1,0\.2/);
    expect(strict[3]).toBe(',,,x: unseen category `Red`');
    const lenient = (await folder.logit(['predict', 'model.json', 'new.csv', '--unseen', 'ignore'])).stdout.split('\n');
    expect(lenient[1]).toMatch(/^0,0\.7.*,0\.2.*,"?x: unseen category `green`, taken as the reference"?$/);
  });
});

describe('evaluate and inspect', () => {
  test('evaluate --json has the documented keys, with a reason for each null', async () => {
    const folder = folderHere();
    folder.write('t8.csv', t8);
    await folder.train('t8.csv', '--target', 'y', '--out', 'model.json');
    const { stdout } = await folder.logit(['evaluate', 'model.json', 't8.csv', '--json']);
    const all = JSON.parse(stdout);
    expect(all).toMatchObject({
      rows: 8,
      accuracy: 0.75,
      auc: 0.75,
      confusion: { truePositives: 3, falsePositives: 1, trueNegatives: 3, falseNegatives: 1 },
      precision: 0.75,
      recall: 0.75,
      f1: 0.75,
    });
    expect(all.meanLogLoss).toBeCloseTo(0.5623351446, 9);
    expect(all.brier).toBeCloseTo(0.1875, 9);
    expect(all.averagePrecision).toBeCloseTo(0.5 * (3 / 4) + 0.5 * 0 + (3 / 4 - 0.5) * (3 / 4) + (1 / 4) * (4 / 8), 9);

    folder.write('one.csv', 'x,y\n0,0\n1,0\n1,?\n0,\n');
    const one = JSON.parse((await folder.logit(['evaluate', 'model.json', 'one.csv', '--json'])).stdout);
    expect(one).toMatchObject({ rows: 2, auc: null, dropped: { noTarget: 2, unpredictable: 0 } });
    expect(one.undefined.auc).toBe('the rows are of one class');
    expect(one.recall).toBeNull();
  });

  test('labels the model does not know stop evaluate, named with their counts', async () => {
    const folder = folderHere();
    folder.write('t8.csv', t8);
    await folder.train('t8.csv', '--target', 'y', '--out', 'model.json');
    folder.write('dots.csv', 'x,y\n0,0.\n1,one\n1,one\n');
    const { code, stdout, stderr } = await folder.logit(['evaluate', 'model.json', 'dots.csv']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('"one" (2 rows)');
  });

  test('inspect shows needs, coefficients and making', async () => {
    const folder = folderHere();
    folder.write('t8.csv', t8);
    await folder.train('t8.csv', '--target', 'y', '--out', 'model.json');
    const text = (await folder.logit(['inspect', 'model.json'])).stdout;
    expect(text).toContain('Predicts y: 1 when P >= 0.5, else 0.');
    expect(text).toMatch(/x +numeric/);
    expect(text).toMatch(/x +2\.19722 +1\.09861/);
    expect(JSON.parse((await folder.logit(['inspect', 'model.json', '--json'])).stdout)).toEqual(
      JSON.parse(folder.read('model.json')),
    );
  });
});

describe('explain', () => {
  let folder: Folder;
  beforeAll(async () => {
    folder = folderHere();
    folder.write('t8.csv', t8);
    await folder.train('t8.csv', '--target', 'y', '--out', 'model.json');
  });

  test('the text has the row, its cells, and every derivative beside its measurement', async () => {
    const { code, stdout, stderr } = await folder.logit(['explain', 'model.json', 't8.csv', '--row', '4']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    // Rows 1 to 4 have x = 0 and labels 0, 0, 0, 1: P(1) is 1/4.
    expect(stdout).toMatch(/^Row 4 of t8.csv: y is 1; predicted: 0, with probability 0.7500.\n/);
    expect(stdout).toContain('∂L/∂z = ∂L/∂a·∂a/∂z   (B7)\n');
    expect(stdout).toMatch(/= a − y\n +.*= 0.25 − 1\n +.*= −0.75\n +.*≈ −0.75, measured\n/);
    const [, value, measured] = /intercept +∂L\/∂b +a − y +0.25 − 1 +(\S+) +(\S+)\n/.exec(stdout)!;
    expect([value, measured]).toEqual(['−0.75', '−0.75']);
  });

  test('--json is the graph alone', async () => {
    const { code, stdout, stderr } = await folder.logit(['explain', 'model.json', 't8.csv', '--row', '4', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { row, prediction, nodes, edges, classes, label } = JSON.parse(stdout);
    expect({ row, prediction, classes, label }).toEqual({ row: 4, prediction: 0, classes: ['0', '1'], label: 1 });
    expect(nodes.map(({ id }: { id: string }) => id)).toEqual(['r_1', 'x_1', 'w_1', 'b', 'z', 'a', 'y', 'L']);
    expect(edges).toHaveLength(7);
    expect(Math.abs(nodes.at(-1).value - Math.log(4))).toBeLessThan(1e-12);
  });

  test('--html writes a page, and --label tries another class', async () => {
    const args = ['explain', 'model.json', 't8.csv', '--row', '4', '--label', '0', '--html', 'row.html'];
    expect(await folder.logit(args)).toEqual({ code: 0, stdout: '', stderr: 'Saved row.html.\n' });
    expect(folder.read('row.html')).toMatch(/^<!doctype html>.*y is 0; predicted: 0.*<\/html>\n$/s);
  });

  test('rows without labels, of a pipe, and weighed ones', async () => {
    const piped = await folder.logit(['explain', 'model.json', '-', '--label', '1', '--json'], 'x\n1\n');
    expect(JSON.parse(piped.stdout).nodes[0].value).toBe(1);
    const weighed = ['explain', 'model.json', '-', '--weights', 's', '--json'];
    const { stdout } = await folder.logit(weighed, 'x,y,s\n1,1,2.5\n');
    expect(JSON.parse(stdout).nodes.at(-1).symbol.text).toBe('s·L');
    const none = await folder.logit(weighed, 'x,y,s\n1,1,\n');
    expect(none.stderr).toContain('row 1, column s: no weight');
    expect(JSON.parse(none.stdout).nodes.at(-1).symbol.text).toBe('L');
  });

  test.each([
    [['--row', '9'], undefined, '--row should be from 1 to 8, the rows of t8.csv, found 9'],
    [['--row', '0'], undefined, '--row should be a whole number from 1 on, found 0'],
    [['--row', '1.5'], undefined, '--row should be a whole number from 1 on, found 1.5'],
    [['--label', 'maybe'], undefined, '--label should be one of 0, 1, found "maybe"'],
    [
      [],
      'x\n1\n',
      '-: there is no column "y", and derivatives are those of a loss, which needs a label; give one: --label 0 or --label 1',
    ],
    [[], 'x,y\n1,\n', 'row 1: "y" is missing, and derivatives'],
    [[], 'x,y\n1,7\n', 'row 1: "y" is "7", which is not a class of the model, and derivatives'],
    [[], 'x,y\n,1\n', 'row 1: x is missing'],
    [[], 'z,y\n1,1\n', 'the model needs the column "x"'],
    [['--html', 'nowhere/row.html'], undefined, 'nowhere/row.html: there is no folder nowhere'],
    [
      ['--html', 'model.json'],
      undefined,
      'model.json: this file is read, so it cannot be written to; give --html another name',
    ],
    [['--html', 'a.html', '--json'], undefined, "option '--json' cannot be used with option '--html <file>'"],
  ])('%j is refused in one line', async (flags, input, words) => {
    const { code, stdout, stderr } = await folder.logit(
      ['explain', 'model.json', input ? '-' : 't8.csv', ...flags],
      input,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(words);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  test('a file that is no model', async () => {
    const { code, stderr } = await folder.logit(['explain', 't8.csv', 't8.csv']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^logit: t8.csv: model file: not JSON; .*\n$/);
  });
});
