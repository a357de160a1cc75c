/** ClickHouse's format Native against bytes that ClickHouse 26.9 wrote. */
import { describe, expect, test } from 'vitest';
import { nativeRows } from '../../../src/platform/engines/clickhouse-native.ts';

/**
 * select cast(q.x as Nullable(Float64)), cast(q.low as Nullable(String)), cast(q.e as Nullable(String)), toFloat64(q.n) from
 * (select if(number = 1, null, number / 4) as x, toLowCardinality(if(number = 2, null, concat('é🙂', toString(number)))) as low,
 * cast('it''s', 'Enum8(''it''''s'' = 1)') as e, toInt32(number) as n from numbers(3)) q
 */
const block = Buffer.from(
  '04031c4341535428782c20274e756c6c61626c6528466c6f61743634292729114e756c6c61626c6528466c6f61743634290001000000000000000000000000000000d03f000000000000e03f1d43415354286c6f772c20274e756c6c61626c6528537472696e67292729104e756c6c61626c6528537472696e672900000107c3a9f09f99823007c3a9f09f998231001b4341535428652c20274e756c6c61626c6528537472696e67292729104e756c6c61626c6528537472696e67290000000469742773046974277304697427730c746f466c6f61743634286e2907466c6f617436340000000000000000000000000000f03f0000000000000040',
  'hex',
);

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

describe('rows of the format Native', () => {
  test.each([1, 2, 3, 7, 64, 4096])('in pieces of %d bytes', async (size) => {
    let blocks = 0;
    for await (const chunk of nativeRows(inPieces(Buffer.concat([block, block]), size))) {
      const numbers = new Float64Array(3);
      expect(chunk.rows).toBe(3);
      expect(chunk.copyNumbers(0, numbers, 0)).toBe(1);
      expect([...numbers]).toEqual([0, Number.NaN, 0.5]);
      expect(chunk.copyNumbers(3, numbers, 0)).toBe(0);
      expect([...numbers]).toEqual([0, 1, 2]);
      const texts = [1, 2].map((column) => [0, 1, 2].map(chunk.texts(column)));
      expect(texts).toEqual([
        ['é🙂0', 'é🙂1', null],
        ["it's", "it's", "it's"],
      ]);
      blocks++;
    }
    expect(blocks).toBe(2);
  });
  test('that end early are an error', async () => {
    const reading = async (): Promise<void> => {
      for await (const _ of nativeRows(inPieces(block.subarray(0, -3), 64)));
    };
    await expect(reading()).rejects.toThrow('ended early');
  });
});
