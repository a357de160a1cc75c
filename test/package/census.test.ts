/**
 * The census income file as it is: missing cells, a column that another one determines, levels of one
 * class. The fit converges all the same, says what it met, and holds on rows it never saw.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder } from '../support/command.ts';

test('census income: quasi-separated, finite, the dependent column and the one-class levels named', async () => {
  const folder = emptyFolder();
  for (const name of ['census-income.csv', 'census-income-test.csv'])
    copyFileSync(join('examples/data', name), join(folder.path, name));
  const report = await folder.train('census-income.csv', '--target', 'income', '--out', 'm.json');
  expect(report.rows).toMatchObject({ read: 32_561, used: 30_162, dropped: { missing: 2399, bad: 0, noTarget: 0 } });
  expect(report.missing).toEqual({
    workclass: { count: 1836, tokens: { '?': 1836 } },
    occupation: { count: 1843, tokens: { '?': 1843 } },
    native_country: { count: 583, tokens: { '?': 583 } },
  });
  expect(report.classes).toEqual(['<=50K', '>50K']);
  expect(report.solver).toMatchObject({ name: 'newton', outcome: 'quasi-separated' });
  expect(report.solver.gradientNorm).toBeLessThanOrEqual(1e-10);
  const coefficients = Object.values(report.coefficients);
  expect(coefficients).toHaveLength(96);
  expect(coefficients.every(Number.isFinite)).toBe(true);
  expect(report.coefficients.education_num).toBe(0);
  expect(report.warnings.find(({ code }) => code === 'dependent-columns')!.message).toContain(
    'education_num is determined by education',
  );
  expect(report.warnings.find(({ code }) => code === 'quasi-separation')!.message).toContain(
    'workclass=Without-pay (14 rows, all <=50K)',
  );

  const evaluated = await folder.logit(['evaluate', 'm.json', 'census-income-test.csv', '--json']);
  const { rows, accuracy, auc } = JSON.parse(evaluated.stdout);
  expect(rows).toBe(15_060);
  expect(accuracy).toBeCloseTo(0.848, 2); // the accuracy that logistic regression has on this split elsewhere too
  expect(auc).toBeCloseTo(0.902, 2);
});

test('with a penalty the optimum is unique: every solver and backend finds the same one', async () => {
  const folder = emptyFolder();
  copyFileSync('examples/data/census-income.csv', join(folder.path, 'd.csv'));
  const fit = (...options: string[]) =>
    folder.train('d.csv', '--target', 'income', '--l2', '0.01', '--drop', 'fnlwgt', ...options);
  const [newton, lbfgs] = [await fit(), await fit('--solver', 'lbfgs')];
  expect(lbfgs.solver.outcome).toBe('converged');
  // Strongly convex with modulus l2: ‖Δw‖ ≤ ‖∇f‖/l2 on standardised features, and refinement ends below 1e-12.
  for (const [name, value] of Object.entries(newton.coefficients)) {
    expect(Math.abs(lbfgs.coefficients[name]! - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
  }
});

test('the original file without a header is read by column numbers', async () => {
  const folder = emptyFolder();
  const { readFileSync } = await import('node:fs');
  const original = `${readFileSync('examples/data/census-income.csv', 'utf8').split('\n').slice(1).join('\n')}\n`; // blank last line
  folder.write('adult.data', original);
  const report = await folder.train('adult.data', '--target', 'c15', '--no-header');
  expect(report.rows).toMatchObject({ read: 32_561, used: 30_162 });
  expect(report.coefficients['c10=Male']).toBeGreaterThan(0);
});
