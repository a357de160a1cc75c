/**
 * Whole fits to the same objective gap. Each contender first climbs its ladder of settings, from loose to
 * tight, until the evaluator finds its objective near enough; a tighter setting does the same work and more,
 * so the first that is near enough is the fastest. That setting is then timed again, contenders taking
 * turns. One that never gets there is listed with the nearest gap it reached. `scaling` is the same over
 * problems that differ in rows alone.
 */
import type { Conversation } from '../../src/bench/process.ts';
import type { SessionContender } from '../contender.ts';
import { sessionContenders } from '../contenders.ts';
import { createEvaluator, type Evaluator, gapAllowed, type Verdict } from '../evaluator.ts';
import { loadProblem, type PlacedProblem, placeProblem } from '../generate.ts';
import type { Plan } from '../plan.ts';
import { startContender } from '../process.ts';
import { createRecorder, type Recorder, tell } from '../recorder.ts';
import type { Results } from '../results.ts';

interface Climb {
  readonly contender: SessionContender;
  readonly process: Conversation;
  /** The setting that is near enough, or the one that came nearest. */
  best?: { readonly setting: number; readonly verdict: Verdict; readonly seconds: number };
  failed?: string;
}

export async function measureFits(plan: Plan, measure: 'fit' | 'scaling'): Promise<Results> {
  const problems = plan.problems(measure);
  const contenders = sessionContenders.filter(
    ({ name, measures }) => measures.includes(measure) && plan.takesPart(name),
  );
  const record = createRecorder(problems);
  const limitSeconds = plan.quick ? 10 : 30;
  const rounds = 3;
  for (const problem of problems) {
    const placed = placeProblem(problem);
    const evaluator = await createEvaluator(loadProblem(placed));
    tell(`${problem.name}: the gradient at the best theta is ${evaluator.gradientNorm.toExponential(1)}`);
    const climbs: Climb[] = [];
    for (const contender of contenders) {
      climbs.push(await climb(await start(contender, placed, measure), evaluator, limitSeconds));
    }
    const samples = await takeTurns(climbs, rounds, limitSeconds);
    for (const [i, one] of climbs.entries()) {
      await one.process.close();
      report(record, { problem: problem.name, measure, climb: one, samples: samples[i]! });
    }
  }
  return record.results();
}

async function start(contender: SessionContender, placed: PlacedProblem, measure: 'fit' | 'scaling'): Promise<Climb> {
  const process = await startContender(contender, placed, measure);
  return 'failed' in process.opened ? { contender, process, failed: process.opened.failed } : { contender, process };
}

/** Tries settings until one is near enough. A process that was ended for taking too long tries no more. */
async function climb(one: Climb, evaluator: Evaluator, limitSeconds: number): Promise<Climb> {
  if (one.failed !== undefined) return one;
  const { of, settings } = one.contender.ladder!;
  let trouble = '';
  for (const setting of settings) {
    const answer = await one.process.ask({ fit: setting }, limitSeconds);
    if ('failed' in answer) {
      trouble ||= `; ${of} ${setting}: ${answer.failed}`; // a process that ended only repeats the first reason
      continue;
    }
    const verdict = await evaluator.evaluate(answer.theta!);
    if (!(verdict.gap >= (one.best?.verdict.gap ?? Number.POSITIVE_INFINITY))) {
      one.best = { setting, verdict, seconds: answer.seconds };
    }
    if (verdict.gap <= gapAllowed) return one;
  }
  one.failed =
    one.best === undefined
      ? trouble.slice(2)
      : `gap ${one.best.verdict.gap.toExponential(1)} at ${of} ${one.best.setting} after ${one.best.seconds.toPrecision(2)} s is its nearest${trouble}`;
  return one;
}

async function takeTurns(climbs: readonly Climb[], rounds: number, limitSeconds: number): Promise<number[][]> {
  const samples = climbs.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { process, best, failed }] of climbs.entries()) {
      if (failed !== undefined) continue;
      const answer = await process.ask({ fit: best!.setting }, limitSeconds * 2);
      if ('failed' in answer) climbs[i]!.failed = answer.failed;
      else samples[i]!.push(answer.seconds);
    }
  }
  return samples;
}

interface Finding {
  readonly problem: string;
  readonly measure: 'fit' | 'scaling';
  readonly climb: Climb;
  readonly samples: readonly number[];
}

function report(record: Recorder, { problem, measure, climb, samples }: Finding): void {
  const { contender, process, best, failed } = climb;
  const setting = best === undefined ? undefined : `${contender.ladder!.of} ${best.setting}`;
  const base = { problem, contender: contender.name, setting };
  if (!('failed' in process.opened)) record.version(contender.name, process.opened.version!);
  record.add({ ...base, measure, unit: 's', samples: failed ? [] : samples, failed });
  if (best === undefined) return;
  record.add({ ...base, measure: 'gap', unit: 'ratio', samples: [best.verdict.gap] });
  record.add({ ...base, measure: 'coefficient error', unit: 'ratio', samples: [best.verdict.coefficientError] });
}
