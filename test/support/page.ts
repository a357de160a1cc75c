/** A page in a browser, served the files that it is given and nothing else, and how its script is bundled. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { expect } from 'vitest';

/** By path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** With an empty icon, or the browser would ask for one. */
const document = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="page.js"></script>';

const types: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  css: 'text/css',
  json: 'application/json',
  wasm: 'application/wasm',
};

export interface Visit {
  /** What the expression came to. */
  readonly result: unknown;
  /** Paths that reached the server, sorted, and addresses that the page asked for beyond it. */
  readonly served: readonly string[];
  readonly elsewhere: readonly string[];
  readonly errors: readonly string[];
}

interface VisitOptions {
  /** The page's Content-Security-Policy. */
  readonly policy?: string;
  /** An expression that is undefined until the page is done; by default what its script puts into window.result. */
  readonly until?: string;
}

/** Serves the files, opens `/` (a page of page.js, where no file has the path '') and waits until it is done. */
export async function visit(
  browser: Browser,
  files: Files,
  { policy, until = 'window.result' }: VisitOptions = {},
): Promise<Visit> {
  const served: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url!.slice(1);
    served.push(path);
    const body = files[path] ?? (path === '' ? document : undefined);
    const type = types[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/html';
    const headers = { 'content-type': type, ...(policy === undefined ? {} : { 'content-security-policy': policy }) };
    response.writeHead(body === undefined ? 404 : 200, headers).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const page = await browser.newPage();
  try {
    const elsewhere: string[] = [];
    const errors: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(`${origin}/`)) elsewhere.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(origin);
    // Asked from here: a page's policy may forbid what waits for a condition inside it.
    const result = (): Promise<unknown> => page.evaluate(until);
    await expect
      .poll(result, { timeout: 55_000 })
      .toBeDefined()
      .catch((error) => {
        throw new Error(`the page came to no result: ${errors.join('; ') || error}`);
      });
    return { result: await result(), served: served.sort(), elsewhere, errors };
  } finally {
    await page.close();
    server.closeAllConnections();
    server.close();
  }
}

/** A module and all it imports, from the packages of a folder, in one file. */
export async function bundle(script: string, folder: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: folder },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
  });
  return outputFiles[0]!.text;
}
