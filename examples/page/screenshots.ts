/**
 * Pictures of the page for docs/page: both parts, at the width of a desk and of a hand, in light and in dark.
 * `npm run page:screenshots`, with Chromium or the program that the variable CHROME_PATH names.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { buildPage } from './build.ts';

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const shots = [
  { name: 'story-wide-light', width: 1440, colorScheme: 'light', hash: '#story', top: '#the-graph' },
  { name: 'story-narrow-dark', width: 390, colorScheme: 'dark', hash: '#story', top: '#the-graph' },
  { name: 'lab-wide-light', width: 1440, colorScheme: 'light', hash: '#lab?set=overlapping&w=0.8,0.3,0.1&row=4' },
  { name: 'lab-wide-dark', width: 1440, colorScheme: 'dark', hash: '#lab?set=blobs&w=-0.4,0.9,0.3', top: '.multiples' },
  { name: 'lab-narrow-light', width: 390, colorScheme: 'light', hash: '#lab', top: '.graph' },
] as const;

const page = folder('dist/index.html');
await mkdir(folder('dist'), { recursive: true });
await mkdir(folder('../../docs/page'), { recursive: true });
await writeFile(page, (await buildPage()).html);
const browser = await chromium.launch({
  executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
for (const { name, width, colorScheme, hash, ...more } of shots) {
  const viewport = { width, height: width < 500 ? 844 : 1000 };
  const opened = await browser.newPage({ colorScheme, viewport, reducedMotion: 'reduce' });
  await opened.goto(pathToFileURL(page).href + hash);
  await opened.getByRole('heading', { level: 1 }).waitFor();
  // Figures ask the worker for their numbers when they come into sight.
  for (let pass = 0; pass < 2 && 'top' in more; pass++) {
    await opened
      .locator(more.top)
      .first()
      .waitFor({ state: 'attached' })
      .catch(() => {});
    await opened.evaluate((top) => {
      const place = document.querySelector(top)?.getBoundingClientRect().top ?? document.body.scrollHeight / 2;
      scrollBy(0, place - 110);
    }, more.top);
    await opened.waitForTimeout(1500);
  }
  await opened.waitForTimeout(1000);
  await opened.screenshot({ path: folder(`../../docs/page/${name}.jpg`), type: 'jpeg', quality: 88 });
  await opened.close();
}
await browser.close();
