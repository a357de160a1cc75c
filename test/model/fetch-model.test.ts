/** Models fetched from a URL: what the server says, and what is said where there is no server. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fetchModel, LogisticRegression } from '../../src/browser.ts';
import { t8Labels, t8X } from '../support/t8.ts';

let url: string;
let model: string;
const server = createServer(({ url: path }, response) => {
  if (path === '/cut.json') {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('{', () => response.destroy());
  } else response.writeHead(path === '/model.json' ? 200 : 404).end(model);
});
beforeAll(async () => {
  model = JSON.stringify(await new LogisticRegression().fit(Float64Array.from(t8X), t8Labels));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const refusal = (message: RegExp) => ({
  name: 'LogisticError',
  code: 'unreadable',
  message: expect.stringMatching(message),
});

test('a model', async () => {
  expect(JSON.stringify(await fetchModel(`${url}/model.json`))).toBe(model);
});

test('what cannot be had is unreadable, with the reason', async () => {
  await expect(fetchModel(`${url}/none.json`)).rejects.toMatchObject(refusal(/none.json: 404 Not Found$/));
  await expect(fetchModel(`${url}/cut.json`)).rejects.toMatchObject(refusal(/cut.json: ./));
  await expect(fetchModel('http://127.0.0.1:1/model.json')).rejects.toMatchObject(refusal(/^http:.*model.json: ./));
  await expect(fetchModel('model.json')).rejects.toMatchObject(refusal(/^model.json: ./));
});

test('an abort is its own reason', async () => {
  await expect(fetchModel(`${url}/model.json`, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
});
