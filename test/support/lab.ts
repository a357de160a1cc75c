/** The page of examples/page in Chromium, opened from a folder or from a server; what it asks for and what goes wrong is kept. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { buildBeside, buildPage } from '../../examples/page/build.ts';
import { missing, withBrowsers } from './chromium.ts';

export interface OpenedPage {
  readonly page: Page;
  /** Errors of the page and of its console, and addresses beyond the page itself. */
  readonly trouble: readonly string[];
}

export interface Lab {
  readonly gzipped: number;
  readonly folder: string;
  /** `address`: what follows index.html. The scripts beside it may be asked for. */
  open(address: string, from?: 'file' | 'http', options?: BrowserContextOptions): Promise<OpenedPage>;
  close(): Promise<void>;
}

async function openLab(browser: Browser): Promise<Lab> {
  const { html, gzipped } = await buildPage();
  const besides = { formats: await buildBeside('formats'), tensorflow: await buildBeside('tensorflow') };
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-logistic page é-'));
  writeFileSync(join(folder, 'index.html'), html);
  for (const [name, script] of Object.entries(besides)) writeFileSync(join(folder, `${name}.js`), script);
  const server = createServer(({ url }, response) => {
    const script = Object.entries(besides).find(([name]) => url === `/${name}.js`)?.[1];
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html').end(script ?? html);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const places = {
    file: `${pathToFileURL(folder).href}/`,
    http: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
  };
  return {
    ...{ gzipped, folder },
    async open(address, from = 'file', options = {}) {
      const page = await browser.newPage({
        reducedMotion: 'reduce',
        viewport: { width: 1280, height: 900 },
        ...options,
      });
      page.setDefaultTimeout(20_000);
      const trouble: string[] = [];
      page.on('pageerror', (error) => trouble.push(String(error)));
      page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
      page.on('request', (request) => {
        const own = request.url().startsWith(places[from]) || /^(blob|data):/.test(request.url());
        if (!own) trouble.push(`asked for ${request.url()}`);
      });
      await page.goto(`${places[from]}index.html${address}`);
      return { page, trouble };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const forLab = async (browser: Browser, use: (lab: Lab) => Promise<void>): Promise<void> => {
  const lab = await openLab(browser);
  await use(lab);
  await lab.close();
};

const withLabs = withBrowsers.extend<{ lab: Lab; gpuLab: Lab }>({
  lab: [async ({ browser }, use) => forLab(browser, use), { scope: 'file' }],
  gpuLab: [async ({ gpuBrowser }, use) => forLab(gpuBrowser, use), { scope: 'file' }],
});

/** A test that takes `lab`, the page built from source, or `gpuLab`, the same where there is WebGPU. */
export const inLab = missing ? withLabs.skip : withLabs;

/** The numbers of a table that a figure shows in place of its picture, by the first cell of each row. */
export async function tableOf(page: Page, title: string): Promise<Map<string, string[]>> {
  const figure = page.locator('figure.figure', { has: page.getByRole('heading', { name: title }) });
  await figure.getByRole('button', { name: 'Table' }).click();
  const rows = await figure
    .locator('tbody tr')
    .evaluateAll((lines) =>
      lines.map((line) => [...line.children].map((cell) => cell.textContent!.replaceAll('−', '-'))),
    );
  await figure.getByRole('button', { name: 'Picture' }).click();
  return new Map(rows.map(([name, ...cells]) => [name!, cells]));
}
