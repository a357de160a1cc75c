/** The problems of the benchmarks: made from their seeds, and sampled and evaluated as the library does. */
import { describe, expect, it } from 'vitest';
import { ours } from '../../benchmarks/contenders/ours.ts';
import { oursClass } from '../../benchmarks/contenders/ours-class.ts';
import { createEvaluator, gapAllowed } from '../../benchmarks/evaluator.ts';
import type { Problem } from '../../benchmarks/problems.ts';
import { partOf, sampleOf } from '../../benchmarks/rows.ts';
import { generate, sourceOf } from '../../src/bench/problem.ts';
import { evaluateReference, relativeError } from '../../src/bench/truth.ts';
import { tableFromMemory } from '../../src/data/from-memory.ts';
import { decideDesign } from '../../src/design/design.ts';
import { checkOptions } from '../../src/model/check-options.ts';
import { sampleOf as sampleOfDesign } from '../../src/model/placed.ts';
import type { RowSource } from '../../src/rows/contract.ts';

const problem: Problem = {
  name: 'small',
  rows: 4000,
  features: 3,
  classes: 3,
  condition: 10,
  separability: 2,
  indicators: 0,
  l2: 1e-4,
  seed: 1,
};
const data = { problem, ...generate(problem) };

describe('a problem', () => {
  it('has the same X whatever the number of classes', () => {
    expect(generate({ ...problem, classes: 2 }).columns).toEqual(data.columns);
  });

  it('has every class', () => {
    expect([...new Set(data.y)].sort()).toEqual([0, 1, 2]);
  });

  it.each([2 ** 17 - 1, 2 ** 17, 2 ** 22 + 16_000])('of %i × 8 is sampled as a design is', async (rows) => {
    const x = new Float64Array(rows);
    const columns = Array.from({ length: 8 }, () => x);
    const y = Float64Array.from({ length: rows }, (_, i) => i % 2);
    x.forEach((_, i) => {
      x[i] = i;
    });
    const own = { problem: { ...problem, classes: 2 }, columns, y };
    const ownSample = sampleOf(own, partOf(own));
    const sample = sampleOfDesign(await designOf(rows), checkOptions({}).seed);
    expect(ownSample?.rows).toBe(sample?.rows);
    expect(ownSample && firstRow(ownSample)).toEqual(sample && firstRow(sample));
    expect(ownSample?.labels.slice(0, 1000)).toEqual(sample?.labels.slice(0, 1000));
  });
});

describe('the evaluator', () => {
  it.each(['ours-float64-1', 'ours-flat', 'ours-columns', 'ours-class'])('accepts what %s finds', async (name) => {
    const evaluator = await createEvaluator(data);
    expect(evaluator.gradientNorm).toBeLessThan(1e-15);
    const contender = [...ours, ...oursClass].find((one) => one.name === name)!;
    const session = await contender.open!(data, 'fit');
    const { gap, coefficientError } = await evaluator.evaluate(await session.fit!(1e-10));
    expect(Math.abs(gap)).toBeLessThan(gapAllowed / 1e4);
    expect(coefficientError).toBeLessThan(1e-6); // tolerance × condition ÷ least coefficient
    expect((await evaluator.evaluate(new Float64Array(8))).gap).toBeGreaterThan(gapAllowed);
  });

  it('knows the gradient of an evaluation', async () => {
    const { theta, ...truth } = await evaluateReference(sourceOf(data, problem.classes));
    const session = await ours[0]!.open!(data, 'evaluation');
    const { loss, gradient } = await session.evaluate!(theta);
    await session.close!();
    expect(loss).toBeCloseTo(truth.loss, 13);
    expect(relativeError(gradient, truth.gradient)).toBeLessThan(4 * Math.sqrt(problem.rows) * 2 ** -53);
  });
});

/** A design of eight features as if it had so many rows, of which x is the number. */
async function designOf(rows: number) {
  const few = Array.from({ length: 100 }, (_, i) => Array.from({ length: 8 }, (_, j) => Math.sin((i + 1) * (j + 1))));
  const { table, target } = await tableFromMemory(
    few,
    few.map((_, i) => i % 2),
    {},
  );
  const design = await decideDesign(table, target, checkOptions({}));
  const part = {
    rows: Int32Array.from({ length: rows }, (_, i) => i),
    ascending: true,
    labels: Uint8Array.from({ length: rows }, (_, i) => i % 2),
    weights: undefined,
    sampleWeights: undefined,
  };
  const values = Float64Array.from(part.rows);
  const columns = design.columns.map((column) => ({ ...column, values }) as typeof column);
  return { ...design, columns, part, counts: { ...design.counts, train: rows } };
}

function firstRow({ columns }: RowSource): number[] {
  return columns.flatMap((column) => {
    const into = new Float64Array(100);
    if (column.kind === 'dense') column.read(0, into);
    return [...into];
  });
}
