/**
 * The hand-written derivatives against three judges: automatic differentiation on the same backend and
 * data, five-point differences in float64, and the plain float64 oracle.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { maxBlockRows, rowsOf } from '../../src/backends/backend.ts';
import { createFusedBackend } from '../../src/backends/cpu/fused.ts';
import * as ops from '../../src/backends/portable.ts';
import { oracleRows } from '../../src/rows/oracle.ts';
import { randomRows, randomTheta } from '../support/data.ts';
import { openTfjs, tf, tfjsNames, tfNameOf } from '../support/tensorflow.ts';

const u = 2 ** -24;

describe.each(tfjsNames)('portable equations on %s', (name) => {
  const m = 300;
  const n = 4;
  const rows = randomRows({ m, n, seed: 11, weighted: true });
  const theta = randomTheta(n, 12, 2);

  const tensors = async () => {
    await openTfjs(name);
    await tf.setBackend(tfNameOf[name]);
    return {
      x: tf.tensor2d(Float32Array.from(rows.columns.flatMap((column) => [...column])), [n, m]),
      y: tf.tensor2d(Float32Array.from(rows.y), [1, m]),
      s: tf.tensor2d(Float32Array.from(rows.weights!), [1, m]),
      sign: tf.tensor2d(
        Float32Array.from(rows.y, (y) => 1 - 2 * y),
        [1, m],
      ),
      w: tf.tensor2d(Float32Array.from(theta.subarray(0, n)), [n, 1]),
      b: tf.tensor2d(Float32Array.of(theta[n]!), [1, 1]),
    };
  };
  type Tensors = Awaited<ReturnType<typeof tensors>>;
  type T2 = Tensors['x'];

  /** The loss as a textbook writes it, for tf.grads: −s·(y·ln a + (1 − y)·ln(1 − a)), which holds for moderate z. */
  const textbookLoss = ({ x, y, s }: Tensors, w: T2, b: T2) => {
    const a = tf.sigmoid(tf.add(tf.matMul(w, x, true), b));
    const logs = tf.add(tf.mul(y, tf.log(a)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, a))));
    return tf.neg(tf.sum(tf.mul(s, logs))).asScalar();
  };

  const handWritten = (t: Tensors) => {
    const scores = ops.wrongness(tf, ops.scores(tf, t.x, t.w, t.b), t.sign);
    const dz = tf.mul(t.s, ops.residuals(tf, scores, t.sign)) as T2;
    return { dw: ops.weightGradient(tf, t.x, dz), db: ops.total(tf, dz), scores };
  };

  test('dW and db equal tf.grads', async () => {
    const t = await tensors();
    const [dw, db] = tf.grads((w, b) => textbookLoss(t, w as T2, b as T2))([t.w, t.b]);
    const own = handWritten(t);
    // Both sum m float32 products of size ≤ s·|x·dz| ≤ 2.25 one after another: at most m roundings each,
    // √m of them uncorrelated; 1 − a in the textbook form adds u/(1 − a) ≤ 8u a row at |z| ≤ 2.
    const tolerance = 2 * (Math.sqrt(m) + 8) * u * 2.25 * m * 0.5;
    const differences = [...(await tf.sub(dw!, own.dw).data()), ...(await tf.sub(db!, own.db).data())];
    expect(differences).toHaveLength(n + 1);
    for (const difference of differences) expect(Math.abs(difference)).toBeLessThanOrEqual(tolerance);
  });

  test('the Hessian equals tf.grads of each component of the gradient', async () => {
    const t = await tensors();
    const own = handWritten(t);
    const d = tf.mul(t.s, ops.curvatures(tf, own.scores)) as T2;
    const hessian = await ops.hessian(tf, t.x, d).array();
    for (let j = 0; j <= n; j++) {
      const component = (w: T2, b: T2) => {
        const a = tf.sigmoid(tf.add(tf.matMul(w, t.x, true), b));
        const dz = tf.mul(t.s, tf.sub(a, t.y));
        return tf.sum(j < n ? tf.mul(tf.slice(t.x, [j, 0], [1, m]), dz) : dz).asScalar();
      };
      const [byW, byB] = tf.grads((w, b) => component(w as T2, b as T2))([t.w, t.b]);
      const row = [...(await byW!.data()), ...(await byB!.data())];
      // As above, with terms s·x²·a(1 − a) ≤ 2.25/4.
      const tolerance = 2 * (Math.sqrt(m) + 8) * u * 0.5625 * m;
      row.forEach((value, k) => {
        expect(Math.abs(value - hessian[j]![k]!)).toBeLessThanOrEqual(tolerance);
      });
    }
  });

  test('dZ is A − Y, and each factor of the chain rule multiplies to it', async () => {
    const t = await tensors();
    const z = ops.scores(tf, t.x, t.w, t.b);
    const dz = await ops.residuals(tf, ops.wrongness(tf, z, t.sign), t.sign).data();
    const a = await tf.sigmoid(z).data();
    dz.forEach((value, i) => {
      const y = rows.y[i]!;
      expect(Math.abs(value - (a[i]! - y))).toBeLessThanOrEqual(4 * u);
      const byChain = ((a[i]! - y) / (a[i]! * (1 - a[i]!))) * (a[i]! * (1 - a[i]!));
      expect(Math.abs(value - byChain)).toBeLessThanOrEqual(8 * u);
    });
  });
});

describe('the oracle against five-point differences in float64', () => {
  /** (f(−2h) − 8f(−h) + 8f(h) − f(2h)) / 12h, h = ε^(1/5): truncation and rounding are both about ε^(4/5) = 3e−13 of Σs. */
  const h = Number.EPSILON ** (1 / 5);
  const tolerance = 1e-10;
  const rows = randomRows({ m: 500, n: 3, seed: 21, weighted: true });
  const oracle = oracleRows(rows);
  const theta = randomTheta(3, 22, 2);
  const along = async (
    j: number,
    pick: (sums: Awaited<ReturnType<typeof oracle.evaluate>>) => number,
  ): Promise<number> => {
    const at = async (steps: number) => {
      const moved = theta.slice();
      moved[j]! += steps * h;
      return pick(await oracle.evaluate(moved, 1));
    };
    return ((await at(-2)) - 8 * (await at(-1)) + 8 * (await at(1)) - (await at(2))) / (12 * h);
  };

  test('gradient', async () => {
    const { gradient } = await oracle.evaluate(theta, 1);
    for (let j = 0; j < 4; j++) {
      const difference = (await along(j, ({ loss }) => loss)) - gradient![j]!;
      expect(Math.abs(difference)).toBeLessThanOrEqual(tolerance * oracle.totalWeight);
    }
  });

  test('Hessian', async () => {
    const { hessian } = await oracle.evaluate(theta, 2);
    for (let j = 0; j < 4; j++) {
      for (let k = 0; k < 4; k++) {
        const difference = (await along(j, ({ gradient }) => gradient![k]!)) - hessian![j * 4 + k]!;
        expect(Math.abs(difference)).toBeLessThanOrEqual(tolerance * oracle.totalWeight);
      }
    }
  });
});

describe('each backend against the oracle', () => {
  const backends = [
    ...tfjsNames.map((name) => ({ name: name as string, precision: 'float32' as const, open: () => openTfjs(name) })),
    ...(['float32', 'float64'] as const).map((precision) => ({
      name: `fused ${precision}`,
      precision,
      open: async () => (await createFusedBackend())!,
    })),
  ];
  const shapes = [
    { m: 1, n: 1 },
    { m: 3 * maxBlockRows + 17, n: 5 },
    { m: 2 * maxBlockRows, n: 6, weighted: true },
    { m: 10_007, n: 3, shift: 5, positives: 0.9 },
    { m: 10_007, n: 3, shift: 5, positives: 0.9, weighted: true },
  ];
  const cases = backends.flatMap((backend) =>
    shapes.map((shape) => ({ ...backend, shape, title: JSON.stringify(shape) })),
  );

  test.each(cases)('$name $title', async ({ open, precision, shape }) => {
    const rows = randomRows({ seed: 31, ...shape });
    const { m, n } = shape;
    const theta = randomTheta(n, 32);
    const backend = await open();
    const placed = await backend.place(rows, precision);
    const found = await placed.evaluate(theta, 2, precision);
    const z = await placed.scores(theta);
    const truth = await oracleRows(rows).evaluate(theta, 2);
    const trueZ = await oracleRows(rows).scores(theta);
    placed.dispose();
    // 32 roundings of the working precision on Σ|terms| (design figure for sums in blocks), and the
    // rounding of z itself: n + 1 products of size ≤ |w|·(1 + shift) ≤ 0.5·6, relative to dz' ≤ 1.
    const roundoff = precision === 'float32' ? u : 2 ** -53;
    const size = 1 + (shape.shift ?? 0);
    const scale = rows.weights ? 2.25 : 1;
    // n + 1 products of size ≤ |w|·size ≤ 0.5·size, and as many roundings of their sum.
    z.forEach((zi, i) => {
      expect(Math.abs(zi - trueZ[i]!)).toBeLessThanOrEqual((n + 1) ** 2 * 0.5 * size * roundoff);
    });
    const factor = (32 + (n + 1) * 0.5 * size) * roundoff * scale * m;
    expect(Math.abs(found.loss - truth.loss)).toBeLessThanOrEqual(factor * (truth.loss / m + size));
    found.gradient!.forEach((g, j) => {
      expect(Math.abs(g - truth.gradient![j]!)).toBeLessThanOrEqual(factor * size);
    });
    found.hessian!.forEach((value, k) => {
      expect(Math.abs(value - truth.hessian![k]!)).toBeLessThanOrEqual((factor * size * size) / 4);
    });
  });

  test.each(backends)('$name: z = ±1000 is exact', async ({ open, precision }) => {
    const columns = [Float64Array.of(1000, 1000, -1000, -1000)];
    const rows = rowsOf({ columns, y: Float64Array.of(0, 1, 0, 1) });
    const placed = await (await open()).place(rows, precision);
    const sums = await placed.evaluate(Float64Array.of(1, 0), 2, precision);
    placed.dispose();
    expect(sums.loss).toBe(2000);
    // Only rows 1 and 4 are on the wrong side: 1000·1 + (−1000)·(−1) and 1 − 1.
    expect([...sums.gradient!]).toEqual([2000, 0]);
    expect([...sums.hessian!]).toEqual([0, 0, 0, 0]);
  });
});

afterAll(() => {
  tf.disposeVariables();
});
