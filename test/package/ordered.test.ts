/**
 * A file in the order of time, on which a warm start from regular runs of rows once saved a wrong model: UCI's bank
 * marketing data, 45,211 rows, some months of which occur in few places only. T01 of the cases.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { emptyFolder } from '../support/command.ts';
import { readJson } from '../support/data.ts';

interface Reference {
  readonly meanLogLoss: number;
  readonly auc: number;
  readonly intercept: number;
  readonly coefficients: Readonly<Record<string, number>>;
}

test.each<string[]>([[], ['--precision', 'float32'], ['--seed', '2'], ['--seed', '3'], ['--solver', 'lbfgs']])(
  'the fit by default ends at the optimum of all rows: %s',
  async (...flags) => {
    const truth = readJson<Reference>('bank-8.json');
    const folder = emptyFolder();
    copyFileSync(
      fileURLToPath(new URL('../reference/bank-8.csv.zst', import.meta.url)),
      join(folder.path, 'bank.csv.zst'),
    );
    const found = await folder.train('bank.csv.zst', '--target', 'y', ...flags);
    expect(found.solver.outcome).toBe('converged');
    expect(found.solver.warmStart).toMatchObject({ used: true });
    // Rows stored in float32 are other rows: a rounding of 6e-8 in each number.
    const tolerance = flags.includes('float32') ? 1e-4 : 1e-9;
    expect(Math.abs(found.meanLogLoss / truth.meanLogLoss - 1)).toBeLessThan(tolerance / 100);
    expect(Math.abs(found.metrics.train.auc! / truth.auc - 1)).toBeLessThan(tolerance);
    for (const [name, value] of Object.entries({ '(intercept)': truth.intercept, ...truth.coefficients })) {
      const own = name === '(intercept)' ? found.intercept : found.coefficients[name]!;
      expect(Math.abs(own - value), name).toBeLessThanOrEqual(tolerance * Math.max(1e-2, Math.abs(value)));
    }
  },
);
