/**
 * Fits on worker threads in a process of their own, by the packed library: what is served meanwhile, how
 * threads end, and that nothing is left to keep the process alive. Every script must end by itself.
 */
import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { emptyFolder } from '../support/command.ts';

const prelude = `
import { LogisticRegression } from 'tfjs-logistic/node';
import threads from 'node:worker_threads';
const m = 400_000, n = 20;
let state = 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const x = new Float64Array(m * n).map(() => random() - 0.5);
const y = Array.from({ length: m }, (_, i) => (x[i * n] + random() - 0.5 > 0 ? 1 : 0));
const posted = [];
const workers = new Set();
const post = threads.Worker.prototype.postMessage;
let onCall = () => {};
threads.Worker.prototype.postMessage = function (message, ...rest) {
  workers.add(this);
  posted.push(message.method);
  onCall(message.method, this);
  return post.call(this, message, ...rest);
};
const say = (value) => console.log(JSON.stringify(value));
`;

/** Runs a module and gives what it printed, a JSON value a line, and how it ended. */
function runScript(body: string): Promise<{ code: number | null; lines: Record<string, unknown>[]; stderr: string }> {
  const folder = emptyFolder();
  folder.write('script.mjs', prelude + body);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['script.mjs'], { cwd: folder.path });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const lines = stdout.split('\n').filter((line) => line !== '');
      resolve({ code, stderr, lines: lines.map((line) => JSON.parse(line)) });
    });
  });
}

test('a server in the same process goes on answering while a fit runs', async () => {
  const { code, lines, stderr } = await runScript(`
    import { createServer, get } from 'node:http';
    const server = createServer((_, response) => response.end('here')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    let fitting = true;
    let answers = 0;
    const turns = { prepare: 0, place: 0, evaluate: 0 };
    const turn = () => { turns[phase]++; if (fitting) setImmediate(turn); };
    let phase = 'prepare';
    onCall = (method) => { phase = { writePanel: 'place', evaluate: 'evaluate' }[method] ?? phase; };
    const ask = () => get({ port: server.address().port, agent: false }, (response) => {
      response.resume().on('end', () => { if (fitting) { answers++; ask(); } });
    }).on('error', () => {}); // the last one finds the server closed
    const fit = new LogisticRegression({ solver: 'lbfgs', tolerance: 1e-12, holdout: 0.2, threads: 2 }).fit(x, y);
    ask();
    turn();
    const model = await fit;
    fitting = false;
    server.close();
    say({ answers, turns, detail: model.toJSON().madeBy.detail, calls: new Set(posted).size });
  `);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const { answers, turns, detail } = lines[0] as { answers: number; turns: Record<string, number>; detail: string };
  expect(detail).toMatch(/2 worker threads/);
  // The event loop turns all through; a request takes some turns of it, and placing may be over before it is answered.
  expect(Math.min(...Object.values(turns))).toBeGreaterThan(10);
  expect(answers).toBeGreaterThan(10);
});

test('the number of threads changes the time and the last digits only; one fit leaves no thread', async () => {
  const { code, lines, stderr } = await runScript(`
    for (const options of [{ threads: 1 }, { threads: 3 }, { threads: 2, precision: 'float32' }]) {
      const model = await new LogisticRegression(options).fit(x, y);
      const { storagePrecision: data } = model.certificate;
      say({ coefficients: Object.values(model.coefficients), workers: workers.size, data });
      workers.clear();
    }
  `);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const fits = lines as { coefficients: number[]; workers: number; data: string }[];
  expect(fits.map(({ workers }) => workers)).toEqual([1, 3, 2]);
  expect(fits.map(({ data }) => data)).toEqual(['float64', 'float64', 'float32']);
  const [one, three, rounded] = fits.map(({ coefficients }) => coefficients);
  one!.forEach((w, j) => {
    // Both gradients end at a few units of roundoff, at a condition number of about 1.
    expect(Math.abs(three![j]! - w)).toBeLessThanOrEqual(1e-13);
    // x rounded to float32 moves the optimum by about that rounding, and no rounding of it is lost.
    expect(Math.abs(rounded![j]! - w)).toBeLessThanOrEqual(4 * 2 ** -24);
  });
  expect(rounded).not.toEqual(one);
});

test('a worker that dies turns the fit into one clear error, and the process ends', async () => {
  const { code, lines, stderr } = await runScript(`
    let calls = 0;
    onCall = (method, worker) => { if (method === 'evaluate' && ++calls === 5) worker.terminate(); };
    const error = await new LogisticRegression({ threads: 2 }).fit(x, y).catch((error) => error);
    say({ name: error.name, code: error.code, message: error.message });
    onCall = () => {};
    const model = await new LogisticRegression({ threads: 2 }).fit(x, y);
    say({ outcome: model.certificate.outcome });
  `);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(lines[0]).toMatchObject({
    name: 'LogisticError',
    code: 'worker-died',
    message: expect.stringContaining('a worker thread ended before its work was done'),
  });
  expect(lines[1]).toEqual({ outcome: 'converged' });
});

test.each(['writePanel', 'evaluate'])('an abort during %s ends the fit and its threads at once', async (method) => {
  const { code, lines, stderr } = await runScript(`
    const abort = new AbortController();
    const exits = [];
    onCall = (method, worker) => {
      if (worker.listenerCount('exit') === 1) worker.once('exit', () => exits.push(1));
      if (method === '${method}') abort.abort(new Error('enough'));
    };
    const error = await new LogisticRegression({ threads: 2 }).fit(x, y, { signal: abort.signal }).catch((e) => e);
    const calls = posted.filter((name) => name === 'evaluate').length;
    say({ message: error.message, threads: workers.size, ended: exits.length, calls });
  `);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(lines[0]).toMatchObject({ message: 'enough', threads: 2, ended: 2 });
  expect(lines[0]!.calls).toBeLessThanOrEqual(2);
});

test('fits at the same time have threads of their own and equal fits in a row', async () => {
  const { code, lines, stderr } = await runScript(`
    const fit = () => new LogisticRegression({ threads: 2 }).fit(x, y);
    const [a, b] = await Promise.all([fit(), fit()]);
    const c = await fit();
    say([a, b, c].map((model) => Object.values(model.coefficients)));
  `);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  const [a, b, c] = lines[0] as unknown as number[][];
  expect(b).toEqual(a);
  expect(c).toEqual(a);
});

test('small fits start no thread, whatever number was asked for', async () => {
  const { code, lines } = await runScript(`
    const small = x.subarray(0, 1000 * n);
    const model = await new LogisticRegression({ threads: 2 }).fit(small, y.slice(0, 1000));
    say({ workers: workers.size, detail: model.toJSON().madeBy.detail });
  `);
  expect(code).toBe(0);
  expect(lines[0]).toEqual({ workers: 0, detail: expect.stringContaining('calling thread') });
});
