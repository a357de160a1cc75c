/** Files as bytes that other readers broke on: their size, compression and encoding. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readTable } from '../../src/platform/read-table.ts';
import { t8X } from '../support/t8.ts';
import {
  cells,
  column,
  failure,
  lines,
  linesOf,
  refused,
  rowsOf,
  t8,
  t8Rows,
  table,
  write,
  written,
} from '../support/text-files.ts';

describe('B31: sizes of files', () => {
  test('300,000 rows', async () => {
    const found = await table(
      linesOf(['x,y', ...Array.from({ length: 300_000 }, (_, i) => `${(i * 37) % 1009},${i % 2}`)]),
    );
    const it = column(found, 'x');
    expect(found.rows).toBe(300_000);
    expect(it.kind === 'numeric' && it.values[299_999]).toBe((299_999 * 37) % 1009);
  });

  test('5,000 columns', async () => {
    const width = 5000;
    const names = [...Array.from({ length: width }, (_, j) => `x${j}`), 'y'];
    const rows = Array.from({ length: 200 }, (_, i) =>
      [...Array.from({ length: width }, (_, j) => (i * j) % 97), i % 2].join(','),
    );
    const found = await table(lines(names.join(','), ...rows));
    expect(found.columns).toHaveLength(width + 1);
    expect(cells(found, 'x4999')[199]).toBe((199 * 4999) % 97);
  }, 120_000);

  test('70,000 columns are refused, with the limit', async () => {
    const names = [...Array.from({ length: 70_000 }, (_, j) => `x${j}`), 'y'];
    const error = await refused(lines(names.join(','), names.map(() => '1').join(',')));
    expect(error).toMatchObject({ code: 'too-many-columns', message: expect.stringContaining('70001') });
  });

  test.each([3e5, 1.5e6, 5e6, 40e6])('a cell of %d bytes, bare and quoted', async (size) => {
    for (const quote of ['', '"']) {
      const found = await table(lines('x,y,c', `1,0,${quote}${'z'.repeat(size)}${quote}`, '2,1,b'));
      expect(cells(found, 'c').map((text) => String(text).length)).toEqual([size, 1]);
      expect([...cells(found, 'x')]).toEqual([1, 2]);
    }
  });

  test('no row of prediction is lost among many', async () => {
    const { rows } = await rowsOf(write(lines('x,y', ...Array.from({ length: 60_000 }, (_, i) => `${i},${i % 2}`))));
    expect(rows).toHaveLength(60_000);
    expect(rows.every((row, i) => row[0] === String(i))).toBe(true);
  });

  test('a reading that is called off throws the reason and leaves nothing behind', async () => {
    const controller = new AbortController();
    const path = write(linesOf(['x,y', ...Array.from({ length: 300_000 }, (_, i) => `${i},${i % 2}`)]));
    const reason = new Error('enough');
    const reading = readTable(path, { target: 'y' }, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 20);
    await expect(reading).rejects.toBe(reason);
  });
});

describe('B32: compression and encoding', () => {
  test('gzip under another name', async () => {
    expect(cells(await table(gzipSync(t8)), 'x')).toEqual(t8X);
  });

  test('members of gzip joined together are all read', async () => {
    const joined = Buffer.concat([gzipSync(t8), gzipSync(lines(...t8Rows))]);
    expect((await table(joined)).rows).toBe(16);
  });

  const long = lines('x,y', ...Array.from({ length: 50_000 }, (_, i) => `${(i * 37) % 1009},${i % 2}`));
  test('a gzip file that is cut off is an error', async () => {
    const whole = gzipSync(long);
    await refused(whole.subarray(0, whole.length >> 1));
    await refused(whole.subarray(0, whole.length - 3));
  });

  test('zstd, whole, joined and cut off', async () => {
    const path = await written(
      'select (i * 37) % 1009 as x, i % 2 as y from range(50000) t(i)',
      '.zst',
      'format csv, header, compression zstd',
    );
    const found = await readTable(path, { target: 'y' }, {});
    expect(found.rows).toBe(50_000);
    const whole = readFileSync(path);
    await refused(whole.subarray(0, whole.length - 3));
    await refused(whole.subarray(0, whole.length >> 1));
  });

  test.each([
    ['UTF-16LE', Buffer.from(`\ufeff${t8}`, 'utf16le')],
    ['UTF-16BE', Buffer.from(`\ufeff${t8}`, 'utf16le').swap16()],
  ])('%s is converted; cut short it is an error', async (_, content) => {
    expect(cells(await table(content), 'x')).toEqual(t8X);
    expect(await refused(content.subarray(0, -1))).toMatchObject({ code: 'encoding' });
  });

  const latin1 = Buffer.from(lines('x,y,c', '1,0,caf\u00e9', '2,1,the'), 'latin1');
  test('text that is not UTF-8 is an error with its line or byte', async () => {
    expect((await refused(latin1)).message).toMatch(/:2: |byte \d+/);
  });

  // Reads two rows: DuckDB does not look at bytes of columns that it need not hand out.
  test('text that is not UTF-8 in a column that is not asked for', async () => {
    await refused(latin1, { drop: ['c'] });
  });

  test('also when bad rows may be let go', async () => {
    await refused(latin1, {}, { maxBadRows: 1 });
  });

  test('also in a name', async () => {
    await refused(Buffer.from(lines('x,y,caf\u00e9', '1,0,1', '2,1,2'), 'latin1'));
  });

  test('text that is not UTF-8 in a row of prediction', async () => {
    await failure(rowsOf(write(latin1)));
  });

  const nul = lines('x,y,c', '1,0,a\0b', '2,1,the');
  test('a NUL byte is an error', async () => {
    expect(await refused(nul)).toMatchObject({ message: expect.stringContaining('NUL') });
  });

  const lateNul = lines('x,y,c', ...Array.from({ length: 20_000 }, (_, i) => `${i % 5},${i % 2},the`), '1,0,a\0b');
  test('a NUL byte late in the file is an error', async () => {
    await refused(lateNul);
  });

  // The column is passed over and the NUL with it.
  test('a NUL byte in a column that is not asked for', async () => {
    await refused(lateNul, { drop: ['c'] });
  });

  // The cell is handed out with the NUL in it.
  test('a NUL byte in a row of prediction', async () => {
    await failure(rowsOf(write(lateNul)));
  });

  test('a workbook under the name of a CSV file is named', async () => {
    expect((await refused(Buffer.from('PK\x03\x04rest of an archive', 'latin1'))).message).toMatch(/zip|xlsx/);
  });

  test('JSON lines and Parquet, plain and packed', async () => {
    const json = lines('{"x":1,"y":0}', '', '{"x":2.5,"y":1}');
    for (const path of [
      write(json, '.ndjson'),
      write(gzipSync(json), '.jsonl.gz'),
      write('[{"x":1,"y":0},{"x":2.5,"y":1}]', '.json'),
    ]) {
      expect(cells(await readTable(path, { target: 'y' }, {}), 'x')).toEqual([1, 2.5]);
    }
    const parquet = await written('select * from (values (1.0, 0), (2.5, 1)) t(x, y)', '.csv', 'format parquet');
    expect(cells(await readTable(parquet, { target: 'y' }, {}), 'x')).toEqual([1, 2.5]);
  });
});
