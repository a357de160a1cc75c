/** examples/browser as a user would try it: beside the installed package, served, and built by Vite. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { beforeAll, expect } from 'vitest';
import { LogisticRegression } from '../../src/index.ts';
import { installedBeside } from '../support/beside.ts';
import { inChromium } from '../support/chromium.ts';
import { type Files, visit } from '../support/page.ts';

let folder: string;
beforeAll(() => {
  folder = installedBeside([]);
  cpSync('examples/browser', folder, { recursive: true });
});

/** All files of a folder, by path; index.html is what the page is. */
function filesIn(root: string, under = ''): Files {
  const paths = readdirSync(join(root, under), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    paths.map(({ parentPath, name }) => {
      const path = relative(root, join(parentPath, name)).replaceAll('\\', '/');
      return [path === 'index.html' ? '' : path, readFileSync(join(parentPath, name))];
    }),
  );
}

async function expectTrained(browser: Browser, files: Files): Promise<void> {
  const until = "document.querySelector('pre')?.textContent.match(/^[{].*/s)?.[0]";
  const { result, errors, elsewhere } = await visit(browser, files, { until });
  expect({ errors, elsewhere }).toEqual({ errors: [], elsewhere: [] });
  const model = JSON.parse(result as string);
  const hours = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.25, 4].map((value) => [value]);
  const here = await new LogisticRegression().fit(hours, [0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1]);
  expect(model.madeBy.backend).toBe('webgpu');
  expect(Math.abs(model.intercepts[0] - here.intercept)).toBeLessThanOrEqual(1e-8); // both to gradients of 1e-10
}

inChromium('plain: a module script and an import map', async ({ gpuBrowser }) => {
  const page = readFileSync(join(folder, 'plain/index.html'));
  await expectTrained(gpuBrowser, { ...filesIn(folder, 'node_modules/tfjs-logistic/dist'), '': page });
});

inChromium('vite: training in a worker', async ({ gpuBrowser }) => {
  const root = join(folder, 'vite');
  await build({ root, logLevel: 'error', worker: { format: 'es' }, build: { outDir: 'dist' } });
  await expectTrained(gpuBrowser, filesIn(join(root, 'dist')));
});
