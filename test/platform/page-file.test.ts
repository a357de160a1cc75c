/** Rows on disk leave nothing behind: after success, an error, an abort, SIGTERM, and SIGKILL at any moment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runtime } from '#runtime';
import { createRandom } from '../../src/math/random.ts';
import { type FitOptions, LogisticRegression } from '../../src/node.ts';
import { openPageFile } from '../../src/platform/page-file.ts';
import type { Call } from '../../src/runtime/messages.ts';

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

test('a thread that is killed while rows are stored or fitted is one error, and the next fit is as ever', async () => {
  const random = createRandom(2);
  const padding = 'padding '.repeat(15); // texts of 16 MiB are read by threads
  const rows = Array.from({ length: 140_000 }, () => {
    const x = random() - 0.5;
    return `${x},${padding},${Number(x + random() > 0.5)}`;
  });
  const large = join(data, 'large.csv');
  writeFileSync(large, ['x,padding,y', ...rows].join('\n'));
  const estimator = new LogisticRegression({ threads: 2, trainingMetrics: true });
  const fails = async (method: string, work: () => Promise<unknown>): Promise<void> => {
    const start = killIn(method);
    await expect(work()).rejects.toMatchObject({
      name: 'LogisticError',
      code: 'worker-died',
      message: expect.stringMatching(/^a worker thread ended before its work was done: [^\n]*$/),
    });
    start.mockRestore();
  };
  await fails('read', () => estimator.store(large, 'y'));
  expect(openFiles('self') ?? 0).toBe(0);
  const stored = await estimator.store(large, 'y');
  for (const method of ['openPages', 'pageSums', 'imageSums', 'pageMeasures']) {
    await fails(method, () => estimator.fit(stored, 'y'));
  }
  const [again, expected] = [await estimator.fit(stored, 'y'), await estimator.fit(large, 'y')];
  expect(again.certificate.outcome).toBe('converged');
  expect(again.coefficients.x).toBeCloseTo(expected.coefficients.x!, 9);
  await stored.close();
  expect(openFiles('self') ?? 0).toBe(0);
  expect(left()).toEqual([]);
});

/** Ends the thread that is called by a method for the second time, or for the first where it is called once. */
function killIn(method: string) {
  const { startWorker } = runtime;
  let calls = method === 'openPages' ? 1 : 0;
  return vi.spyOn(runtime, 'startWorker').mockImplementation((script, listener) => {
    const line = startWorker(script, listener);
    const post: typeof line.post = (message, transfer) => {
      line.post(message, transfer);
      if ((message as Call).method === method && ++calls === 2) void line.end();
    };
    return { ...line, post };
  });
}

test('too little space and a folder that is not there are mistakes', async () => {
  await expect(openPageFile(2 ** 60)).rejects.toMatchObject({ code: 'no-space' });
  await expect(openPageFile(1, join(temporary, 'nowhere'))).rejects.toMatchObject({ code: 'no-space' });
  expect(left()).toEqual([]);
});
