/**
 * Whole processes, as a user meets them: wall time and peak memory (by GNU time), contenders taking turns
 * after one run each that warms the disk's cache. Measure `csv to model` evaluates the coefficients
 * that each prints; measure `command` is what this library's command costs on small things.
 */
import { spawnSync } from 'node:child_process';
import type { ProgramContender } from '../contender.ts';
import { programContenders } from '../contenders.ts';
import { placeCsv } from '../csv-file.ts';
import { createEvaluator, type Evaluator } from '../evaluator.ts';
import { loadProblem, placeProblem } from '../generate.ts';
import type { Plan } from '../plan.ts';
import { plainEnvironment } from '../process.ts';
import { createRecorder, type Recorder } from '../recorder.ts';
import type { Results } from '../results.ts';

const gnuTime = '/usr/bin/time';
const limitSeconds = 300;
const mostOutputBytes = 2 ** 26;

interface Tally {
  readonly contender: ProgramContender;
  readonly seconds: number[];
  readonly megabytes: number[];
  stdout: string;
  failed?: string;
}

export async function measureCsv(plan: Plan): Promise<Results> {
  const problems = plan.problems('csv to model');
  const record = createRecorder(problems);
  for (const problem of problems) {
    const placed = placeProblem(problem);
    const tallies = takeTurns(plan, { measure: 'csv to model', csv: placeCsv(placed), rounds: plan.quick ? 2 : 5 });
    const evaluator = await createEvaluator(loadProblem(placed));
    for (const tally of tallies) {
      report(record, tally, { problem: problem.name, measure: 'csv to model' });
      await evaluateModel(record, evaluator, { problem: problem.name, tally });
    }
  }
  return record.results();
}

export async function measureCommand(plan: Plan): Promise<Results> {
  const record = createRecorder([]);
  for (const tally of takeTurns(plan, { measure: 'command', csv: '', rounds: plan.quick ? 2 : 7 })) {
    report(record, tally, { problem: tally.contender.about, measure: 'command' });
  }
  return record.results();
}

interface Turns {
  readonly measure: ProgramContender['measures'][number];
  readonly csv: string;
  readonly rounds: number;
}

function takeTurns(plan: Plan, { measure, csv, rounds }: Turns): Tally[] {
  const tallies = programContenders
    .filter(({ name, measures }) => measures.includes(measure) && plan.takesPart(name))
    .map((contender): Tally => ({ contender, seconds: [], megabytes: [], stdout: '' }));
  for (let round = -1; round < rounds; round++) {
    for (const tally of tallies) if (tally.failed === undefined) runOnce(tally, csv, round >= 0);
  }
  return tallies;
}

function runOnce(tally: Tally, csv: string, counts: boolean): void {
  const { program, args } = tally.contender.command(csv);
  const start = performance.now();
  const { status, stdout, stderr, error } = spawnSync(gnuTime, ['-f', '%M', program, ...args], {
    encoding: 'utf8',
    env: plainEnvironment(),
    timeout: limitSeconds * 1000,
    maxBuffer: mostOutputBytes,
  });
  const seconds = (performance.now() - start) / 1000;
  if (error || status !== 0) {
    tally.failed = error?.message ?? `exit code ${status}: ${stderr.trim().split('\n').slice(-3).join(' | ')}`;
    return;
  }
  tally.stdout = stdout;
  if (!counts) return;
  tally.seconds.push(seconds);
  tally.megabytes.push(Number(stderr.trim().split('\n').at(-1)) / 1024);
}

function report(record: Recorder, tally: Tally, of: { problem: string; measure: string }): void {
  const { contender, failed, seconds, megabytes } = tally;
  const base = { problem: of.problem, contender: contender.name };
  record.add({ ...base, measure: of.measure, unit: 's', samples: failed ? [] : seconds, failed });
  if (failed !== undefined) return;
  record.version(contender.name, contender.version());
  record.add({ ...base, measure: 'peak memory', unit: 'MB', samples: megabytes });
}

async function evaluateModel(
  record: Recorder,
  evaluator: Evaluator,
  { problem, tally }: { readonly problem: string; readonly tally: Tally },
): Promise<void> {
  const { contender, failed, stdout } = tally;
  if (failed !== undefined || contender.coefficients === undefined) return;
  const { intercept, coefficients } = contender.coefficients(stdout);
  const { gap, coefficientError } = await evaluator.evaluate([...coefficients, intercept]);
  const base = { problem, contender: contender.name, unit: 'ratio' };
  record.add({ ...base, measure: 'gap', samples: [gap] });
  record.add({ ...base, measure: 'coefficient error', samples: [coefficientError] });
}
