/**
 * The fused kernels against the oracle, on the same inputs rounded to the kernels' precision: every sum
 * of every order, over row counts around the vector, block and partition lengths and over feature counts
 * around the panel. It measures no single function (lanes.test.ts) and no build (build.test.ts).
 */
import { afterAll, describe, expect, it } from 'vitest';
import {
  type Backend,
  type Order,
  type Precision,
  type Rows,
  rowsOf,
  type Sums,
} from '../../../src/backends/backend.ts';
import { createFusedBackend, placeOn } from '../../../src/backends/cpu/fused.ts';
import { createHost } from '../../../src/backends/cpu/host.ts';
import { compileKernels } from '../../../src/backends/cpu/kernels.ts';
import { logLoss, residual } from '../../../src/math/logistic.ts';
import { createRandom } from '../../../src/math/random.ts';
import { type Judged, judge, worstError } from '../../support/judge.ts';

/** Which rows are kept, in which arithmetic they are summed, and by whom. */
interface Mode {
  readonly keep: Precision;
  readonly arithmetic: Precision;
  readonly workers: number;
}

const modes: Mode[] = [
  { keep: 'float32', arithmetic: 'float32', workers: 0 },
  { keep: 'float64', arithmetic: 'float64', workers: 0 },
  { keep: 'float32', arithmetic: 'float64', workers: 0 },
  { keep: 'float64', arithmetic: 'float32', workers: 0 },
  { keep: 'float32', arithmetic: 'float32', workers: 3 },
  { keep: 'float64', arithmetic: 'float64', workers: 3 },
];
const unit = { float32: 2 ** -24, float64: 2 ** -53 };
const round = { float32: Math.fround, float64: (x: number) => x };

const backends = new Map<number, Promise<Backend>>();

function backendOf(workers: number): Promise<Backend> {
  const open = async (): Promise<Backend> => {
    const backend = await createFusedBackend(workers);
    if (backend === undefined) throw new Error('this machine has no WebAssembly SIMD');
    return backend;
  };
  const backend = backends.get(workers) ?? open();
  backends.set(workers, backend);
  return backend;
}

afterAll(async () => {
  for (const backend of backends.values()) await (await backend).close();
});

async function evaluate({ keep, arithmetic, workers }: Mode, rows: Rows, theta: Float64Array): Promise<Sums> {
  const placed = await (await backendOf(workers)).place(rows, keep);
  const sums = await placed.evaluate(theta, 2, arithmetic);
  placed.dispose();
  return sums;
}

interface Shape {
  readonly m: number;
  readonly n: number;
  readonly weighted: boolean;
  readonly oneSided: boolean;
  /** Of the numbers in the rows. */
  readonly precision: Precision;
}

/** Rows and theta that the precision holds exactly, so that the oracle sees the same numbers. */
function makeProblem({ m, n, weighted, oneSided, precision }: Shape): {
  rows: Rows & { columns: Float64Array[] };
  theta: Float64Array;
} {
  const random = createRandom(1000 * m + n);
  const draw = (): number => round[precision](random() * 4 - 2 + (oneSided ? 5 : 0));
  const columns = Array.from({ length: n }, () => Float64Array.from({ length: m }, draw));
  const y = Float64Array.from({ length: m }, () => (random() < (oneSided ? 0.9 : 0.5) ? 1 : 0));
  const theta = Float64Array.from({ length: n + 1 }, () => round[precision]((random() - 0.5) / Math.sqrt(n)));
  if (!weighted) return { rows: { ...rowsOf({ columns, y }), columns }, theta };
  const weights = Float64Array.from({ length: m }, () => round[precision](0.1 + 3 * random()));
  return { rows: { ...rowsOf({ columns, y, weights }), columns }, theta };
}

/** A problem and its truth, which several modes are judged by. */
function judgedProblem(shape: Shape) {
  const key = JSON.stringify(shape);
  const problem = judgedProblems.get(key) ?? { ...makeProblem(shape), judged: undefined };
  problem.judged ??= judge(problem.rows, problem.theta);
  judgedProblems.set(key, problem);
  return { ...problem, judged: problem.judged };
}
const judgedProblems = new Map<string, ReturnType<typeof makeProblem> & { judged: Judged | undefined }>();

const shapes = [1, 3, 511, 4096, 4097, 10_007].flatMap((m) =>
  [1, 2, 3, 4, 5, 31, 32, 97].flatMap((n) =>
    [false, true].flatMap((weighted) => [false, true].map((oneSided) => ({ m, n, weighted, oneSided }))),
  ),
);

describe.each(modes)('$arithmetic sums over $keep rows, $workers workers', (mode) => {
  const { keep, arithmetic, workers } = mode;
  const precision = keep === arithmetic ? keep : 'float32'; // of numbers that both hold exactly
  // 32 roundings: the project's bound for blocks in the working precision with float64 across blocks.
  const tolerance = 32 * unit[arithmetic];

  it.each(shapes)('equal the oracle: $m rows × $n, weights $weighted, one-sided $oneSided', async (shape) => {
    const { rows, theta, judged } = judgedProblem({ ...shape, precision });
    const placed = await (await backendOf(workers)).place(rows, keep);
    const at = (order: Order): Promise<Sums> => placed.evaluate(theta, order, arithmetic);
    const sums = await at(2);
    expect(worstError(sums, judged) / unit[arithmetic]).toBeLessThanOrEqual(32);
    expectSymmetric(sums.hessian!, shape.n + 1);
    // The orders share their passes: lower ones are the same numbers, and a second call starts from zero.
    expect(await at(1)).toEqual({ loss: sums.loss, gradient: sums.gradient });
    expect(await at(0)).toEqual({ loss: sums.loss });
    expect(await at(2)).toEqual(sums);
    expectScores(await placed.scores(theta), rows, theta);
    placed.dispose();
  });

  it('gives exactly 1000 and 0 for scores of ±1000', async () => {
    for (const [y, z, loss] of [
      [0, 1000, 1000],
      [1, 1000, 0],
      [0, -1000, 0],
      [1, -1000, 1000],
    ] as const) {
      expect((await evaluateOne(mode, { y, z })).loss).toBe(loss);
    }
  });

  it('never loses a residual to saturation', async () => {
    const { gradient, hessian } = await evaluateOne(mode, { y: 1, z: 17 });
    // σ(−17) and σ(17)·σ(−17) from 40 digits, rounded a few times.
    expect(Math.abs(gradient![1]! / -4.1399375473943306e-8 - 1)).toBeLessThanOrEqual(8 * unit[arithmetic]);
    expect(Math.abs(hessian![3]! / 4.1399373760035016e-8 - 1)).toBeLessThanOrEqual(8 * unit[arithmetic]);
    expect((await evaluateOne(mode, { y: 0, z: -100 })).gradient![1]).toBeGreaterThan(0);
  });

  it('reports an infinite or undefined score as a loss that is not finite', async () => {
    expect((await evaluateOne(mode, { y: 0, z: Number.POSITIVE_INFINITY })).loss).not.toBeLessThan(Infinity);
    expect((await evaluateOne(mode, { y: 0, z: Number.NaN })).loss).toBeNaN();
  });

  it('treats a row of weight zero as absent', async () => {
    const { rows, theta } = makeProblem({ m: 1025, n: 6, weighted: true, oneSided: true, precision });
    const without = (values: Float64Array): Float64Array => values.filter((_, i) => i % 3 !== 0);
    const zeroed = { ...rows, weights: rows.weights!.map((s, i) => (i % 3 === 0 ? 0 : s)) };
    const columns = rows.columns.map(without);
    const fewer = { ...rowsOf({ columns, y: without(rows.y), weights: without(rows.weights!) }), columns };
    const judged = judge(fewer, theta);
    expect(worstError(await evaluate(mode, zeroed, theta), judged)).toBeLessThanOrEqual(tolerance);
    expect(worstError(await evaluate(mode, fewer, theta), judged)).toBeLessThanOrEqual(tolerance);
  });

  it('takes an offset as a feature whose coefficient is 1', async () => {
    const { rows, theta } = makeProblem({ m: 1027, n: 4, weighted: true, oneSided: false, precision });
    const [w, offset] = [theta.map((value, j) => (j === 3 ? 1 : value)), rows.columns[3]!];
    const { loss, gradient } = await evaluate(mode, rows, w);
    const sums = new Float64Array(5); // loss, slopes of three features, Σ s·dz
    const sizes = new Float64Array(5);
    for (let i = 0; i < rows.count; i++) {
      const x = [rows.columns[0]![i]!, rows.columns[1]![i]!, rows.columns[2]![i]!];
      const z = offset[i]! + w[4]! + x.reduce((sum, value, j) => sum + w[j]! * value, 0);
      const dz = rows.weights![i]! * residual(z, rows.y[i]!);
      for (const [k, term] of [rows.weights![i]! * logLoss(z, rows.y[i]!), ...x.map((v) => dz * v), dz].entries()) {
        sums[k]! += term;
        sizes[k]! += Math.abs(term);
      }
    }
    const found = [loss, gradient![0]!, gradient![1]!, gradient![2]!, gradient![4]!];
    // These loops round once a row in float64.
    const allowed = 32 * unit[arithmetic] + rows.count * unit.float64;
    found.forEach((value, k) => {
      expect(Math.abs(value - sums[k]!) / sizes[k]!).toBeLessThanOrEqual(allowed);
    });
  });

  it('adds up the parts when one memory is not enough', async () => {
    const { rows, theta } = makeProblem({ m: 1000, n: 5, weighted: true, oneSided: false, precision });
    const hosts = Array.from({ length: Math.max(1, workers) }, createHost);
    const placed = await placeOn(hosts, (await compileKernels())!, { rows, precision: keep, rowBytes: 2345 });
    expect(worstError(await placed.evaluate(theta, 2, arithmetic), judge(rows, theta))).toBeLessThanOrEqual(tolerance);
    expectScores(await placed.scores(theta), rows, theta);
  });
});

/** Whatever the rows are kept in, scores are float64 sums of n + 1 terms, here and in the truth: n + 1 roundings each. */
function expectScores(
  z: Float64Array,
  { count, features, columns }: Rows & { columns: Float64Array[] },
  theta: Float64Array,
) {
  expect(z.length).toBe(count);
  const b = theta[features]!;
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const terms = columns.map((x, j) => theta[j]! * x[i]!);
    const size = terms.reduce((sum, term) => sum + Math.abs(term), Math.abs(b));
    const truth = terms.reduce((sum, term) => sum + term, b);
    worst = Math.max(worst, Math.abs(z[i]! - truth) / size);
  }
  expect(worst / unit.float64).toBeLessThanOrEqual(2 * (features + 1));
}

describe('placed rows', () => {
  const rows = rowsOf({ columns: [Float64Array.of(1)], y: Float64Array.of(0) });
  const theta = Float64Array.of(0, 0);
  const place = async (placed: Rows) => (await backendOf(0)).place(placed, 'float32');

  it.each([0, 2])('release each feature once, when all of its rows have been read: %d workers', async (workers) => {
    const { rows } = makeProblem({ m: 70_001, n: 6, weighted: false, oneSided: false, precision: 'float32' });
    const left = Array.from({ length: 6 }, () => rows.count);
    const released: number[] = [];
    const watched: Rows = {
      ...rows,
      read(j, from, into) {
        left[j]! -= into.length;
        rows.read(j, from, into);
      },
      release(j) {
        expect(left[j]).toBe(0);
        released.push(j);
      },
    };
    (await (await backendOf(workers)).place(watched, 'float64')).dispose();
    expect(released).toEqual([0, 1, 2, 3, 4, 5]);
    expect(left).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('refuse to be evaluated once disposed of, and may be disposed of twice', async () => {
    const placed = await place(rows);
    placed.dispose();
    placed.dispose();
    await expect(placed.evaluate(theta, 0, 'float32')).rejects.toMatchObject({ code: 'disposed' });
  });

  it("stop with the signal's own reason", async () => {
    const placed = await place(rows);
    const reason = new Error('enough');
    await expect(placed.evaluate(theta, 0, 'float32', AbortSignal.abort(reason))).rejects.toBe(reason);
    const backend = await backendOf(3);
    await expect(backend.place(rows, 'float32', AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it.each([0, 3])('are refused when a single row cannot fit a memory, %i workers', async (workers) => {
    const wide = { ...rows, features: 2 ** 28 };
    const backend = await backendOf(workers);
    const refused = { name: 'LogisticError', code: 'too-large', hint: expect.stringContaining('lbfgs') };
    await expect(backend.place(wide, 'float64')).rejects.toMatchObject(refused);
  });

  it('of float64 are rounded, one by one, where float32 sums read them', async () => {
    const { rows, theta } = makeProblem({ m: 4099, n: 6, weighted: true, oneSided: true, precision: 'float64' });
    const columns = rows.columns.map((x) => x.map(Math.fround));
    const rounded = { ...rowsOf({ columns, y: rows.y, weights: rows.weights!.map(Math.fround) }), columns };
    const w = theta.map(Math.fround);
    const sums = await evaluate({ keep: 'float64', arithmetic: 'float32', workers: 0 }, rows, w);
    expect(worstError(sums, judge(rounded, w)) / unit.float32).toBeLessThanOrEqual(32);
  });

  it('give nothing for no rows', async () => {
    const placed = await place(rowsOf({ columns: [new Float64Array()], y: new Float64Array() }));
    expect(await placed.evaluate(theta, 2, 'float32')).toEqual({
      loss: 0,
      gradient: new Float64Array(2),
      hessian: new Float64Array(4),
    });
  });
});

/** One row of one feature whose score is z. */
async function evaluateOne(mode: Mode, { y, z }: { y: number; z: number }): Promise<Sums> {
  const rows = rowsOf({ columns: [Float64Array.of(1)], y: Float64Array.of(y) });
  return evaluate(mode, rows, Float64Array.of(z, 0));
}

function expectSymmetric(hessian: Float64Array, size: number): void {
  expect(hessian.length).toBe(size * size);
  const transposed = hessian.map((_, i) => hessian[(i % size) * size + Math.floor(i / size)]!);
  expect(transposed).toEqual(hessian);
}
