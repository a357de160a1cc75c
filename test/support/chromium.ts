/**
 * The Chromium or Chrome that browser tests drive: the one that the variable CHROME_PATH names, the machine's own, or on
 * Linux (x64) the one of the package @sparticuz/chromium with the libraries it needs. Where there is none, such tests
 * are skipped with the reason; continuous integration may not do without.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { test } from 'vitest';

const programs = ['chrome', 'google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];
const places = [
  ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => programs.map((name) => join(folder, name))),
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

const args = [
  '--headless',
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** WebGPU by SwiftShader, which Chromium brings along. */
const webgpuArgs = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

const ofMachine = process.env.CHROME_PATH ?? places.find((place) => existsSync(place));
const packaged = process.platform === 'linux' && process.arch === 'x64';

export const missing = ofMachine === undefined && !packaged;
if (missing) {
  const reason = 'there is no Chromium or Chrome: install one, or name its program in the variable CHROME_PATH';
  if (process.env.CI) throw new Error(reason);
  process.stderr.write(`tests in a browser are skipped: ${reason}\n`);
}

const closing = async (browser: Browser, use: (browser: Browser) => Promise<void>): Promise<void> => {
  await use(browser);
  await browser.close();
};
export const withBrowsers = test.extend<{ browser: Browser; gpuBrowser: Browser }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads which fixtures a fixture takes.
  browser: [async ({}, use) => closing(await launch(['--disable-gpu']), use), { scope: 'worker' }],
  // biome-ignore lint/correctness/noEmptyPattern: as above.
  gpuBrowser: [async ({}, use) => closing(await launch(webgpuArgs), use), { scope: 'worker' }],
});

/** A test that takes `browser`, or `gpuBrowser`, which has WebGPU in software: one a process of tests, started when it is first taken. */
export const inChromium = missing ? withBrowsers.skip : withBrowsers;

function launch(more: readonly string[]): Promise<Browser> {
  const all = [...args, ...more];
  // Without a locale of UTF-8, as in a container, Chromium finds no file whose path has an é.
  const env = { ...(process.env as Record<string, string>), LC_ALL: 'C.UTF-8' };
  if (ofMachine !== undefined) return chromium.launch({ executablePath: ofMachine, args: all, env });
  const folder = unpacked();
  const libraries = { ...env, LD_LIBRARY_PATH: join(folder, 'al2023/lib') };
  return chromium.launch({ executablePath: join(folder, 'chromium'), args: all, env: libraries });
}

/** Where @sparticuz/chromium is unpacked, once a checkout. It unpacks into the temporary folder, and its libraries only for a cloud that it knows. */
function unpacked(): string {
  const cache = resolve('node_modules/.cache/tfjs-logistic');
  const folder = join(cache, 'chromium');
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, 'chromium-'));
  const script = "import('@sparticuz/chromium').then(({ default: { executablePath } }) => executablePath())";
  const env = { ...process.env, TMPDIR: work, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' };
  execFileSync(process.execPath, ['-e', script], { env });
  try {
    renameSync(work, folder);
  } catch {
    rmSync(work, { recursive: true }); // another process was first
  }
  return folder;
}
