/**
 * The hand-written derivatives, for two classes and three, against automatic differentiation on the same backend and
 * data, and against five-point differences in float64. Sums of every place are compared in places.test.ts.
 */
import { afterAll, describe, expect, test } from 'vitest';
import * as ops from '../../src/backends/portable.ts';
import { explainNumbers } from '../../src/explain/numbers.ts';
import type { Sums } from '../../src/rows/contract.ts';
import { referenceRows } from '../../src/rows/reference.ts';
import { randomRows, randomTheta, type TestRows } from '../support/data.ts';
import { openTfjs, tf, tfjsNames, tfNameOf } from '../support/tensorflow.ts';

const u = 2 ** -24;
/** h = ε^(1/5): truncation and rounding are both about ε^(4/5) = 3e−13. */
const fiveStep = Number.EPSILON ** (1 / 5);
/** (f(v − 2h) − 8f(v − h) + 8f(v + h) − f(v + 2h)) / 12h, with h a fraction of `room`. */
function fivePoints(f: (v: number) => number, v: number, room = 1): number {
  const h = fiveStep * room;
  return (f(v - 2 * h) - 8 * f(v - h) + 8 * f(v + h) - f(v + 2 * h)) / (12 * h);
}
type T3 = import('@tensorflow/tfjs').Tensor3D;

/** Rows as one block, and theta, as tensors of the active backend. */
function tensorsOf({ rows: m, numbers, labels, classes, weights }: TestRows, theta: Float64Array) {
  const n = numbers.length;
  const k = classes - 1;
  const w = Float32Array.from({ length: n * k }, (_, at) => theta[at + Math.floor(at / n)]!);
  const b = Float32Array.from({ length: k }, (_, c) => theta[c * (n + 1) + n]!);
  return {
    x: tf.tensor3d(Float32Array.from(numbers.flatMap((column) => [...column])), [1, n, m]),
    classes: tf.tensor3d(Float32Array.from(labels), [1, 1, m]),
    s: tf.tensor3d(Float32Array.from(weights!), [1, 1, m]),
    wt: tf.tensor3d(w, [1, k, n]),
    b: tf.tensor3d(b, [1, k, 1]),
  };
}

describe.each(tfjsNames)('portable equations on %s', (name) => {
  const m = 300;
  const n = 4;
  const rows = randomRows({ m, n, seed: 11, weighted: true });
  const theta = randomTheta(n, 12, 2);

  const tensors = async () => {
    await openTfjs(name);
    await tf.setBackend(tfNameOf[name]);
    const t = tensorsOf(rows, theta);
    return { ...t, y: t.classes, sign: tf.sub(1, tf.mul(2, t.classes)) as T3 };
  };
  type Tensors = Awaited<ReturnType<typeof tensors>>;

  /** The loss as a textbook writes it, for tf.grads: −s·(y·ln a + (1 − y)·ln(1 − a)), which holds for moderate z. */
  const textbookLoss = ({ x, y, s }: Tensors, wt: T3, b: T3) => {
    const a = tf.sigmoid(tf.add(tf.matMul(wt, x), b));
    const logs = tf.add(tf.mul(y, tf.log(a)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, a))));
    return tf.neg(tf.sum(tf.mul(s, logs))).asScalar();
  };

  const handWritten = (t: Tensors) => {
    const scores = ops.negativeMargin(tf, ops.scores(tf, t.x, t.wt, t.b), t.sign);
    const dz = tf.mul(t.s, ops.residuals(tf, scores, t.sign)) as T3;
    return { dw: ops.weightGradient(tf, t.x, dz), db: ops.total(tf, dz), scores };
  };

  test('dW and db equal tf.grads', async () => {
    const t = await tensors();
    const [dw, db] = tf.grads((wt, b) => textbookLoss(t, wt as T3, b as T3))([t.wt, t.b]);
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
    const d = tf.mul(t.s, ops.curvatures(tf, own.scores)) as T3;
    const [hessian] = await ops.hessian(tf, t.x, d).array();
    for (let j = 0; j <= n; j++) {
      const component = (wt: T3, b: T3) => {
        const a = tf.sigmoid(tf.add(tf.matMul(wt, t.x), b));
        const dz = tf.mul(t.s, tf.sub(a, t.y));
        return tf.sum(j < n ? tf.mul(tf.slice(t.x, [0, j, 0], [1, 1, m]), dz) : dz).asScalar();
      };
      const [byW, byB] = tf.grads((wt, b) => component(wt as T3, b as T3))([t.wt, t.b]);
      const row = [...(await byW!.data()), ...(await byB!.data())];
      // As above, with terms s·x²·a(1 − a) ≤ 2.25/4.
      const tolerance = 2 * (Math.sqrt(m) + 8) * u * 0.5625 * m;
      row.forEach((value, k) => {
        expect(Math.abs(value - hessian![j]![k]!)).toBeLessThanOrEqual(tolerance);
      });
    }
  });

  test('dZ is A − Y', async () => {
    const t = await tensors();
    const z = ops.scores(tf, t.x, t.wt, t.b);
    const dz = await ops.residuals(tf, ops.negativeMargin(tf, z, t.sign), t.sign).data();
    const a = await tf.sigmoid(z).data();
    dz.forEach((value, i) => {
      expect(Math.abs(value - (a[i]! - rows.labels[i]!))).toBeLessThanOrEqual(4 * u);
    });
  });

  test('each local derivative equals tf.grad', async () => {
    const t = await tensors();
    const z = ops.scores(tf, t.x, t.wt, t.b);
    const a = tf.sigmoid(z) as T3;
    const lossesOf = (p: T3) => tf.neg(tf.add(tf.mul(t.y, tf.log(p)), tf.mul(tf.sub(1, t.y), tf.log(tf.sub(1, p)))));
    const byA = await tf
      .grad((p) => tf.sum(lossesOf(p as T3)))(a)
      .data();
    const byZ = await tf
      .grad((scores) => tf.sum(tf.sigmoid(scores)))(z)
      .data();
    const curvatures = await ops.curvatures(tf, ops.negativeMargin(tf, z, t.sign)).data();
    for (let i = 0; i < m; i++) {
      const graph = explainOf(rows, theta, i);
      // z is a sum of n + 1 products of at most 1, |z| ≤ n + 1, and moves ln a and a(1 − a) by less than it moves itself.
      const rounding = (n + 4) * (n + 1) * u;
      expect(Math.abs(localOf(graph, 'L', 'a') - byA[i]!)).toBeLessThanOrEqual(rounding * Math.abs(byA[i]!));
      expect(Math.abs(localOf(graph, 'a', 'z') - byZ[i]!)).toBeLessThanOrEqual(rounding);
      expect(Math.abs(curvatures[i]! - byZ[i]!)).toBeLessThanOrEqual(rounding);
    }
    for (const i of [0, 1, m - 1]) {
      const graph = explainOf(rows, theta, i);
      const scoreOf = (wt: T3, b: T3) => tf.slice3d(ops.scores(tf, t.x, wt, b), [0, 0, i], [1, 1, 1]).asScalar();
      const [byW, byB] = tf.grads((wt, b) => scoreOf(wt as T3, b as T3))([t.wt, t.b]);
      const slopes = await byW!.data();
      for (let j = 0; j < n; j++) expect(localOf(graph, 'z', `w_${j + 1}`)).toBe(slopes[j]!); // one product with 1: exact
      expect(localOf(graph, 'z', 'b')).toBe((await byB!.data())[0]!);
    }
  });
});

/** The graph of row i. */
const explainOf = ({ numbers, labels }: TestRows, theta: Float64Array, i: number) =>
  explainNumbers({
    x: numbers.map((x) => x[i]!),
    weights: [[...theta.subarray(0, numbers.length)]],
    biases: [theta[numbers.length]!],
    label: labels[i]!,
  });

/** ∂of/∂by in a graph. */
const localOf = ({ edges }: ReturnType<typeof explainOf>, of: string, by: string): number =>
  edges.find(({ from, to }) => from === by && to === of)!.value;

test('each local derivative equals its five-point difference', () => {
  const n = 3;
  const rows = randomRows({ m: 100, n, seed: 17 });
  const theta = randomTheta(n, 18, 4);
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
  const scoreOf = (x: readonly number[], at: Float64Array): number => x.reduce((z, xj, j) => z + at[j]! * xj, at[n]!);
  for (let i = 0; i < rows.rows; i++) {
    const graph = explainOf(rows, theta, i);
    const x = rows.numbers.map((column) => column[i]!);
    const y = rows.labels[i]!;
    const z = scoreOf(x, theta);
    const a = sigmoid(z);
    const edge = Math.min(a, 1 - a);
    const loss = (p: number): number => -y * Math.log(p) - (1 - y) * Math.log(1 - p);
    // h⁴/30 times a fifth derivative of at most 24 slope/edge⁴, and roundings of values up to |z| + 1 over h.
    const tolerance = (slope: number, room: number): number =>
      Number.EPSILON ** (4 / 5) * Math.abs(slope) + (4 * Number.EPSILON * (1 + Math.abs(z))) / (fiveStep * room);
    const close = (found: number, truth: number, room = 1): void => {
      expect(Math.abs(found - truth)).toBeLessThanOrEqual(tolerance(Math.max(1, Math.abs(truth)), room));
    };
    close(localOf(graph, 'L', 'a'), fivePoints(loss, a, edge), edge);
    close(localOf(graph, 'a', 'z'), fivePoints(sigmoid, z));
    theta.forEach((value, j) => {
      const along = (moved: number): number =>
        scoreOf(
          x,
          Float64Array.from(theta, (own, l) => (l === j ? moved : own)),
        );
      close(localOf(graph, 'z', j < n ? `w_${j + 1}` : 'b'), fivePoints(along, value));
    });
  }
});

describe.each(tfjsNames)('portable equations of three classes on %s', (name) => {
  const m = 300;
  const n = 4;
  const rows = randomRows({ m, n, classes: 3, seed: 13, weighted: true });
  const theta = randomTheta(n, 14, 2, 2);

  const tensors = async () => {
    await openTfjs(name);
    await tf.setBackend(tfNameOf[name]);
    const t = tensorsOf(rows, theta);
    return { ...t, y: ops.indicators(tf, t.classes, 2) };
  };
  type Tensors = Awaited<ReturnType<typeof tensors>>;

  /** e^z / (1 + Σ e^z) [1, k, m], as a textbook writes it. */
  const textbookSoftmax = ({ x }: Tensors, wt: T3, b: T3): T3 => {
    const e = tf.exp(tf.add(tf.matMul(wt, x), b));
    return tf.div(e, tf.add(1, tf.sum(e, 1, true)));
  };
  /** −s·ln a_y: the logarithm of the given class's probability. */
  const textbookLoss = (t: Tensors, wt: T3, b: T3) => {
    const a = textbookSoftmax(t, wt, b);
    const reference = tf.sub(1, tf.sum(a, 1, true));
    const isReference = tf.sub(1, tf.sum(t.y, 1, true));
    const own = tf.add(tf.sum(tf.mul(t.y, a), 1, true), tf.mul(isReference, reference));
    return tf.neg(tf.sum(tf.mul(t.s, tf.log(own)))).asScalar();
  };
  // As for two classes: m products of size ≤ 2.25, at most m roundings each, √m of them uncorrelated; the textbook's
  // 1 − Σa adds u/(1 − Σa) ≤ 30u a row at |z| ≤ 3.
  const tolerance = 2 * (Math.sqrt(m) + 30) * u * 2.25 * m * 0.5;
  const expectClose = async (found: T3, truth: T3): Promise<void> => {
    expect(found.shape).toEqual(truth.shape);
    for (const difference of await tf.sub(found, truth).data())
      expect(Math.abs(difference)).toBeLessThanOrEqual(tolerance);
  };

  test('dW and db equal tf.grads', async () => {
    const t = await tensors();
    const [dw, db] = tf.grads((wt, b) => textbookLoss(t, wt as T3, b as T3))([t.wt, t.b]);
    const dz = tf.mul(t.s, ops.softmaxResiduals(tf, t.y, ops.exponentials(tf, ops.scores(tf, t.x, t.wt, t.b)))) as T3;
    await expectClose(ops.weightGradient(tf, t.x, dz), dw as T3);
    await expectClose(ops.total(tf, dz), db as T3);
  });

  test('each block of the Hessian equals tf.grads of a component of the gradient', async () => {
    const t = await tensors();
    const shared = ops.exponentials(tf, ops.scores(tf, t.x, t.wt, t.b));
    for (const [c, d] of [
      [0, 0],
      [0, 1],
      [1, 1],
    ] as const) {
      const curvatures = tf.mul(t.s, ops.crossCurvatures(tf, shared, c, d)) as T3;
      const block = ops.hessian(tf, t.x, curvatures);
      for (let j = 0; j <= n; j++) {
        const component = (wt: T3, b: T3) => {
          const dz = tf.mul(t.s, tf.slice(tf.sub(textbookSoftmax(t, wt, b), t.y), [0, c, 0], [1, 1, m]));
          return tf.sum(j < n ? tf.mul(tf.slice(t.x, [0, j, 0], [1, 1, m]), dz) : dz).asScalar();
        };
        const [byW, byB] = tf.grads((wt, b) => component(wt as T3, b as T3))([t.wt, t.b]);
        const own = [tf.slice3d(byW as T3, [0, d, 0], [1, 1, n]), tf.slice3d(byB as T3, [0, d, 0], [1, 1, 1])];
        await expectClose(tf.slice3d(block, [0, j, 0], [1, 1, n + 1]), tf.concat3d(own, 2));
      }
    }
  });

  test('A, the loss and dZ = A − Y are those of the textbook', async () => {
    const t = await tensors();
    const z = ops.scores(tf, t.x, t.wt, t.b);
    const shared = ops.exponentials(tf, z);
    const a = textbookSoftmax(t, t.wt, t.b);
    for (const error of await tf.sub(ops.softmax(tf, shared), a).data())
      expect(Math.abs(error)).toBeLessThanOrEqual(4 * u);
    const dz = ops.softmaxResiduals(tf, t.y, shared);
    for (const error of await tf.sub(dz, tf.sub(a, t.y)).data()) expect(Math.abs(error)).toBeLessThanOrEqual(4 * u);
    const loss = tf.sum(tf.mul(t.s, ops.softmaxLosses(tf, z, t.y, shared)));
    const error = tf.sub(loss, textbookLoss(t, t.wt, t.b)).dataSync()[0]!;
    expect(Math.abs(error)).toBeLessThanOrEqual(2 * tolerance);
  });

  test('the general formulas of one score vector are those of two classes', async () => {
    const t = await tensors();
    const z = tf.slice3d(ops.scores(tf, t.x, t.wt, t.b), [0, 0, 0], [1, 1, m]);
    const y = tf.slice3d(t.y, [0, 0, 0], [1, 1, m]);
    const sign = tf.sub(1, tf.mul(2, y)) as T3;
    const margin = ops.negativeMargin(tf, z, sign);
    const shared = ops.exponentials(tf, z);
    const pairs = [
      [ops.softmaxLosses(tf, z, y, shared), ops.rowLosses(tf, margin)],
      [ops.softmaxResiduals(tf, y, shared), ops.residuals(tf, margin, sign)],
      [ops.crossCurvatures(tf, shared, 0, 0), ops.curvatures(tf, margin)],
    ] as const;
    for (const [general, binary] of pairs) {
      const truth = await binary.data();
      (await general.data()).forEach((value, i) => {
        expect(Math.abs(value - truth[i]!)).toBeLessThanOrEqual(12 * u * Math.abs(truth[i]!)); // a handful of roundings each
      });
    }
  });
});

describe.each([2, 3])('the reference of %i classes against five-point differences in float64', (classes) => {
  /** (f(−2h) − 8f(−h) + 8f(h) − f(2h)) / 12h, h = ε^(1/5): truncation and rounding are both about ε^(4/5) = 3e−13 of Σs. */
  const h = Number.EPSILON ** (1 / 5);
  const rows = randomRows({ m: 500, n: 3, classes, seed: 21, weighted: true });
  const tolerance = 1e-10 * rows.weights!.reduce((sum, s) => sum + s, 0);
  const reference = referenceRows(rows);
  const theta = randomTheta(3, 22, 2, classes - 1);
  const along = async (j: number, pick: (sums: Sums) => number): Promise<number> => {
    const at = async (steps: number) => {
      const moved = theta.slice();
      moved[j]! += steps * h;
      return pick(await reference.evaluate(moved, 1, 'float64'));
    };
    return ((await at(-2)) - 8 * (await at(-1)) + 8 * (await at(1)) - (await at(2))) / (12 * h);
  };

  test('gradient', async () => {
    const { gradient } = await reference.evaluate(theta, 1, 'float64');
    for (let j = 0; j < theta.length; j++) {
      const difference = (await along(j, ({ loss }) => loss)) - gradient![j]!;
      expect(Math.abs(difference)).toBeLessThanOrEqual(tolerance);
    }
  });

  test('Hessian', async () => {
    const { hessian } = await reference.evaluate(theta, 2, 'float64');
    for (let j = 0; j < theta.length; j++) {
      for (let l = 0; l < theta.length; l++) {
        const difference = (await along(j, ({ gradient }) => gradient![l]!)) - hessian![j * theta.length + l]!;
        expect(Math.abs(difference)).toBeLessThanOrEqual(tolerance);
      }
    }
  });
});

afterAll(() => {
  tf.disposeVariables();
});
