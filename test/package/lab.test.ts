/**
 * The page to learn from, as its reader opens it: from a folder and from a server. The numbers are those of
 * docs/derivation.md, the models those of the installed command.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { setNames, setTitles } from '../../examples/page/src/lab/data-sets.ts';
import type { ModelFile } from '../../src/predict/model-file.ts';
import { loadScorer } from '../../src/predict.ts';
import { emptyFolder } from '../support/command.ts';
import { inLab, tableOf } from '../support/lab.ts';

/** Six digits are printed. */
const half = 0.5e-6;
const close = (found: string | undefined, truth: number): void =>
  expect(Math.abs(Number(found) - truth), `${found} against ${truth}`).toBeLessThanOrEqual(half + 1e-12);

const pressed = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
const heard = (page: Page): Promise<string | null> => page.locator('[aria-live]').textContent();
const count = (page: Page): Promise<string | null> => page.locator('output.count').textContent();

/** The file that a button saves. */
async function saved(page: Page, name: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), pressed(page, name)]);
  return readFileSync((await download.path())!, 'utf8');
}

inLab('the page is one file of at most 180 kB as a server sends it', ({ lab }) => {
  expect(lab.gzipped).toBeLessThanOrEqual(180_000);
});

describe.each(['file', 'http'] as const)('from %s', (from) => {
  inLab('each set is drawn, trained in the worker, and nothing else is asked for', async ({ lab }) => {
    const { page, trouble } = await lab.open('#lab', from);
    for (const name of setNames) {
      await pressed(page, setTitles[name]);
      await expect.poll(() => count(page)).toBe('0 of 0');
      await page.getByLabel('trained by').selectOption('newton');
      await pressed(page, 'Train');
      const told = page.locator('.note.told').first();
      await told.waitFor();
      const separable = name === 'separable' || name === 'example'; // two rows of two classes always are
      expect(await told.textContent(), name).toContain(separable ? 'separated' : 'converged');
    }
    expect(trouble).toEqual([]);
    await page.close();
  });

  inLab('forward, backward, update and back again show the numbers of the derivation', async ({ lab }) => {
    const { page, trouble } = await lab.open('#lab', from);
    const value = async (id: string): Promise<string | undefined> =>
      (await tableOf(page, 'Row 1 as a graph')).get(id)?.[1];
    const slope = async (id: string): Promise<string | undefined> =>
      (await tableOf(page, 'Row 1 as a graph')).get(id)?.[2];
    const sentences: string[] = [];
    for (const name of [...Array(3).fill('Forward'), ...Array(5).fill('Backward')]) {
      await pressed(page, name);
      sentences.push((await heard(page))!.replaceAll('−', '-'));
    }
    expect(sentences[0]).toContain('z = 0.5·1 + (-0.25)·2 + 0.1 = 0.1');
    expect(sentences[1]).toContain('= 0.525');
    expect(sentences[2]).toContain('= 0.6444');
    expect(sentences[4]).toMatch(/∂L\/∂z = .*-1\.90484.*0\.249376.* = -0\.475\./);
    expect(sentences.at(-1)).toContain('∂L/∂b');
    close(await value('a'), 0.524979);
    close(await value('L'), 0.644397);
    for (const [id, truth] of [
      ['a', -1.904837],
      ['z', -0.475021],
      ['w_1', -0.475021],
      ['w_2', -0.950042],
      ['b', -0.475021],
    ] as const)
      close(await slope(id), truth);

    await pressed(page, 'Update'); // over this row, at rate 0.1
    await expect.poll(() => count(page)).toBe('1 of 1');
    for (const [id, truth] of [
      ['w_1', 0.547502],
      ['w_2', -0.154996],
      ['b', 0.147502],
      ['z', 0.385012],
      ['L', 0.519057],
    ] as const)
      close(await value(id), truth);

    await pressed(page, '← Back');
    await expect.poll(() => count(page)).toBe('0 of 1');
    close(await value('w_1'), 0.5);
    close(await value('L'), 0.644397);

    const matrices = await tableOf(page, 'As matrices');
    expect(matrices.get('dW')?.at(-1)).toBe('1.059');
    expect(matrices.get('dZ')?.at(-1)).toBe('-0.475, 0.8641');
    expect(trouble).toEqual([]);
    await page.close();
  });
});

/** Fits T8 in the lab on a backend. */
async function expectT8(page: Page, backend: string, ran = backend): Promise<void> {
  await page.getByLabel('sums on').selectOption(backend);
  await expect.poll(() => page.locator('[aria-live]').textContent(), { timeout: 20_000 }).toContain(`Sums on ${ran}`);
  const model = JSON.parse(await saved(page, 'Fit and save model.json')) as ModelFile;
  expect(model.madeBy.backend).toBe(ran);
  // The gradient is below 1e-10 and the smallest eigenvalue of the Hessian above 0.01.
  expect(Math.abs(model.intercepts[0]! + Math.log(3)), backend).toBeLessThanOrEqual(1e-8);
  expect(Math.abs(model.terms[0]!.coefficients[0]! - 2 * Math.log(3)), backend).toBeLessThanOrEqual(1e-8);
}

inLab('T8 comes to its closed form on cpu, on wasm and by plain loops', async ({ lab }) => {
  const { page, trouble } = await lab.open('#lab?set=t8');
  await expect.poll(() => count(page)).toBe('0 of 0');
  await expectT8(page, 'reference');
  await expectT8(page, 'wasm');
  await expectT8(page, 'auto', 'cpu');
  expect(trouble).toEqual([]);
  await page.close();
});

inLab('T8 comes to its closed form on webgpu', async ({ gpuLab }) => {
  const { page } = await gpuLab.open('#lab?set=t8', 'http');
  await expect.poll(() => count(page)).toBe('0 of 0');
  await expectT8(page, 'webgpu');
  await page.close();
});

/** Awkward on purpose: markup and `__proto__` as names, a quoted line break, a missing cell, labels in words. */
const names = ['<img src=x onerror=window.ran=1>', '__proto__', 'town\nof birth', 'income', 'ill'];
const rows = [
  [1.5, 2, 'Bern', 100, 'yes'],
  [2.5, 1, 'Łódź, "old"', '', 'no'],
  [0.5, 3, 'Bern', 300, 'no'],
  [3.5, 2.5, 'Ulm', 150, 'yes'],
  [1, 1.5, 'Ulm', 220, 'no'],
  [4.5, 3.5, 'Bern', 90, 'yes'],
  [2, 0.5, 'Ulm', 130, 'yes'],
  [3, 4, 'Bern', 260, 'no'],
  [1.2, 2.2, 'Ulm', 240, 'yes'],
  [2.8, 1.8, 'Bern', 120, 'no'],
  [1.7, 2.9, 'Ulm', 180, 'no'],
  [2.2, 3.1, 'Bern', 210, 'yes'],
] as const;
const field = (value: string | number): string => `"${String(value).replaceAll('"', '""')}"`;
const csv = [names, ...rows].map((cells) => `${cells.map(field).join(',')}\n`).join('');

inLab('a file that is dropped is learned from, and its model is the command’s', async ({ lab }) => {
  const { page, trouble } = await lab.open('#lab');
  const folder = emptyFolder();
  folder.write('own.csv', csv);
  const files = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], 'own.csv', { type: 'text/csv' }));
    return transfer;
  }, csv);
  await page.dispatchEvent('body', 'drop', { dataTransfer: files });
  await pressed(page, 'Use these columns');
  await page.getByText('1 of 12 rows have a missing cell').waitFor();
  await page.getByLabel('l2').fill('0.01');
  await page.getByLabel('l2').press('Tab');
  const text = await saved(page, 'Fit and save model.json');
  const model = JSON.parse(text) as ModelFile;
  expect(model.training.rows).toMatchObject({ read: 12, used: 11 });
  expect(model.target.classes).toEqual(['no', 'yes']);

  // The same rows by the installed command, with the model of the page.
  folder.write('model.json', text);
  const predicted = await folder.logit(['predict', 'model.json', 'own.csv', '--quiet']);
  const scorer = loadScorer(text);
  const lines = [...predicted.stdout.matchAll(/^(?:yes|no),(.*),(.*),$/gm)];
  const complete = rows.filter(([, , , income]) => income !== '');
  expect(lines).toHaveLength(complete.length);
  complete.forEach(([x, proto, town, income], i) => {
    const own = scorer.predictProba([[x, proto, town, income]])[0]!;
    own.forEach((p, k) => {
      expect(Math.abs(Number(lines[i]![k + 1]) - p)).toBeLessThanOrEqual(1e-12);
    });
  });
  // Newton in the lab ends where the estimator does.
  await page.getByLabel('trained by').selectOption('newton');
  await pressed(page, 'Train');
  await page.getByText('converged').first().waitFor();
  const shown = await tableOf(page, 'Rows and their pulls');
  const first = scorer.predictProba([[1.5, 2, 'Bern', 100]])[0]![1]!;
  expect(Math.abs(Number(shown.get('1')!.at(-2)) - first)).toBeLessThanOrEqual(0.5e-4);
  const command = await folder.train('own.csv', '--target', 'ill', '--l2', '0.01');
  expect(Math.abs(command.intercept - model.intercepts[0]!)).toBeLessThanOrEqual(1e-8);

  expect(await page.evaluate('[window.ran === undefined, Object.keys(Object.prototype).length]')).toEqual([true, 0]);
  expect(page.url()).not.toContain('Bern');
  expect(page.url().length).toBeLessThanOrEqual(2048);
  expect(trouble).toEqual([]);
  await page.close();
});

inLab('a Parquet file is read by the script beside the page', async ({ lab }) => {
  const db = await (await DuckDBInstance.create(':memory:')).connect();
  const path = join(lab.folder, 'own.parquet');
  const query = "select i / 10 as x, i % 7 as v, if(i % 3 + i > 21, 'late', 'early') as phase from range(40) t(i)";
  await db.run(`copy (${query}) to '${path}' (format parquet, codec 'zstd')`);
  db.closeSync();
  const { page, trouble } = await lab.open('#lab');
  await page.locator('input[type=file]').setInputFiles(path);
  await pressed(page, 'Use these columns');
  await page.getByText('own.parquet: 40 rows, 2 features. ◆ is late, ○ is early.').waitFor();
  expect(trouble).toEqual([]);
  await page.close();
});

inLab('axe finds nothing serious, in light and in dark, wide and narrow', async ({ lab }) => {
  for (const [colorScheme, width] of [
    ['light', 1440],
    ['dark', 390],
  ] as const) {
    for (const part of ['#story', '#lab?set=blobs&w=0.4,0.3,0.1']) {
      const { page, trouble } = await lab.open(part, 'file', { colorScheme, viewport: { width, height: 900 } });
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.evaluate(axe.source);
      const violations = await page.evaluate(
        `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 160) + ' ' + failureSummary.slice(0, 300)).join(' | ')))`,
      );
      expect(violations, `${part} ${colorScheme} ${width}`).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), `${part} ${width}`).toBe(0);
      expect(trouble).toEqual([]);
      await page.close();
    }
  }
});

inLab('the whole lab is worked by keys alone', async ({ lab }) => {
  const { page, trouble } = await lab.open('#lab');
  const { keyboard } = page;
  /** Tab until the element in focus has this name. */
  const tabTo = async (name: RegExp, key = 'Tab'): Promise<void> => {
    for (let i = 0; i < 80; i++) {
      await keyboard.press(key);
      const found = await page.evaluate(
        'document.activeElement.getAttribute("aria-label") ?? document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent',
      );
      if (name.test(String(found))) return;
    }
    throw new Error(`no key leads to ${name}`);
  };
  const dots = page.locator('.dot');

  await tabTo(/^T8$/);
  await keyboard.press('Enter');
  await expect.poll(() => dots.count()).toBe(8);
  await tabTo(/^Blobs$/, 'Shift+Tab');
  await keyboard.press('Enter');
  await expect.poll(() => dots.count()).toBe(60);
  await tabTo(/^Row 1, class/);
  const before = await dots.nth(0).getAttribute('transform');
  await keyboard.press('ArrowRight');
  await expect.poll(() => dots.nth(0).getAttribute('transform')).not.toBe(before);
  await keyboard.press('f');
  await expect.poll(() => dots.nth(0).getAttribute('aria-label')).toContain('class 1');
  await keyboard.press('PageDown');
  await expect.poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")')).toMatch(/^Row 2,/);
  await keyboard.press('n');
  await expect.poll(() => dots.count()).toBe(61);
  await keyboard.press('Delete');
  await expect.poll(() => dots.count()).toBe(60);

  await tabTo(/^z .*score/);
  await keyboard.press('ArrowRight');
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toMatch(/^a .*probability/);
  await expect.poll(() => page.locator('.inspector h3').textContent()).toContain('probability');

  await tabTo(/^over w/); // comes into sight, and asks the worker
  await page.locator('.map').waitFor();
  await tabTo(/^Start of the paths/);
  const start = await page.evaluate('document.activeElement.getAttribute("aria-label")');
  await keyboard.press('ArrowUp');
  await expect
    .poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")'), { timeout: 10_000 })
    .not.toBe(start);
  await tabTo(/^trained by/, 'Shift+Tab');
  await keyboard.type('New');

  await tabTo(/^Forward$/);
  await keyboard.press('Enter');
  await expect.poll(() => heard(page)).toContain('Forward: z =');
  await tabTo(/^Update$/);
  await keyboard.press('Enter');
  await expect.poll(() => count(page)).toBe('1 of 1');
  await tabTo(/^Train$/);
  await keyboard.press('Enter');
  await expect.poll(() => page.locator('.note.told').count(), { timeout: 30_000 }).toBeGreaterThan(0);
  const end = await count(page);
  await tabTo(/^Step$/);
  await keyboard.press('ArrowLeft');
  await expect.poll(() => count(page)).not.toBe(end);
  await keyboard.press('Home');
  await expect.poll(() => count(page)).toMatch(/^0 of/);

  expect(trouble).toEqual([]);
  await page.close();
});

inLab('an address says what the lab stands at, and nothing that it says runs or breaks the page', async ({ lab }) => {
  const { page } = await lab.open('#lab?set=xor&l2=0.1&solver=newton&w=1,-2,0.5&row=3');
  await expect.poll(() => page.locator('.numbers').last().textContent()).toContain('−2');
  expect(await page.getByLabel('l2').inputValue()).toBe('0.1');
  await pressed(page, 'Blobs');
  await expect.poll(() => page.url()).toContain('set=blobs');
  await page.locator('.dot').first().press('f');
  await expect.poll(() => page.url()).toContain('points=');
  const copy = await lab.open(new URL(page.url()).hash);
  await expect.poll(() => copy.page.locator('.dot').first().getAttribute('aria-label')).toContain('class 1');
  for (const hash of ['#lab?set=__proto__&w=NaN,,&l2=-1&points=<b>', '#lab?points=2_1_1&row=99&seed=-4', '#nowhere']) {
    const odd = await lab.open(hash);
    await odd.page.getByRole('heading', { level: 1 }).waitFor();
    expect(odd.trouble).toEqual([]);
    await odd.page.close();
  }
});
