/** The report: every figure and reason is on it, text stays text, and it loads nothing. */
import { describe, expect, test } from 'vitest';
import type { TimedBackend } from '../../src/bench/backend.ts';
import type { AbsentResult, BenchReport, TimedResult } from '../../src/bench/bench.ts';
import { renderReport } from '../../src/bench/report.ts';
import { inChromium } from '../support/chromium.ts';
import { onPhoneAndDesk } from '../support/shown-page.ts';

const timed = (backend: TimedBackend, kernel: TimedResult['kernel'], medianMs: number): TimedResult => ({
  ...{ backend, kernel, available: true, reason: null, device: `<${backend}> & "more"` },
  ...{ startupMs: 100, uploadMs: 20, firstMs: 2 * medianMs, medianMs, spreadMs: medianMs / 2 },
  ...{ rowsPerSecond: 1e6 / medianMs, gigabytesPerSecond: 10 / medianMs, gradientError: 1e-8 * medianMs },
  samplesMs: [0.8 * medianMs, medianMs, 1.3 * medianMs],
});
const absent: AbsentResult = {
  ...{ backend: 'wasm', kernel: 'portable', available: false, reason: 'npm install <wasm>', device: null },
  ...{ startupMs: null, uploadMs: null, firstMs: null, medianMs: null, spreadMs: null, rowsPerSecond: null },
  ...{ gigabytesPerSecond: null, gradientError: null, samplesMs: [] },
};
const report = (results: BenchReport['results'], gigabytesPerSecond: number | null = 16.5): BenchReport => ({
  machine: { cpu: 'a <processor>', cores: 2, memoryGB: 24, node: 'v20.20.2', gigabytesPerSecond },
  problem: {
    ...{ rows: 200_000, features: 32, classes: 2, condition: 10, separability: 2, indicators: 0, seed: 1 },
    ...{ distinctRows: 65_536, precision: 'float32' },
  },
  results,
});
const page = renderReport(
  report([timed('cpu', 'fused', 2.5), timed('tfjs-cpu', 'portable', 40), absent]),
  '2026-11-26',
);

describe('the page', () => {
  test('loads nothing', () => {
    expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
      /https?:|src=|url\(|@import|<script|<link/,
    );
  });

  test('has each chart twice, and labels by their figures', () => {
    expect(page.match(/<svg/g)).toHaveLength(8);
    for (const figure of ['2.5 ms', '40 ms', '4.00', '0.250', '2.5e-8', '4.0e-7']) {
      expect(page.match(new RegExp(`>${figure}</text>`, 'g')), figure).toHaveLength(2);
    }
  });

  test('has the reason of a backend that is not there, and a title for all', () => {
    expect(page).toContain('<b>wasm</b>: npm install &lt;wasm&gt;');
    expect(page).toContain('<title>logit bench: 200,000 rows × 32 features, 2 classes</title>');
  });

  test('is a page where no backend or no bandwidth was measured', () => {
    const empty = renderReport(report([absent], null), '2026-11-26');
    expect(empty).not.toContain('<svg');
    expect(empty).toContain('npm install');
    const without = renderReport(report([timed('cpu', 'fused', 2.5)], null), '2026-11-26');
    expect(without).not.toContain('reads from memory');
  });
});

inChromium('renders in Chromium on a phone and on a desk without errors or a sideways scroll', async ({ browser }) => {
  await onPhoneAndDesk(browser, page, async (tab, shown) => {
    expect(await tab.locator('svg:visible').count()).toBe(4);
    expect(await tab.locator(`.${shown} svg:visible`).count()).toBe(4);
    const [cpu, portable] = await tab.locator(`.${shown} svg`).nth(2).locator('g[aria-label=bar] rect').all();
    expect((await cpu!.boundingBox())!.width / (await portable!.boundingBox())!.width).toBeCloseTo(16, 1); // 40 / 2.5
    expect(await tab.locator('td').nth(11).textContent()).toBe('<cpu> & "more"');
  });
});
