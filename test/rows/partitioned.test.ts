/** Partitions that are placed when they are asked for: few at a time, each closed, a failure forgotten. */
import { expect, test } from 'vitest';
import type { RowSums } from '../../src/rows/contract.ts';
import { partitionedRows } from '../../src/rows/partitioned.ts';
import { referenceRows } from '../../src/rows/reference.ts';
import { summarisePartitions } from '../../src/rows/source.ts';
import { nextTask } from '../../src/yielding.ts';
import { randomRows, randomTheta } from '../support/data.ts';

const rows = randomRows({ m: 60, n: 2, partitions: [20, 20, 20] });
const theta = randomTheta(2, 1);
const partitions = summarisePartitions(rows);

/** Places partitions, with a fault where one is due; `open` are those that have not been closed. */
function places() {
  const open = new Set<string>();
  const faults: Error[] = [];
  const place = async (chosen: readonly number[]): Promise<RowSums> => {
    const fault = faults.pop();
    if (fault) throw fault;
    const whole = referenceRows(rows);
    open.add(chosen.join());
    return {
      ...whole,
      evaluate: (at, order, precision) => whole.evaluate(at, order, precision, { partitions: chosen }),
      async close() {
        await nextTask();
        open.delete(chosen.join());
      },
    };
  };
  return { open, faults, place };
}

test('two choices stay placed, the others are closed, and all when the rows are', async () => {
  const { open, place } = places();
  const placed = await partitionedRows(partitions, [0, 1], place);
  const losses: number[] = [];
  for (const chosen of [[0, 1], [2], [0, 2], [1]]) {
    losses.push((await placed.evaluate(theta, 0, 'float64', { partitions: chosen })).loss);
  }
  const whole = referenceRows(rows);
  for (const [k, chosen] of [[0, 1], [2], [0, 2], [1]].entries()) {
    expect(losses[k]).toBe((await whole.evaluate(theta, 0, 'float64', { partitions: chosen })).loss);
  }
  await placed.close();
  expect([...open]).toEqual([]);
});

test('a choice that could not be placed is tried again', async () => {
  const { open, faults, place } = places();
  const placed = await partitionedRows(partitions, [0], place);
  faults.push(new Error('no thread'));
  const asked = () => placed.evaluate(theta, 0, 'float64', { partitions: [1] });
  await expect(asked()).rejects.toThrow('no thread');
  expect((await asked()).loss).toBeGreaterThan(0);
  await placed.close();
  expect([...open]).toEqual([]);
});
