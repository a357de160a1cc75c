/** A page that is one file, in a browser on a phone and on a desk: without errors, requests or a sideways scroll. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';

/** `shown`: the class of the charts for this width. */
export async function onPhoneAndDesk(
  browser: Browser,
  html: string,
  check: (tab: Page, shown: 'narrow' | 'wide') => Promise<void>,
): Promise<void> {
  const file = join(mkdtempSync(join(tmpdir(), 'page-')), 'page.html');
  writeFileSync(file, html);
  for (const [width, shown] of [
    [390, 'narrow'],
    [1440, 'wide'],
  ] as const) {
    const tab = await browser.newPage({ viewport: { width, height: 800 } });
    const troubles: string[] = [];
    tab.on('pageerror', ({ message }) => troubles.push(message));
    tab.on('console', (message) => troubles.push(message.text()));
    tab.on('request', (request) => request.url().startsWith('file:') || troubles.push(request.url()));
    await tab.goto(pathToFileURL(file).href);
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    await check(tab, shown);
    expect(troubles).toEqual([]);
    await tab.close();
  }
}
