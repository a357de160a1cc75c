/**
 * `npm run bench`: measures what the plan says, one measure after the other, and writes each one's results
 * as soon as it is done. Not a test: nothing fails for being slow. plan.ts says which arguments there are.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { measureEvaluation } from './measures/evaluation.ts';
import { measureFits } from './measures/fit.ts';
import { measureCommand, measureFiles } from './measures/programs.ts';
import { type Plan, readPlan } from './plan.ts';
import { tell } from './recorder.ts';
import { fileOf, type Measure, type Results, writeResults } from './results.ts';

const ways: Readonly<Record<Measure, (plan: Plan) => Promise<Results>>> = {
  evaluation: measureEvaluation,
  fit: (plan) => measureFits(plan, 'fit'),
  'csv to model': (plan) => measureFiles(plan, 'csv to model'),
  'parquet to model': (plan) => measureFiles(plan, 'parquet to model'),
  scaling: (plan) => measureFits(plan, 'scaling'),
  command: measureCommand,
};

const plan = readPlan(process.argv.slice(2));
if (!existsSync('benchmarks/node_modules')) execFileSync('npm', ['install'], { cwd: 'benchmarks', stdio: 'ignore' });
if (plan.measures.some((measure) => measure === 'command' || measure.endsWith('to model'))) {
  execFileSync('npm', ['run', 'build'], { stdio: 'ignore' });
}
for (const measure of plan.measures) {
  tell(`— ${measure} —`);
  writeResults(measure, await ways[measure](plan), plan.folder);
  tell(`written: ${fileOf(measure, plan.folder)}`);
}
