/**
 * Whole processes, as a user meets them: wall time and peak memory (by GNU time), contenders taking turns
 * after one run each that warms the disk's cache. Measures `csv to model` and `parquet to model` evaluate the
 * coefficients that each prints; measure `command` is what this library's command costs on small things.
 */
import { spawnSync } from 'node:child_process';
import type { FileMeasure, ProgramContender } from '../contender.ts';
import { programContenders } from '../contenders.ts';
import { placeCsv } from '../csv-file.ts';
import { createEvaluator, type Evaluator } from '../evaluator.ts';
import { loadProblem, type PlacedProblem, placeProblem } from '../generate.ts';
import { placeParquet } from '../parquet-file.ts';
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

const writers: Readonly<Record<FileMeasure, (placed: PlacedProblem) => string | Promise<string>>> = {
  'csv to model': placeCsv,
  'parquet to model': placeParquet,
};

export async function measureFiles(plan: Plan, measure: FileMeasure): Promise<Results> {
  const problems = plan.problems(measure);
  const record = createRecorder(problems);
  for (const problem of problems) {
    const placed = placeProblem(problem);
    const file = await writers[measure](placed);
    const tallies = takeTurns(plan, { measure, file, rounds: plan.quick ? 2 : 5 });
    const evaluator = await createEvaluator(loadProblem(placed));
    for (const tally of tallies) {
      report(record, tally, { problem: problem.name, measure });
      await evaluateModel(record, evaluator, { problem: problem.name, tally });
    }
  }
  return record.results();
}

export async function measureCommand(plan: Plan): Promise<Results> {
  const record = createRecorder([]);
  for (const tally of takeTurns(plan, { measure: 'command', file: '', rounds: plan.quick ? 2 : 7 })) {
    report(record, tally, { problem: tally.contender.about, measure: 'command' });
  }
  return record.results();
}

interface Turns {
  readonly measure: ProgramContender['measures'][number];
  readonly file: string;
  readonly rounds: number;
}

function takeTurns(plan: Plan, { measure, file, rounds }: Turns): Tally[] {
  const tallies = programContenders
    .filter(({ name, measures }) => measures.includes(measure) && plan.takesPart(name))
    .map((contender): Tally => ({ contender, seconds: [], megabytes: [], stdout: '' }));
  for (let round = -1; round < rounds; round++) {
    for (const tally of tallies) if (tally.failed === undefined) runOnce(tally, file, round >= 0);
  }
  return tallies;
}

function runOnce(tally: Tally, file: string, counts: boolean): void {
  const { program, args } = tally.contender.command(file);
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
  const kilobytes = stderr.split('\n').findLast((line) => /^\d+$/.test(line)); // Java goes on talking behind it
  tally.megabytes.push(Number(kilobytes) / 1024);
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
