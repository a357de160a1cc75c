/** What `train`, `inspect` and `evaluate` say and write of how good a model is: details, comparison, report, table. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { evaluate } from '../../src/cli/evaluate.ts';
import { inspect } from '../../src/cli/inspect.ts';
import { train } from '../../src/cli/train.ts';
import { type Evaluation, loadModel } from '../../src/node.ts';
import { coefficientCsv, coefficientMarkdown } from '../../src/report/coefficient-table.ts';
import { keepPrinted, printed } from '../support/printed.ts';

const { signal } = new AbortController();
const rows = 'test/reference/birthwt.csv';
const folder = mkdtempSync(join(tmpdir(), 'logistic-'));
const at = (name: string): string => join(folder, name);
const flags = { target: 'low', quiet: true, inference: true } as const;
beforeAll(async () => {
  await train(rows, { ...flags, only: ['age', 'lwt', 'smoke'], holdout: 0.3, out: at('some.json') }, signal);
  await train(rows, { ...flags, only: ['age', 'lwt', 'smoke', 'ht', 'ui'], out: at('all.json') }, signal);
  const [header, ...lines] = readFileSync(rows, 'utf8').trim().split('\n');
  writeFileSync(at('new.csv'), [header, ...lines.slice(0, 150)].join('\n'));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(keepPrinted);

test('evaluate has an interval for AUC, and says when the rows are those of the fit', async () => {
  await evaluate(at('all.json'), at('new.csv'), {}, signal);
  expect(printed.text).toMatch(/^AUC, 95% interval +\[0\.\d{4}, 0\.\d{4}\]$/m);
  expect(printed.text).not.toMatch(/calibration|net benefit/);
  expect(printed.said).toBe('');
  await evaluate(at('all.json'), rows, {}, signal);
  expect(printed.said).toBe("these are the model's training rows: the metrics are optimistic\n");
  printed.said = '';
  await evaluate(at('some.json'), rows, {}, signal);
  expect(printed.said).toMatch(
    /^these include the model's training rows: .* train --report shows those of its held-out rows$/m,
  );
  const other = at('some.json');
  printed.said = '';
  await evaluate(at('all.json'), rows, { compare: other }, signal);
  const said = printed.said.split('\n');
  expect(said[0]).toMatch(/^these are the model's training rows/);
  expect(said[1]!.startsWith(`these include ${other}'s training rows: its AUC is optimistic`)).toBe(true);
});

test('evaluate --detailed has every table, or the reason; --json has them as data', async () => {
  await evaluate(at('all.json'), at('new.csv'), { detailed: true, falseNegativeCost: 3 }, signal);
  for (const line of [
    /^P >= +TP +FP +TN +FN +sensitivity/m,
    /lowest cost, a false negative for 3 false positives$/m,
    /^calibration$/m,
    /^slope +0\.\d{4}$/m,
    /^Hosmer–Lemeshow: chi-squared [\d.]+ on 10 df/m,
    /^squared errors: /m,
    /^net benefit, acting from P >= +model +all +none$/m,
  ]) {
    expect(printed.text).toMatch(line);
  }
  printed.text = '';
  await evaluate(at('all.json'), rows, { detailed: true, json: true }, signal);
  const { details, trainedOn } = JSON.parse(printed.text) as Evaluation;
  expect([trainedOn, details!.calibration]).toEqual(['all', null]);
  expect(details!.undefined.calibration).toMatch(/^the model was fitted to these rows/);
  await expect(evaluate(at('all.json'), rows, { detailed: true, falseNegativeCost: 0 }, signal)).rejects.toMatchObject({
    code: 'bad-option',
    details: { option: 'falseNegativeCost' },
  });
});

test('evaluate --compare tests the difference of two AUCs on the rows that both can predict', async () => {
  await evaluate(at('all.json'), rows, { compare: at('some.json') }, signal);
  expect(printed.text).toMatch(/^difference +0\.\d{4}$/m);
  printed.text = '';
  await evaluate(at('all.json'), rows, { compare: at('some.json'), json: true }, signal);
  const { comparison, auc } = JSON.parse(printed.text);
  expect(comparison.auc).toBeCloseTo(auc, 12);
  expect(comparison.p).toBeGreaterThan(0);
  await train(rows, { target: 'smoke', quiet: true, only: ['age', 'lwt'], out: at('other.json') }, signal);
  await expect(evaluate(at('all.json'), rows, { compare: at('other.json') }, signal)).rejects.toMatchObject({
    code: 'not-comparable',
  });
});

test('a report is written by train, inspect and evaluate, and over no file of the command', async () => {
  const options = { ...flags, only: ['age', 'smoke'], holdout: 0.3, report: at('fit.html') };
  await train(rows, { ...options, out: at('fit.json') }, signal);
  await inspect(at('fit.json'), undefined, { report: at('again.html') }, signal);
  expect(readFileSync(at('again.html'), 'utf8')).toBe(readFileSync(at('fit.html'), 'utf8'));
  await evaluate(at('all.json'), at('new.csv'), { report: at('new.html') }, signal);
  expect(readFileSync(at('new.html'), 'utf8')).toContain(`Of ${at('new.csv')}, which the model was not fitted to`);
  const before = readFileSync(at('fit.json'), 'utf8');
  const both = { ...flags, out: at('none.json'), report: at('none.json') };
  for (const wrong of [
    () => train(rows, both, signal),
    () => inspect(at('fit.json'), undefined, { report: at('fit.json') }, signal),
    () => inspect(at('fit.json'), undefined, { report: at('no/such/folder.html') }, signal),
  ]) {
    await expect(wrong()).rejects.toMatchObject({ code: 'unwritable' });
  }
  expect(readFileSync(at('fit.json'), 'utf8')).toBe(before);
  expect(readdirSync(folder).filter((name) => name.startsWith('none') || name.endsWith('.tmp'))).toEqual([]);
});

test('--table prints the table of odds ratios and nothing else', async () => {
  const model = await loadModel(at('all.json'));
  await inspect(at('all.json'), undefined, { table: 'csv' }, signal);
  expect(printed.text).toBe(coefficientCsv(model));
  printed.text = '';
  await train(rows, { ...flags, only: ['age', 'lwt', 'smoke', 'ht', 'ui'], table: 'md', per: { age: 10 } }, signal);
  expect(printed.text).toBe(coefficientMarkdown(model, { age: 10 }));
});

test('a page of inspect is beside what else is asked for, and takes the place of no rows', async () => {
  const page = inspect(at('all.json'), at('new.csv'), { effects: true, report: at('new.csv') }, signal);
  await expect(page).rejects.toMatchObject({ code: 'unwritable' });
  expect(readFileSync(at('new.csv'), 'utf8')).toMatch(/^"low",/);
  await inspect(at('all.json'), at('new.csv'), { effects: true, report: at('effects.html') }, signal);
  expect(printed.text).toContain('average effect on P(1)');
  expect(existsSync(at('effects.html'))).toBe(true);
});

test('--quiet keeps warnings, and units that are no column leave no file', async () => {
  const separated = at('separated.csv');
  writeFileSync(separated, 'x,y\n1,a\n2,a\n3,b\n4,b\n');
  printed.said = '';
  await train(separated, { target: 'y', quiet: true }, signal);
  expect(printed.said).toMatch(/^perfect separation: .*the maximum-likelihood estimate does not exist/m);
  const units = train(rows, { ...flags, only: ['age'], per: { agee: 10 }, out: at('units.json') }, signal);
  await expect(units).rejects.toMatchObject({ code: 'unknown-column' });
  expect(existsSync(at('units.json'))).toBe(false);
});
