/** The bench on small problems: true errors, absent and wrong backends, and what the clock includes. */
import { expect, test } from 'vitest';
import { openBackend, type TimedBackend } from '../../src/bench/backend.ts';
import { type BenchOptions, bench } from '../../src/bench/bench.ts';
import { distinctRows, generate, type ProblemShape, sourceOf } from '../../src/bench/problem.ts';
import type { Conversation } from '../../src/bench/process.ts';
import { answer, failure } from '../../src/bench/serve.ts';
import type { Session } from '../../src/bench/session.ts';
import '../support/tensorflow.ts'; // without its advertisement

const conversation = (session: Session): Conversation => ({
  opened: { version: session.version, seconds: 2, uploadSeconds: 0.5 },
  ask: (question) => answer(session, question).catch(failure),
  close: async () => session.close?.(),
});
const memory: Session = { version: 'memory', evaluate: () => ({ loss: 0, gradient: [] }) };
const openHere = (name: TimedBackend, shape: ProblemShape): Promise<Session> =>
  openBackend(name, shape, generate({ ...shape, rows: distinctRows(shape) }));

type Sessions = (name: TimedBackend, shape: ProblemShape) => Promise<Session>;
const small = { rows: 500, features: 3, classes: 3, backends: ['cpu'] as TimedBackend[] };
const run = (more: Partial<BenchOptions> = {}, sessions: Sessions = openHere) =>
  bench({
    ...small,
    open: async (name, shape) => conversation(name === 'memory-read' ? memory : await sessions(name, shape)),
    ...more,
  });

test('each backend on the same rows: times, rates and the error of its gradient', async () => {
  const { machine, problem, results } = await run({ backends: ['cpu', 'tfjs-cpu', 'wasm'] });
  expect(machine.node).toBe(process.version);
  expect(machine.gigabytesPerSecond).toBeGreaterThan(0);
  expect(problem).toMatchObject({ rows: 500, features: 3, classes: 3, distinctRows: 500, precision: 'float32' });
  expect(results.map(({ backend, kernel }) => [backend, kernel])).toEqual([
    ['cpu', 'fused'],
    ['tfjs-cpu', 'portable'],
    ['wasm', 'portable'],
  ]);
  for (const result of results) {
    expect(result).toMatchObject({ available: true, reason: null, startupMs: 1500, uploadMs: 500 });
    const { medianMs, spreadMs, rowsPerSecond, gigabytesPerSecond, gradientError } = result;
    expect(spreadMs).toBeGreaterThanOrEqual(0);
    expect(rowsPerSecond! * medianMs!).toBeCloseTo(500 * 1000, 3);
    expect(gigabytesPerSecond! / rowsPerSecond!).toBeCloseTo((3 * 4) / 1e9, 15);
    expect(gradientError).toBeGreaterThan(0); // float32
    expect(gradientError).toBeLessThan(64 * 2 ** -24); // the largest entry of the mean is some tenths of the mean term
  }
});

test('rows beyond those that were drawn repeat them, and the gradient to compare with counts them as often', async () => {
  const shape = { rows: 2100, features: 2048, classes: 2 };
  expect(distinctRows(shape)).toBe(1024);
  const { results } = await run(shape);
  expect(results[0]!.gradientError).toBeLessThan(64 * 2 ** -24);
});

test('repeated rows are read in any pieces', () => {
  const y = Float64Array.of(0, 1, 1);
  const source = sourceOf({ columns: [Float64Array.of(1, 2, 3)], y }, 2, 8);
  const column = source.columns[0]!;
  const read = (from: number, length: number): number[] => {
    const into = new Float64Array(length);
    if (column.kind === 'dense') column.read(from, into);
    return [...into];
  };
  expect(read(0, 8)).toEqual([1, 2, 3, 1, 2, 3, 1, 2]);
  expect(read(5, 3)).toEqual([3, 1, 2]);
  expect([...source.labels]).toEqual([0, 1, 1, 0, 1, 1, 0, 1]);
});

test('a backend that is absent or fails is a row with its reason, and the others are timed', async () => {
  const { results } = await run({ backends: ['wasm', 'tfjs-cpu', 'cpu'] }, async (name, shape) => {
    const session = await openHere(name, shape);
    const lost = (): never => {
      throw new Error('the device was lost');
    };
    return name === 'tfjs-cpu' ? { ...session, evaluate: lost } : session;
  });
  expect(results[1]).toMatchObject({ available: false, reason: 'the device was lost', medianMs: null });
  expect(results[2]).toMatchObject({ available: true, reason: null });
  const open: BenchOptions['open'] = async (name, shape) =>
    name === 'cpu'
      ? conversation(await openHere(name, shape))
      : { ...conversation(memory), opened: { failed: 'not here' }, ask: async () => ({ failed: 'not here' }) };
  const absent = await run({ backends: ['wasm', 'cpu'], open });
  expect(absent.machine.gigabytesPerSecond).toBeNull();
  expect(absent.results[0]).toMatchObject({ backend: 'wasm', available: false, reason: 'not here', device: null });
  expect(absent.results[1]!.medianMs).toBeGreaterThan(0);
});

test('a gradient that is wrong by a thousandth is refused by name, and so are coefficients', async () => {
  const wrong =
    (change: (session: Session) => Partial<Session>): Sessions =>
    async (name, shape) => {
      const session = await openHere(name, shape);
      return name === 'wasm' ? { ...session, ...change(session) } : session;
    };
  const gradient = wrong((session) => ({
    async evaluate(theta) {
      const right = await session.evaluate!(theta);
      return { ...right, gradient: Float64Array.from(right.gradient, (g) => g * 1.001) };
    },
  }));
  const fit = wrong((session) => ({
    fit: async (steps) => Float64Array.from(await session.fit!(steps), (w) => w * 1.002),
  }));
  const backends: TimedBackend[] = ['cpu', 'wasm'];
  await expect(run({ backends }, gradient)).rejects.toMatchObject({
    code: 'backends-disagree',
    message: expect.stringContaining('wasm: its gradient'),
  });
  await expect(run({ backends }, fit)).rejects.toMatchObject({
    code: 'backends-disagree',
    message: expect.stringContaining('wasm: its coefficients'),
  });
});

test('the clock includes the reading back of the result', async () => {
  const { results } = await run({}, async (name, shape) => {
    const session = await openHere(name, shape);
    return {
      ...session,
      async evaluate(theta) {
        const sums = await session.evaluate!(theta);
        await new Promise((resolve) => setTimeout(resolve, 20));
        return sums;
      },
    };
  });
  expect(results[0]!.medianMs).toBeGreaterThan(19);
});
