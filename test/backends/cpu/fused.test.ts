/**
 * The fused kernels against compensated sums of the same inputs rounded to the kernels' precision: every sum of every
 * order, for two classes and more, over row counts around the vector and block lengths and over feature counts around
 * the panel. It measures no single function (lanes.test.ts) and no build (build.test.ts).
 */
import { afterAll, describe, expect, it } from 'vitest';
import { createFusedPlace, placeOn } from '../../../src/backends/cpu/fused.ts';
import { createHost, type Host } from '../../../src/backends/cpu/host.ts';
import { compileKernels } from '../../../src/backends/cpu/kernels.ts';
import { logLoss, residual } from '../../../src/math/logistic.ts';
import { createRandom } from '../../../src/math/random.ts';
import type { Order, Precision, RowPlace, RowSource, RowSums, Sums } from '../../../src/rows/contract.ts';
import { type CompensatedSums, compensatedSums, equalNumbers, worstError } from '../../support/compensated.ts';
import { rowsOf, selectRows, type TestRows } from '../../support/data.ts';

/** In which precision rows are kept, in which they are summed, and by whom. */
interface Mode {
  readonly keep: Precision;
  readonly compute: Precision;
  readonly workers: number;
}

const modes: Mode[] = [
  { keep: 'float32', compute: 'float32', workers: 0 },
  { keep: 'float64', compute: 'float64', workers: 0 },
  { keep: 'float32', compute: 'float64', workers: 0 },
  { keep: 'float64', compute: 'float32', workers: 0 },
  { keep: 'float32', compute: 'float32', workers: 3 },
  { keep: 'float64', compute: 'float64', workers: 3 },
];
const unit = { float32: 2 ** -24, float64: 2 ** -53 };
const round = { float32: Math.fround, float64: (x: number) => x };

const places = new Map<number, Promise<RowPlace>>();

function placeOf(workers: number): Promise<RowPlace> {
  const open = async (): Promise<RowPlace> => {
    const place = await createFusedPlace(workers);
    if (place === undefined) throw new Error('this machine has no WebAssembly SIMD');
    return place;
  };
  const place = places.get(workers) ?? open();
  places.set(workers, place);
  return place;
}

afterAll(async () => {
  for (const place of places.values()) await (await place).close();
});

async function evaluate({ keep, compute, workers }: Mode, rows: RowSource, theta: Float64Array): Promise<Sums> {
  const placed = await (await placeOf(workers)).place(rows, keep);
  const sums = await placed.evaluate(theta, 2, compute);
  await placed.close();
  return sums;
}

interface Shape {
  readonly m: number;
  readonly n: number;
  readonly classes: number;
  readonly weighted: boolean;
  readonly oneSided: boolean;
  /** Of the numbers in the rows. */
  readonly precision: Precision;
}

/** Rows and theta that the precision holds exactly, so that the reference sees the same numbers. */
function makeProblem({ m, n, classes, weighted, oneSided, precision }: Shape): { rows: TestRows; theta: Float64Array } {
  const random = createRandom(1000 * m + n);
  const draw = (): number => round[precision](random() * 4 - 2 + (oneSided ? 5 : 0));
  const numbers = Array.from({ length: n }, () => Float64Array.from({ length: m }, draw));
  const last = oneSided ? 0.9 : 1 / classes;
  const label = (): number => (random() < last ? classes - 1 : Math.floor((classes - 1) * random()));
  const labels = Array.from({ length: m }, label);
  const line = n + 1;
  const theta = Float64Array.from({ length: (classes - 1) * line }, () =>
    round[precision]((random() - 0.5) / Math.sqrt(n)),
  );
  const weights = Float64Array.from({ length: m }, () => round[precision](0.1 + 3 * random()));
  return { rows: rowsOf({ numbers, labels, classes, weights: weighted ? weights : undefined }), theta };
}

/** A problem and its true sums, with which several modes are compared. */
function problemWithTruth(shape: Shape) {
  const key = JSON.stringify(shape);
  const problem = problems.get(key) ?? { ...makeProblem(shape), truth: undefined };
  problem.truth ??= compensatedSums(problem.rows, problem.theta);
  problems.set(key, problem);
  return { ...problem, truth: problem.truth };
}
const problems = new Map<string, ReturnType<typeof makeProblem> & { truth: CompensatedSums | undefined }>();

const sizes = [1, 3, 511, 4096, 4097, 10_007].flatMap((m) =>
  [1, 2, 3, 4, 5, 31, 32, 97].map((n) => ({ m, n, classes: 2 })),
);
const sizesOfMore = [1, 3, 511, 1025, 4097].flatMap((m) => [
  ...[1, 4, 5].map((n) => ({ m, n, classes: 3 })),
  ...(m < 4097 ? [{ m, n: 33, classes: 3 }] : []),
  { m, n: 3, classes: 5 },
]);
/** Every kind of rows, of large shapes one: their compensated Hessians are what takes long. */
const kindsOf = ({ m, n }: { readonly m: number; readonly n: number }) =>
  [false, true].flatMap((weighted) =>
    [false, true].flatMap((oneSided) => (m * n > 2 ** 17 && !(weighted && oneSided) ? [] : [{ weighted, oneSided }])),
  );

describe.each(modes)('$compute sums over $keep rows, $workers workers', (mode) => {
  const { keep, compute, workers } = mode;
  const precision = keep === compute ? keep : 'float32'; // of numbers that both hold exactly
  // 32 roundings: the project's bound for blocks in the working precision with float64 across blocks.
  const tolerance = 32 * unit[compute];

  it.each([...sizes, ...sizesOfMore])('equal the reference: $m rows × $n, $classes classes', async (size) => {
    for (const kind of kindsOf(size)) {
      const about = JSON.stringify(kind);
      const { rows, theta, truth } = problemWithTruth({ ...size, ...kind, precision });
      const placed = await (await placeOf(workers)).place(rows, keep);
      const at = (order: Order): Promise<Sums> => placed.evaluate(theta, order, compute);
      const sums = await at(2);
      const { loss, gradient, hessian } = sums;
      expect(worstError(sums, truth) / unit[compute], about).toBeLessThanOrEqual(32);
      expect(isSymmetric(hessian!, theta.length), about).toBe(true);
      // The orders share their passes: lower ones are the same numbers, and a second call starts from zero.
      const [none, first, second] = [await at(0), await at(1), await at(2)];
      expect([none.loss, first.loss, second.loss], about).toEqual([loss, loss, loss]);
      expect(equalNumbers(first.gradient!, gradient!) && equalNumbers(second.gradient!, gradient!), about).toBe(true);
      expect(equalNumbers(second.hessian!, hessian!), about).toBe(true);
      await expectScores(placed, rows, theta);
      await placed.close();
    }
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
    expect(Math.abs(gradient![1]! / -4.1399375473943306e-8 - 1)).toBeLessThanOrEqual(8 * unit[compute]);
    expect(Math.abs(hessian![3]! / 4.1399373760035016e-8 - 1)).toBeLessThanOrEqual(8 * unit[compute]);
    expect((await evaluateOne(mode, { y: 0, z: -100 })).gradient![1]).toBeGreaterThan(0);
  });

  it('reports an infinite or undefined score as a loss that is not finite', async () => {
    expect((await evaluateOne(mode, { y: 0, z: Number.POSITIVE_INFINITY })).loss).not.toBeLessThan(Infinity);
    expect((await evaluateOne(mode, { y: 0, z: Number.NaN })).loss).toBeNaN();
  });

  it.each([2, 4])('treats a row of weight zero as absent, %i classes', async (classes) => {
    const { rows, theta } = makeProblem({ m: 1025, n: 6, classes, weighted: true, oneSided: true, precision });
    const zeroed = { ...rows, weights: rows.weights!.map((s, i) => (i % 3 === 0 ? 0 : s)) };
    const fewer = selectRows(rows, (i) => i % 3 !== 0);
    const truth = compensatedSums(fewer, theta);
    expect(worstError(await evaluate(mode, zeroed, theta), truth)).toBeLessThanOrEqual(tolerance);
    expect(worstError(await evaluate(mode, fewer, theta), truth)).toBeLessThanOrEqual(tolerance);
  });

  it('takes an offset as a feature whose coefficient is 1', async () => {
    const { rows, theta } = makeProblem({ m: 1027, n: 4, classes: 2, weighted: true, oneSided: false, precision });
    const [w, offset] = [theta.map((value, j) => (j === 3 ? 1 : value)), rows.numbers[3]!];
    const { loss, gradient } = await evaluate(mode, rows, w);
    const sums = new Float64Array(5); // loss, slopes of three features, Σ s·dz
    const sizes = new Float64Array(5);
    for (let i = 0; i < rows.rows; i++) {
      const x = [rows.numbers[0]![i]!, rows.numbers[1]![i]!, rows.numbers[2]![i]!];
      const z = offset[i]! + w[4]! + x.reduce((sum, value, j) => sum + w[j]! * value, 0);
      const dz = rows.weights![i]! * residual(z, rows.labels[i]!);
      for (const [k, term] of [
        rows.weights![i]! * logLoss(z, rows.labels[i]!),
        ...x.map((v) => dz * v),
        dz,
      ].entries()) {
        sums[k]! += term;
        sizes[k]! += Math.abs(term);
      }
    }
    const found = [loss, gradient![0]!, gradient![1]!, gradient![2]!, gradient![4]!];
    // These loops round once a row in float64.
    const allowed = 32 * unit[compute] + rows.rows * unit.float64;
    found.forEach((value, k) => {
      expect(Math.abs(value - sums[k]!) / sizes[k]!).toBeLessThanOrEqual(allowed);
    });
  });

  it.each([2, 3])('adds up the memories when one is not enough, %i classes', async (classes) => {
    const shape = { m: 1000, n: 5, classes, weighted: true, oneSided: false, precision };
    const { rows, theta } = makeProblem(shape);
    const source = { ...rows, partitions: [333, 0, 1, 666] };
    const hosts = Array.from({ length: Math.max(1, workers) }, createHost);
    const placed = await placeOn(hosts, (await compileKernels())!, { source, storage: keep, rowBytes: 2345 });
    const truth = compensatedSums(rows, theta);
    expect(worstError(await placed.evaluate(theta, 2, compute), truth)).toBeLessThanOrEqual(tolerance);
    await expectScores(placed, rows, theta);
  });
});

/** Whatever the rows are kept in, scores are float64 sums of n + 1 terms, here and in the truth: n + 1 roundings each. */
async function expectScores(placed: RowSums, { rows, numbers, classes }: TestRows, theta: Float64Array): Promise<void> {
  const z = await placed.rowwise!.scores(theta);
  const line = numbers.length + 1;
  expect(z.length).toBe((classes - 1) * rows);
  let worst = 0;
  for (let c = 0; c < classes - 1; c++) {
    const w = theta.subarray(c * line, (c + 1) * line);
    for (let i = 0; i < rows; i++) {
      let [truth, size] = [w[line - 1]!, Math.abs(w[line - 1]!)];
      for (let j = 0; j < line - 1; j++) {
        const term = w[j]! * numbers[j]![i]!;
        truth += term;
        size += Math.abs(term);
      }
      worst = Math.max(worst, Math.abs(z[c * rows + i]! - truth) / size);
    }
  }
  expect(worst / unit.float64).toBeLessThanOrEqual(2 * line);
}

describe('placed rows', () => {
  const source = rowsOf({ numbers: [Float64Array.of(1)], labels: [0] });
  const theta = Float64Array.of(0, 0);
  const place = async (rows: RowSource) => (await placeOf(0)).place(rows, 'float32');

  it("stop with the signal's own reason", async () => {
    const placed = await place(source);
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(placed.evaluate(theta, 0, 'float32', { signal })).rejects.toBe(reason);
    await expect((await placeOf(3)).place(source, 'float32', signal)).rejects.toBe(reason);
  });

  it('leave nothing behind when the signal aborts while a store opens', async () => {
    const host = createHost();
    const controller = new AbortController();
    const happened: string[] = [];
    const watched: Host = {
      ...host,
      async open(...args) {
        happened.push('open starts');
        controller.abort(new Error('enough'));
        await host.open(...args);
        happened.push('open ends');
      },
      async close(number) {
        happened.push('close');
        await host.close(number);
        await expect(host.scores(number, theta)).rejects.toThrow(TypeError); // nothing has that number
      },
    };
    const request = { source, storage: 'float32', rowBytes: 2 ** 20, signal: controller.signal } as const;
    await expect(placeOn([watched], (await compileKernels())!, request)).rejects.toThrow('enough');
    await expect.poll(() => happened).toEqual(['open starts', 'open ends', 'close']);
  });

  it('are not read further once the signal has aborted', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const numbers = Array.from({ length: 64 }, () => new Float64Array(30_000));
    const rows = rowsOf({ numbers, labels: new Uint8Array(30_000) });
    let reads = 0;
    const columns = rows.columns.map((column) => ({
      ...column,
      read() {
        reads++;
        if (reads === 9) controller.abort(reason);
      },
    })) as RowSource['columns'];
    const placing = (await placeOf(3)).place({ ...rows, columns }, 'float32', controller.signal);
    await expect(placing).rejects.toBe(reason);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(reads).toBeLessThan(9 + 3 * 2 * 4); // three threads, two buffers, four columns each
  });

  it.each([0, 3])('are refused when a single row cannot fit a memory, %i workers', async (workers) => {
    const wide = { ...source, columns: Array.from({ length: 2 ** 16 }, () => source.columns[0]!), classes: 2 ** 14 };
    const refused = { name: 'LogisticError', code: 'too-large', hint: expect.stringContaining('lbfgs') };
    await expect((await placeOf(workers)).place(wide, 'float64')).rejects.toMatchObject(refused);
  });

  it.each([2, 3])('of float64 are rounded, one by one, where float32 sums read them, %i classes', async (classes) => {
    const shape = { m: 4099, n: 6, classes, weighted: true, oneSided: true, precision: 'float64' } as const;
    const { rows, theta } = makeProblem(shape);
    const { labels } = rows;
    const numbers = rows.numbers.map((x) => x.map(Math.fround));
    const rounded = rowsOf({ numbers, labels, classes, weights: rows.weights!.map(Math.fround) });
    const w = theta.map(Math.fround);
    const sums = await evaluate({ keep: 'float64', compute: 'float32', workers: 0 }, rows, w);
    expect(worstError(sums, compensatedSums(rounded, w)) / unit.float32).toBeLessThanOrEqual(32);
  });

  it.each([2, 3])('give nothing for no rows, %i classes', async (classes) => {
    const placed = await place(rowsOf({ numbers: [new Float64Array()], labels: [], classes }));
    const size = 2 * (classes - 1);
    expect(await placed.evaluate(new Float64Array(size), 2, 'float32')).toEqual({
      loss: 0,
      gradient: new Float64Array(size),
      hessian: new Float64Array(size * size),
    });
  });
});

/** One row of one feature whose score is z. */
async function evaluateOne(mode: Mode, { y, z }: { y: number; z: number }): Promise<Sums> {
  const rows = rowsOf({ numbers: [Float64Array.of(1)], labels: [y] });
  return evaluate(mode, rows, Float64Array.of(z, 0));
}

function isSymmetric(hessian: Float64Array, size: number): boolean {
  const transposed = hessian.map((_, i) => hessian[(i % size) * size + Math.floor(i / size)]!);
  return hessian.length === size * size && equalNumbers(transposed, hessian);
}
