/** All contenders, in the order in which they take their turns. A new one is one file and one line here. */
import type { ProgramContender, SessionContender } from './contender.ts';
import { baseRate } from './contenders/base-rate.ts';
import { csvDuckdb } from './contenders/csv-duckdb.ts';
import { csvScikitLearn } from './contenders/csv-scikit-learn.ts';
import { glum } from './contenders/glum.ts';
import { liblinear } from './contenders/liblinear.ts';
import { memoryRead } from './contenders/memory-read.ts';
import { mlLogisticRegression } from './contenders/ml-logistic-regression.ts';
import { ours } from './contenders/ours.ts';
import { oursClass } from './contenders/ours-class.ts';
import { oursCommand } from './contenders/ours-command.ts';
import { r } from './contenders/r.ts';
import { scikitLearn } from './contenders/scikit-learn.ts';
import { sparkMllib } from './contenders/spark-mllib.ts';
import { tensorflow } from './contenders/tensorflow.ts';
import { wholeMatrix } from './contenders/whole-matrix.ts';

export const sessionContenders: readonly SessionContender[] = [
  memoryRead,
  ...ours,
  ...oursClass,
  ...tensorflow,
  wholeMatrix,
  mlLogisticRegression,
  ...scikitLearn,
  glum,
  liblinear,
  ...r,
  baseRate,
];

export const programContenders: readonly ProgramContender[] = [
  ...oursCommand,
  ...csvScikitLearn,
  csvDuckdb,
  sparkMllib,
];

export function findSession(name: string): SessionContender {
  const found = sessionContenders.find((contender) => contender.name === name);
  if (found === undefined) throw new Error(`there is no contender ${name}`);
  return found;
}
