/**
 * What this run of the benchmarks is to do, from its arguments: `--quick` for small problems into
 * results/quick, `--only a,b,…` for the measures, contenders and problems of these names. Names of one
 * kind add up, kinds narrow each other: `--only fit,glum,liblinear` is fits by two contenders.
 */
import { parseArgs } from 'node:util';
import { programContenders, sessionContenders } from './contenders.ts';
import {
  csvProblem,
  evaluationProblems,
  fitProblems,
  type Problem,
  parquetProblem,
  quickly,
  scalingProblems,
} from './problems.ts';
import { type Measure, measures, resultsFolder } from './results.ts';

export interface Plan {
  readonly quick: boolean;
  readonly folder: string;
  readonly measures: readonly Measure[];
  takesPart(contender: string): boolean;
  problems(measure: Measure): Problem[];
}

const problemsOf: Readonly<Record<Measure, readonly Problem[]>> = {
  evaluation: evaluationProblems,
  fit: fitProblems,
  'csv to model': [csvProblem],
  'parquet to model': [parquetProblem],
  scaling: scalingProblems,
  command: [],
};

export function readPlan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: { quick: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
  });
  const only = values.only.split(',').filter((name) => name !== '');
  const named = (known: readonly string[]): string[] => only.filter((name) => known.includes(name));
  const all = [...sessionContenders, ...programContenders];
  const contenders = all.map(({ name }) => name);
  const problems = [...new Set(Object.values(problemsOf).flatMap((list) => list.map(({ name }) => name)))];
  const unknown = only.find((name) => ![...measures, ...contenders, ...problems].includes(name));
  if (unknown !== undefined) {
    const known = [measures, contenders, problems].map((names) => names.join(', ')).join('\n  ');
    throw new Error(`--only ${unknown}: no measure, contender or problem; there are\n  ${known}`);
  }
  const chosen = { measures: named(measures), contenders: named(contenders), problems: named(problems) };
  const takesPart = (name: string): boolean => chosen.contenders.length === 0 || chosen.contenders.includes(name);
  const problemsIn = (measure: Measure): Problem[] =>
    problemsOf[measure]
      .filter(({ name }) => chosen.problems.length === 0 || chosen.problems.includes(name))
      .map((problem) => (values.quick ? quickly(problem) : problem));
  const hasWork = (measure: Measure): boolean =>
    (chosen.measures.length === 0 || chosen.measures.includes(measure)) &&
    (chosen.problems.length === 0 || problemsIn(measure).length > 0) &&
    all.some(({ name, measures }) => takesPart(name) && (measures as readonly Measure[]).includes(measure));
  return {
    quick: values.quick,
    folder: values.quick ? `${resultsFolder}/quick` : resultsFolder,
    measures: measures.filter(hasWork),
    takesPart,
    problems: problemsIn,
  };
}
