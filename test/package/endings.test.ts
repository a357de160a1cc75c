/** T18, T31: however a command ends, nothing is left behind and no file is half written; mistakes are one line. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { emptyFolder, type Folder } from '../support/command.ts';
import { t8 } from '../support/t8.ts';

const cli = join(inject('installed'), 'node_modules/tfjs-logistic/dist/cli.js');
/** 6 MB: several blocks. */
const rows = `x,note\n${`1,${'-'.repeat(60)}\n`.repeat(100_000)}`;
let folder: Folder;
let files: string[];
beforeAll(async () => {
  folder = emptyFolder();
  folder.write('t8.csv', t8);
  folder.write('big.csv', rows);
  folder.write('big.csv.gz', gzipSync(rows, { level: 1 }));
  mkdirSync(join(folder.path, 'tmp'));
  await folder.train('t8.csv', '--target', 'y', '--out', 'm.json');
  await folder.logit(['predict', 'm.json', 't8.csv', '--out', 'scores.csv']);
  files = readdirSync(folder.path).sort();
});
afterEach(() => {
  expect(readdirSync(folder.path).sort()).toEqual(files);
  expect(readdirSync(join(folder.path, 'tmp'))).toEqual([]);
});

const options = () => ({ cwd: folder.path, env: { ...process.env, TMPDIR: join(folder.path, 'tmp') } });
const node = `"${process.execPath}"`;
/** Ends once it has read a line. */
const head = `${node} -e "require('node:readline').createInterface(process.stdin).once('line', (line) => process.exit(console.log(line)))"`;
const shell = (command: string) =>
  spawnSync('sh', ['-c', command.replaceAll('logit', `${node} "${cli}"`).replaceAll('| head', `| ${head}`)], {
    ...options(),
    encoding: 'utf8',
  });

/** Ends a command by a signal once it has begun to write, and gives how it ended; its standard input stays open. */
async function ended(args: readonly string[], signal: NodeJS.Signals, input = '') {
  const child = spawn(process.execPath, [cli, ...args], { ...options(), stdio: ['pipe', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  const over = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('close', (code, by) => resolve(code ?? by));
  });
  child.stdin.on('error', () => {}).write(input);
  while (!pending() || child.stdin.writableLength > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill(signal);
  return { code: await over, stderr };
}
const pending = (): boolean => readdirSync(folder.path).length > files.length;
const interrupted = expect.stringMatching(/logit: interrupted; nothing was written\n$/);

// Windows has neither these signals nor these shells.
describe.skipIf(process.platform === 'win32')('a command that is ended', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s leaves the old file as it was', async (signal, code) => {
    const before = folder.read('scores.csv');
    const args = ['predict', 'm.json', 'big.csv', '--out', 'scores.csv'];
    expect(await ended(args, signal)).toEqual({ code, stderr: interrupted });
    expect(folder.read('scores.csv')).toBe(before);
  });

  test('by SIGTERM while it waits for standard input', async () => {
    const args = ['predict', 'm.json', '-', '--out', 'scores.csv'];
    expect(await ended(args, 'SIGTERM', rows)).toEqual({ code: 143, stderr: interrupted });
  });

  test('by SIGKILL leaves the old file as it was, and what it left beside goes with the next one', async () => {
    const before = folder.read('scores.csv');
    const args = ['predict', 'm.json', 'big.csv', '--out', 'scores.csv'];
    expect(await ended(args, 'SIGKILL')).toMatchObject({ code: 'SIGKILL' });
    expect(folder.read('scores.csv')).toBe(before);
    expect(pending()).toBe(true);
    await folder.logit(['predict', 'm.json', 't8.csv', '--out', 'scores.csv']);
  });

  test.each(['big.csv', '- < big.csv', '- < big.csv.gz', 'big.csv.gz'])('by a closed pipe: predict %s', (input) => {
    const { stdout, stderr } = shell(`logit predict m.json ${input} | head`);
    expect({ stdout, stderr }).toEqual({
      stdout: 'prediction,P(0),P(1),note\n',
      stderr: 'Not in the model, so ignored: note.\n',
    });
  });

  test('by a closed pipe that takes remarks too', () => {
    const { stdout } = shell('(logit train t8.csv --target y 2>&1; echo $? >&3) 3>&2 | head');
    expect(stdout).toBe('y: 1 (positive) against 0, from t8.csv\n');
  });
});

/** /dev/full is Linux's. */
describe.skipIf(process.platform !== 'linux')('a disk that is full', () => {
  const full =
    'logit: standard output: cannot be written (ENOSPC); no space is left there: make room, or write elsewhere\n';
  test.each(['train t8.csv --target y --quiet --json', 'predict m.json t8.csv', 'inspect m.json', '--help'])(
    'at standard output: %s',
    (command) => {
      const { status, stderr } = shell(`logit ${command} > /dev/full`);
      expect({ status, stderr }).toEqual({ status: 1, stderr: full });
    },
  );

  test.each(['predict m.json big.csv --out scores.csv', 'train t8.csv --target y --quiet --out m.json'])(
    'at a file, here one that may not grow: %s',
    (command) => {
      const [scores, model] = [folder.read('scores.csv'), folder.read('m.json')];
      const { status, stderr } = shell(`ulimit -f 2; logit ${command}`);
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: expect.stringMatching(/logit: (scores\.csv|m\.json): cannot be written \(EFBIG\).*\n$/),
      });
      expect(folder.read('scores.csv')).toBe(scores);
      expect(folder.read('m.json')).toBe(model);
    },
  );
});

test('a folder for temporary files that is not there is not needed', async () => {
  const env = { ...process.env, TMPDIR: join(folder.path, 'nowhere') };
  const { status } = spawnSync(process.execPath, [cli, 'predict', 'm.json', 'big.csv.gz'], {
    ...options(),
    env,
    stdio: 'ignore',
  });
  expect(status).toBe(0);
});

test('an empty name of a file to write is one line', async () => {
  const { code, stderr } = await folder.logit(['train', 't8.csv', '--target', 'y', '--out', '']);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'logit: the name of the file to write is empty; give --out a name\n',
  });
});
