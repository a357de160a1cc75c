/**
 * The graph of one row: what flows backward is the gradient of the reference place, for rows of any number of classes,
 * with categories, missing cells, interactions and weights; each derivative equals its measurement.
 */
import { describe, expect, test } from 'vitest';
import { explainBatch, explainNumbers } from '../../src/index.ts';
import { createObjective } from '../../src/objective/objective.ts';
import { roundoff } from '../../src/rows/contract.ts';
import { referenceRows } from '../../src/rows/reference.ts';
import { randomRows, randomTheta, rowsOf, type TestRows } from '../support/data.ts';

const u = roundoff.float64;

/** W [k][n] and b [k] of theta [k, n + 1]. */
function headOf(theta: Float64Array, n: number) {
  const vectors = Array.from({ length: theta.length / (n + 1) }, (_, c) => [
    ...theta.subarray(c * (n + 1), (c + 1) * (n + 1)),
  ]);
  return { weights: vectors.map((own) => own.slice(0, n)), biases: vectors.map((own) => own[n]!) };
}

const idOf = (letter: string, k: number, c: number, j?: number): string =>
  [letter, ...(k === 1 ? [] : [c + 1]), ...(j === undefined ? [] : [j + 1])].join('_');

/** [dw, db] of each score vector in turn, as theta is laid out. */
function gradientOf(graph: ReturnType<typeof explainNumbers>, n: number, k: number): number[] {
  const by = new Map(graph.nodes.map(({ id, gradient }) => [id, gradient.value]));
  return Array.from({ length: k }, (_, c) => [
    ...Array.from({ length: n }, (_, j) => by.get(idOf('w', k, c, j))!),
    by.get(idOf('b', k, c))!,
  ]).flat();
}

/** A row of a source alone. */
const one = ({ numbers, labels, classes, weights }: TestRows, i: number): TestRows =>
  rowsOf({
    numbers: numbers.map((x) => x.slice(i, i + 1)),
    labels: [labels[i]!],
    classes,
    weights: weights?.slice(i, i + 1),
  });

describe.each([2, 3, 5])('%i classes', (classes) => {
  const [m, n, k] = [40, 4, classes - 1];
  const rows = randomRows({ m, n, classes, seed: 31 + classes, weighted: true });
  const theta = randomTheta(n, 32, 3, k);
  const head = headOf(theta, n);
  const graphs = Array.from({ length: m }, (_, i) =>
    explainNumbers({
      ...head,
      x: rows.numbers.map((x) => x[i]!),
      label: rows.labels[i]!,
      sampleWeight: rows.weights![i]!,
    }),
  );
  // Both round each of n + 1 products, about K exponentials and their sum: terms are at most s·|x| ≤ 2.25.
  const tolerance = 8 * (n + classes) * u * 2.25;

  test('the gradient of each row is that of the reference', async () => {
    for (let i = 0; i < m; i++) {
      const { loss, gradient } = await referenceRows(one(rows, i)).evaluate(theta, 1, 'float64');
      const own = gradientOf(graphs[i]!, n, k);
      own.forEach((value, at) => {
        expect(Math.abs(value - gradient![at]!)).toBeLessThanOrEqual(tolerance);
      });
      expect(Math.abs(graphs[i]!.nodes.at(-1)!.value - loss)).toBeLessThanOrEqual(tolerance * Math.max(1, loss));
    }
  });

  test('rows add up to the batch, and its matrices are their means', async () => {
    const { loss, gradient } = await referenceRows(rows).evaluate(theta, 1, 'float64');
    const total = rows.weights!.reduce((sum, s) => sum + s, 0);
    const own = graphs.map((graph) => gradientOf(graph, n, k));
    const matrices = explainBatch({
      ...head,
      x: rows.numbers.map((x) => [...x]),
      labels: [...rows.labels],
      sampleWeights: [...rows.weights!],
    });
    const valuesOf = (id: string) => matrices.find((matrix) => matrix.id === id)!.values;
    gradient!.forEach((truth, at) => {
      const sum = own.reduce((all, row) => all + row[at]!, 0);
      expect(Math.abs(sum - truth)).toBeLessThanOrEqual(m * tolerance);
      const [c, j] = [Math.floor(at / (n + 1)), at % (n + 1)];
      const mean = j < n ? valuesOf('dW')[j]![c]! : valuesOf('db')[c]![0]!;
      expect(Math.abs(mean - truth / total)).toBeLessThanOrEqual((m * tolerance) / total);
    });
    expect(Math.abs(valuesOf('loss')[0]![0]! - loss / total)).toBeLessThanOrEqual((m * tolerance) / total);
  });

  test('with a penalty the matrices add up to the gradient of the objective', async () => {
    const l2 = 0.3;
    const objective = createObjective(referenceRows(rows), 'float64', { penalty: { l2 }, intercept: true });
    const { gradient } = await objective.point(theta, 1);
    const sampleWeights = [...rows.weights!];
    const matrices = explainBatch({
      ...head,
      x: rows.numbers.map((x) => [...x]),
      labels: [...rows.labels],
      sampleWeights,
      l2,
    });
    const valuesOf = (id: string) => matrices.find((matrix) => matrix.id === id)!.values;
    gradient.forEach((truth, at) => {
      const [c, j] = [Math.floor(at / (n + 1)), at % (n + 1)];
      const own = j < n ? valuesOf('dW')[j]![c]! + valuesOf('l2')[j]![c]! : valuesOf('db')[c]![0]!;
      expect(Math.abs(own - truth)).toBeLessThanOrEqual(tolerance);
    });
    expect(matrices.map(({ id, shape }) => `${id} ${shape.join(' × ')}`)).toEqual([
      `X ${n} × ${m}`,
      `W ${n} × ${k}`,
      `b ${k} × 1`,
      `Y ${k} × ${m}`,
      `s 1 × ${m}`,
      `Z ${k} × ${m}`,
      `A ${k === 1 ? 1 : k + 1} × ${m}`,
      `ℓ 1 × ${m}`,
      'loss 1 × 1',
      `dZ ${k} × ${m}`,
      `dW ${n} × ${k}`,
      `db ${k} × 1`,
      `l2 ${n} × ${k}`,
    ]);
  });

  test('each derivative is the sum of its ways, and what it simplifies to', () => {
    for (const { nodes } of graphs) {
      const gradients = new Map(nodes.map(({ id, gradient }) => [id, gradient]));
      for (const { gradient } of nodes.slice(0, -1)) {
        const sizes = gradient.ways.reduce((sum, { product }) => sum + Math.abs(product), 0);
        const sum = gradient.ways.reduce((all, { outer, local }) => all + outer * local, 0);
        // One division and a few products each; a complement of the softmax is a sum of K exponentials.
        expect(Math.abs(gradient.value - sum)).toBeLessThanOrEqual(16 * classes * u * sizes);
        for (const way of gradient.ways) expect(way.outer).toBe(gradients.get(way.through)!.value);
      }
    }
  });

  test('each derivative equals its five-point difference', () => {
    for (const { nodes, edges } of graphs) {
      const values = new Map(nodes.map(({ id, value }) => [id, value]));
      const probabilities = nodes.filter(({ about }) => about.role === 'probability').map(({ value }) => value);
      // A step is at least ε^(1/5) of the least reach: of a probability's distance from 0 and 1, or of 1/|w| ≥ 2/3.
      const h = Number.EPSILON ** (1 / 5) * Math.min(...probabilities.flatMap((a) => [a, 1 - a]), 0.5);
      const loss = nodes.at(-1)!.value;
      const close = (found: number | null, truth: number, of: number, by: number): void => {
        // Roundings of f and of v over h; h⁴/30 times a fifth derivative, at most 24 times slope/reach⁴.
        const rounding = (16 * u * (Math.abs(of) + Math.abs(by * truth))) / h;
        expect(Math.abs(found! - truth)).toBeLessThanOrEqual(
          rounding + Number.EPSILON ** (4 / 5) * (1 + Math.abs(truth)),
        );
      };
      for (const { gradient, value } of nodes) close(gradient.measured, gradient.value, loss, value);
      for (const { measured, value, from, to } of edges) close(measured, value, values.get(to)!, values.get(from)!);
    }
  });
});

/** Every number of the derivation's example: x = (1, 2), y = 1, w = (0.5, −0.25), b = 0.1. */
test('the graph of the derivation', () => {
  const { nodes, edges } = explainNumbers({ x: [1, 2], weights: [[0.5, -0.25]], biases: [0.1], label: 1 });
  expect(nodes.map(({ id }) => id)).toEqual(['x_1', 'x_2', 'w_1', 'w_2', 'b', 'z', 'a', 'y', 'L']);
  expect(edges.map(({ symbol, formula }) => `${symbol.text} = ${formula.text}`)).toEqual([
    '∂z/∂x_1 = w_1',
    '∂z/∂x_2 = w_2',
    '∂z/∂w_1 = x_1',
    '∂z/∂w_2 = x_2',
    '∂z/∂b = 1',
    '∂a/∂z = a·(1 − a)',
    '∂L/∂a = −y/a + (1 − y)/(1 − a)',
    '∂L/∂y = ln(1 − a) − ln(a)',
  ]);
  const w2 = nodes[3]!.gradient;
  expect(w2.sum.formula.text).toBe('∂L/∂z·∂z/∂w_2');
  expect(w2.sum.substituted.text).toBe('(−0.475021)·2');
  expect(w2.simplified).toMatchObject({ label: 'B8', formula: { text: 'x_2·(a − y)' } });
  expect(w2.simplified!.substituted.text).toBe('2·(0.524979 − 1)');
  const a = 1 / (1 + Math.exp(-0.1));
  expect(Math.abs(w2.value - 2 * (a - 1))).toBeLessThanOrEqual(8 * u);
});

test('a score of 1000 on the wrong side costs 1000, and its derivative is 1', () => {
  const { nodes } = explainNumbers({ x: [1000], weights: [[1]], biases: [0], label: 0 });
  const by = new Map(nodes.map((node) => [node.id, node]));
  expect(by.get('L')!.value).toBe(1000);
  expect(by.get('z')!.gradient.value).toBe(1);
  expect(by.get('w_1')!.gradient.value).toBe(1000);
  expect(Math.abs(by.get('w_1')!.gradient.measured! - 1000)).toBeLessThanOrEqual(1e-9 * 1000); // u·1000 over h = 7e−4
});

test.each([
  [{ x: [1], weights: [[1, 2]], biases: [0], label: 0 }, 'bad-shape', 'weights'],
  [{ x: [1], weights: [], biases: [], label: 0 }, 'bad-shape', 'biases'],
  [{ x: [1], weights: [[1]], biases: [0], label: 2 }, 'unknown-label', 'from 0 to 1'],
  [{ x: [1], names: [], weights: [[1]], biases: [0], label: 0 }, 'bad-shape', 'names'],
  [{ x: [1], classes: ['a'], weights: [[1]], biases: [0], label: 0 }, 'bad-shape', 'classes'],
] as const)('%j is refused', (example, code, words) => {
  expect(() => explainNumbers(example)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(words) }),
  );
});
