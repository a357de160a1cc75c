/** The usual Python road from a file to a model: pandas or polars reads, scikit-learn fits. */
import { spawnSync } from 'node:child_process';
import type { ProgramContender } from '../contender.ts';
import { python } from '../process.ts';

const script = 'benchmarks/contenders/csv-scikit-learn.py';
const solver = 'newton-cholesky';

export const csvScikitLearn: readonly ProgramContender[] = (['pandas', 'polars'] as const).map((reader) => ({
  name: `${reader}-sklearn`,
  about: `${reader} read_csv, then scikit-learn StandardScaler and LogisticRegression(solver="${solver}", tol=1e-8)`,
  measures: ['csv to model'],
  version() {
    const { stdout, error } = spawnSync(python, [script, 'versions', reader], { encoding: 'utf8' });
    if (error) throw error;
    return stdout.trim();
  },
  command: (csv) => ({ program: python, args: [script, csv, reader, solver] }),
  coefficients: (stdout) => JSON.parse(stdout) as { intercept: number; coefficients: number[] },
}));
