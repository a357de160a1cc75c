/** Blobs, responses and streams give the tables that files do, with the unpacker of gzip that pages use. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { LogisticRegression, readTable } from '../../src/browser.ts';
import { gunzip } from '../../src/web/read-table.ts';
import { t8 } from '../support/text-files.ts';
import { plain, read } from '../text/support.ts';

const inputs = (bytes: Uint8Array<ArrayBuffer>) => ({
  Blob: new Blob([bytes]),
  Response: new Response(bytes),
  ReadableStream: new Blob([bytes]).stream(),
});

describe.each(['Blob', 'Response', 'ReadableStream'] as const)('%s', (kind) => {
  const text = new TextEncoder().encode(t8);
  test.each([
    ['plain', text],
    ['gzip', new Uint8Array(gzipSync(text))],
  ])('%s', async (_, bytes) => {
    const found = plain(await readTable(inputs(bytes)[kind], { target: 'y' }));
    expect(found.columns).toEqual(plain(await read(t8, { request: { target: 'y' } })).columns);
  });
  test('is fitted', async () => {
    const model = await new LogisticRegression().fit(inputs(text)[kind], 'y');
    expect(model.intercept).toBeCloseTo(-Math.log(3), 9);
  });
});

test('gzip of several members, and cut short', async () => {
  async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 7) yield bytes.slice(at, at + 7);
  }
  const whole = Buffer.concat([gzipSync('x,y\n1,0\n'), gzipSync('2,1\n')]);
  let out = '';
  for await (const chunk of gunzip(pieces(whole))) out += Buffer.from(chunk);
  expect(out).toBe('x,y\n1,0\n2,1\n');
  for (const length of [whole.length - 1, whole.length - 8, 12, 5]) {
    const reading = async () => {
      for await (const _ of gunzip(pieces(whole.subarray(0, length))));
    };
    await expect(reading(), `${length}`).rejects.toThrow();
  }
});

test('an address that is not there', async () => {
  const missing = new Response('no', { status: 404, statusText: 'Not Found' });
  await expect(readTable(missing)).rejects.toMatchObject({
    code: 'unreadable',
    message: expect.stringContaining('404'),
  });
});
