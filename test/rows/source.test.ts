/** What places read of a source: level codes once for levels that follow one another, summaries of partitions that exist. */
import { expect, test } from 'vitest';
import type { LevelColumn } from '../../src/rows/contract.ts';
import { featuresOf, joinSummaries, summarisePartitions } from '../../src/rows/source.ts';
import { randomRows } from '../support/data.ts';

function levelColumn(codes: Int32Array) {
  const reads: [from: number, length: number][] = [];
  const column: LevelColumn = {
    ...{ kind: 'levels', fitted: [0, 2], means: new Float64Array(2), scales: Float64Array.of(1, 1) },
    read(from, into) {
      reads.push([from, into.length]);
      into.set(codes.subarray(from, from + into.length));
      if (from + into.length > codes.length) throw new RangeError('so many rows there are not');
    },
  };
  return { column, reads };
}

test('codes are read once for all levels of the same rows', () => {
  const { column, reads } = levelColumn(Int32Array.of(2, 0, 1, 2, 0));
  const [first, second] = featuresOf({ columns: [column] });
  const read = (feature = first!, from = 0, length = 5): number[] => {
    const x = new Float64Array(length);
    feature.read(from, x);
    return [...x];
  };
  expect(read(first, 0, 5)).toEqual([0, 1, 0, 0, 1]);
  expect(read(second, 0, 5)).toEqual([1, 0, 0, 1, 0]);
  expect(read(second, 0, 3)).toEqual([1, 0, 0]);
  expect(read(first, 2, 3)).toEqual([0, 0, 1]);
  expect(read(second, 2, 3)).toEqual([0, 1, 0]);
  expect(reads).toEqual([
    [0, 5],
    [0, 3],
    [2, 3],
  ]);
});

test('codes of a read that failed are not taken for codes', () => {
  const { column } = levelColumn(Int32Array.of(2, 0, 1));
  const [feature] = featuresOf({ columns: [column] });
  const read = (from: number, length: number) => () => feature!.read(from, new Float64Array(length));
  expect(read(0, 2)).not.toThrow();
  expect(read(2, 2)).toThrow(RangeError);
  expect(read(2, 2)).toThrow(RangeError);
});

test('a partition that does not exist has no summary', () => {
  const summaries = summarisePartitions(randomRows({ m: 5, n: 1 }));
  expect(joinSummaries(summaries, [0])).toEqual(summaries[0]);
  expect(() => joinSummaries(summaries, [0, 3])).toThrow(new Error('there is no partition 3 of 1'));
  expect(() => joinSummaries(summaries, [-1])).toThrow(new Error('there is no partition -1 of 1'));
});
