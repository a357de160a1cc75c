/** Spark's own logistic regression, pyspark on the machine's cores: a program that starts Spark, reads, fits and prints. */
import { spawnSync } from 'node:child_process';
import type { ProgramContender } from '../contender.ts';
import { python } from '../process.ts';

const script = 'benchmarks/contenders/spark-mllib.py';

export const sparkMllib: ProgramContender = {
  name: 'spark-mllib',
  about: 'pyspark, VectorAssembler, cached, MLlib LogisticRegression(regParam=0, tol=1e-12, maxIter=200) on local[*]',
  measures: ['parquet to model'],
  version() {
    const { stdout, error } = spawnSync(python, [script, 'versions'], { encoding: 'utf8' });
    if (error) throw error;
    return stdout.trim();
  },
  command: (file) => ({ program: python, args: [script, file] }),
  coefficients: (stdout) => JSON.parse(stdout) as { intercept: number; coefficients: number[] },
};
