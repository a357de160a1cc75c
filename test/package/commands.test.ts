/** The five commands, from the packed library in an empty folder; all that each says and refuses is in test/cli. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { emptyFolder } from '../support/command.ts';
import { t8 } from '../support/t8.ts';

const third = Math.log(3);

describe('train', () => {
  test('--json prints one object with the documented keys and nothing else', async () => {
    const folder = emptyFolder();
    folder.write('t8.csv', t8);
    const { code, stdout } = await folder.logit(['train', 't8.csv', '--target', 'y', '--json']);
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      rows: { read: 8, used: 8, dropped: { missing: 0, bad: 0, noTarget: 0 } },
      classes: [0, 1],
      positive: 1,
      solver: { name: 'newton', outcome: 'converged' },
      backend: { name: 'cpu' },
      warnings: [],
      metrics: { holdout: null },
    });
    expect(Math.abs(report.intercept + third)).toBeLessThan(1e-12);
    expect(Math.abs(report.coefficients.x - 2 * third)).toBeLessThan(1e-12);
    expect(report.meanLogLoss).toBeCloseTo(0.5623351446, 9);
    expect(report.solver.gradientNorm).toBeLessThanOrEqual(1e-10);
    expect(report.solver.rule).toBe(`gradient max-norm ${report.solver.gradientNorm} <= 1e-10`);
  });

  test('writes the model whole, prints a summary, and says so when it is not saved', async () => {
    const folder = emptyFolder();
    folder.write('t8.csv', t8);
    const saved = await folder.logit(['train', 't8.csv', '--target', 'y', '--out', 'model.json']);
    expect(saved).toMatchObject({ code: 0, stderr: 'Saved model.json.\n' });
    expect(saved.stdout).toContain('y: 1 (positive) against 0');
    expect(saved.stdout).toContain('-1.09861');
    expect(JSON.parse(folder.read('model.json')).format).toBe('tfjs-logistic');
    expect(readdirSync(folder.path).sort()).toEqual(['model.json', 't8.csv']);
    const unsaved = await folder.logit(['train', 't8.csv', '--target', 'y']);
    expect(unsaved.stderr).toContain('--out model.json');
    const quiet = await folder.logit(['train', 't8.csv', '--target', 'y', '--quiet']);
    expect(quiet).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('a file that cannot be written is an error before the fit, and leaves nothing', async () => {
    const folder = emptyFolder();
    folder.write('t8.csv', t8);
    const result = await folder.logit(['train', 't8.csv', '--target', 'y', '--out', 'nowhere/model.json']);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toBe('logit: nowhere/model.json: there is no folder nowhere; make it first\n');
  });

  test('reads standard input', async () => {
    const { code, stdout } = await emptyFolder().logit(['train', '-', '--target', 'y', '--json'], t8);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).coefficients.x).toBeCloseTo(2 * third, 12);
  });
});

test('predict, evaluate, explain and inspect', async () => {
  const folder = emptyFolder();
  folder.write('t8.csv', t8);
  await folder.train('t8.csv', '--target', 'y', '--out', 'model.json');
  const lines = (await folder.logit(['predict', 'model.json', 't8.csv'])).stdout.split('\n');
  expect(lines[0]).toBe('prediction,P(0),P(1),note');
  expect(Number(lines[1]!.split(',')[1])).toBeCloseTo(0.75, 12);
  const { stdout } = await folder.logit(['evaluate', 'model.json', 't8.csv', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({ rows: 8, accuracy: 0.75, auc: 0.75 });
  const page = ['explain', 'model.json', 't8.csv', '--row', '4', '--html', 'row.html'];
  expect(await folder.logit(page)).toEqual({ code: 0, stdout: '', stderr: 'Saved row.html.\n' });
  expect(folder.read('row.html')).toMatch(/^<!doctype html>.*y is 1; predicted: 0.*<\/html>\n$/s);
  const inspected = await folder.logit(['inspect', 'model.json', '--json']);
  expect(JSON.parse(inspected.stdout)).toEqual(JSON.parse(folder.read('model.json')));
});

test('a mistake is one line, exit 1, without a stack', async () => {
  const folder = emptyFolder();
  folder.write('t8.csv', t8);
  expect(await folder.logit(['train', 't9.csv', '--target', 'y'])).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^logit: t9\.csv: there is no such file[^\n]*\n$/),
  });
});

test('--help and --version are no mistakes', async () => {
  const help = await emptyFolder().logit(['--help']);
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('train');
  expect((await emptyFolder().logit(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a reader that stops early is no error', async () => {
  const folder = emptyFolder();
  folder.write('t8.csv', t8);
  await folder.train('t8.csv', '--target', 'y', '--out', 'model.json');
  folder.write('many.csv', `x\n${'1\n'.repeat(200_000)}`);
  const cli = join(folder.path, '../node_modules/tfjs-logistic/dist/cli.js');
  const stops = "process.stdin.once('data', (some) => process.stdout.write(some, () => process.exit()))";
  const pipe = `"${process.execPath}" "${cli}" predict model.json many.csv | "${process.execPath}" -e "${stops}"`;
  const piped = spawnSync('sh', ['-c', pipe], {
    cwd: folder.path,
    encoding: 'utf8',
  });
  expect(piped.stderr).toBe('');
  expect(piped.stdout.split('\n')[0]).toBe('prediction,P(0),P(1),note');
});

test('Ctrl-C ends it with 130 and leaves no file', async () => {
  const folder = emptyFolder();
  const rows = Array.from({ length: 60_000 }, (_, i) => `${Math.sin(i)},${Math.cos(3 * i)},${i % 7 === 0 ? 1 : 0}`);
  folder.write('big.csv', `a,b,y\n${rows.join('\n')}\n`);
  const cli = join(folder.path, '../node_modules/tfjs-logistic/dist/cli.js');
  const args = [
    'train',
    'big.csv',
    '--target',
    'y',
    '--solver',
    'gd',
    '--learning-rate',
    '1e-9',
    '--max-iterations',
    '1000000',
    '--out',
    'model.json',
  ];
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder.path });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  setTimeout(() => child.kill('SIGINT'), 1500);
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect({ code, stderr }).toEqual({ code: 130, stderr: 'logit: interrupted; nothing was written\n' });
  expect(existsSync(join(folder.path, 'model.json'))).toBe(false);
  expect(readdirSync(folder.path)).toEqual(['big.csv']);
});
