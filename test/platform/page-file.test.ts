/** Rows on disk leave nothing behind: after success, an error, an abort, SIGTERM, and SIGKILL at any moment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../src/math/random.ts';
import { type FitOptions, LogisticRegression } from '../../src/node.ts';
import { openPageFile } from '../../src/platform/page-file.ts';

let data: string;
let temporary: string;
let path: string;
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'logit-data-'));
  temporary = mkdtempSync(join(tmpdir(), 'logit-temporary-'));
  process.env.TMPDIR = temporary;
  path = join(data, 'd.csv');
  const random = createRandom(1);
  const rows = Array.from({ length: 5000 }, () => {
    const x = random() - 0.5;
    return `${x},${Number(x + random() > 0.5)}`;
  });
  writeFileSync(path, ['x,y', ...rows].join('\n'));
});
afterAll(() => {
  delete process.env.TMPDIR;
  rmSync(data, { recursive: true });
  rmSync(temporary, { recursive: true });
});

/** Files of the folder that a process has open, under names that they may have lost; told on Linux alone. */
function openFiles(pid: number | 'self'): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const targets = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return ''; // closed meanwhile: the folder's own, for one
    }
  });
  return targets.filter((target) => target.startsWith(temporary)).length;
}

/** What is left in the folder, beside what tsx keeps there. */
const left = (): string[] => readdirSync(temporary).filter((name) => !name.startsWith('tsx'));

const fit = (options: FitOptions = {}, target = 'y') =>
  new LogisticRegression({ rows: 'disk' }).fit(path, target, options);

test('after success, after a mistake, and after an abort while reading or fitting', async () => {
  await fit();
  await expect(fit({}, 'x')).rejects.toMatchObject({ code: 'continuous-target' });
  for (const hook of ['onProgress', 'onIteration'] as const) {
    const aborting = new AbortController();
    let open: number | undefined;
    const stop = (): void => {
      open = openFiles('self');
      aborting.abort();
    };
    await expect(fit({ signal: aborting.signal, [hook]: stop })).rejects.toMatchObject({ name: 'AbortError' });
    if (open !== undefined) expect(open).toBeGreaterThan(0); // or nothing would have been there to remove
  }
  expect(openFiles('self') ?? 0).toBe(0);
  expect(left()).toEqual([]);
});

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const library = new URL('../../src/node.ts', import.meta.url).href;

/** A process that fits, says when it comes to a moment, and waits there. */
const script = `
  const [library, path, moment] = process.argv.slice(1);
  const { LogisticRegression } = await import(library);
  const wait = () => {
    process.stdout.write('here');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  };
  await new LogisticRegression({ rows: 'disk' }).fit(path, 'y', { [moment]: wait });
`;

test.each([
  ['onProgress', 'SIGKILL'],
  ['onIteration', 'SIGKILL'],
  ['onIteration', 'SIGTERM'],
] as const)('a process that is ended in %s by %s', async (moment, signal) => {
  const child = spawn(process.execPath, ['--import', tsx, '--input-type=module', '-e', script, library, path, moment]);
  let complaints = '';
  child.stderr.on('data', (text) => {
    complaints += text;
  });
  const ended = once(child, 'close');
  await Promise.race([once(child.stdout, 'data'), ended]);
  expect(complaints).toBe('');
  if (process.platform === 'linux') expect(openFiles(child.pid!)).toBeGreaterThan(0);
  child.kill(signal);
  expect(await ended).toEqual([null, signal]);
  expect(left()).toEqual([]);
});

test('too little space and a folder that is not there are mistakes', async () => {
  await expect(openPageFile(2 ** 60)).rejects.toMatchObject({ code: 'no-space' });
  await expect(openPageFile(1, join(temporary, 'nowhere'))).rejects.toMatchObject({ code: 'no-space' });
  expect(left()).toEqual([]);
});
