/**
 * One evaluation of loss and gradient at a theta that is neither zero nor the answer. Contenders take
 * turns, a few evaluations in a row as in a fit, in several fresh processes: the first of each turn wakes
 * threads up and is not counted; the first of each process is told apart, as is what it took to be ready
 * for it. Every gradient is compared with the oracle's.
 */
import type { SessionContender } from '../contender.ts';
import { bytesRead, memoryRead } from '../contenders/memory-read.ts';
import { sessionContenders } from '../contenders.ts';
import { loadProblem, type PlacedProblem, placeProblem } from '../generate.ts';
import { gradientError, referenceEvaluation } from '../judge.ts';
import type { Plan } from '../plan.ts';
import { type Answer, type ContenderProcess, startContender } from '../process.ts';
import { createRecorder, type Recorder, tell } from '../recorder.ts';
import type { Results } from '../results.ts';

const limitSeconds = 60;
/** float32 contenders with one long float32 sum are off by about 1e-4; a wrong formula by more than this. */
const gradientErrorAllowed = 1e-2;
/** Evaluations that are counted in a turn. */
const burst = 3;
const restMilliseconds = 20; // other contenders' threads stop spinning

interface Tally {
  readonly start: number[];
  readonly first: number[];
  readonly steady: number[];
  error: number;
  failed?: string;
}

export async function measureEvaluation(plan: Plan): Promise<Results> {
  const problems = plan.problems('evaluation');
  const contenders = sessionContenders.filter(
    ({ name, measures }) => measures.includes('evaluation') && plan.takesPart(name),
  );
  const record = createRecorder(problems);
  const { processes, rounds } = plan.quick ? { processes: 1, rounds: 5 } : { processes: 3, rounds: 8 };
  for (const problem of problems) {
    const placed = placeProblem(problem);
    const reference = await referenceEvaluation(loadProblem(placed));
    const tallies = contenders.map((): Tally => ({ start: [], first: [], steady: [], error: 0 }));
    for (let k = 0; k < processes; k++) {
      tell(`${problem.name}: processes ${k + 1} of ${processes}`);
      await oneGeneration(contenders, tallies, { placed, reference, rounds, record });
    }
    for (const [i, contender] of contenders.entries()) report(record, placed, contender, tallies[i]!);
  }
  return record.results();
}

interface Generation {
  readonly placed: PlacedProblem;
  readonly reference: Awaited<ReturnType<typeof referenceEvaluation>>;
  readonly rounds: number;
  readonly record: Recorder;
}

/** Fresh processes for all, then turns; the second evaluation of each process warms up and is not counted. */
async function oneGeneration(
  contenders: readonly SessionContender[],
  tallies: readonly Tally[],
  generation: Generation,
) {
  const { placed, reference, rounds, record } = generation;
  const question = { evaluate: Array.from(reference.theta) };
  const processes: ContenderProcess[] = [];
  for (const [i, contender] of contenders.entries()) {
    const process = await startContender(contender, placed, 'evaluation');
    processes.push(process);
    const tally = tallies[i]!;
    if ('failed' in process.opened) tally.failed ??= process.opened.failed;
    else {
      tally.start.push(process.opened.seconds);
      record.version(contender.name, process.opened.version!);
    }
  }
  for (let round = -2; round < rounds; round++) {
    for (const [i, process] of processes.entries()) {
      const tally = tallies[i]!;
      if (tally.failed !== undefined) continue;
      for (let k = 0; k <= (round < 0 ? 0 : burst) && tally.failed === undefined; k++) {
        const answer = await process.ask(question, limitSeconds);
        if ('failed' in answer) tally.failed = answer.failed;
        else if (round === -2) tally.first.push(answer.seconds);
        else if (k > 0) tally.steady.push(answer.seconds);
        if (round === -2 && contenders[i] !== memoryRead) check(answer as Answer, reference, tally);
      }
      await new Promise((resolve) => setTimeout(resolve, restMilliseconds));
    }
  }
  await Promise.all(processes.map((process) => process.close()));
}

function check({ gradient }: Answer, { truth }: Generation['reference'], tally: Tally): void {
  if (gradient === undefined) return;
  tally.error = Math.max(tally.error, gradientError(gradient, truth.gradient));
  if (tally.error > gradientErrorAllowed) tally.failed = `its gradient is off by ${tally.error.toExponential(1)}`;
}

function report(record: Recorder, { problem }: PlacedProblem, contender: SessionContender, tally: Tally): void {
  const { failed } = tally;
  const base = { problem: problem.name, contender: contender.name };
  record.add({ ...base, measure: 'evaluation', unit: 's', samples: failed ? [] : tally.steady, failed });
  if (failed !== undefined) return;
  const width = contender.precision === 'float32' ? 4 : 8;
  const bytes = contender === memoryRead ? bytesRead : problem.rows * problem.features * width;
  const rates = tally.steady.map((seconds) => bytes / seconds / 1e9);
  record.add({ ...base, measure: 'read rate', unit: 'GB/s', samples: rates });
  record.add({ ...base, measure: 'start', unit: 's', samples: tally.start });
  record.add({ ...base, measure: 'first evaluation', unit: 's', samples: tally.first });
  if (contender !== memoryRead)
    record.add({ ...base, measure: 'gradient error', unit: 'ratio', samples: [tally.error] });
}
