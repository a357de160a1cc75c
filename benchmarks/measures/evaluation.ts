/**
 * One evaluation of loss and gradient at a theta that is neither zero nor the answer. Contenders take
 * turns, a few evaluations in a row as in a fit, in several fresh processes: the first of each turn wakes
 * threads up and is not counted; the first of each process is told apart, as is what it took to be ready
 * for it. Problems with the same X share their rounds, so that their times can be compared. Every gradient
 * is compared with the reference's.
 */
import type { SessionContender } from '../contender.ts';
import { bytesRead, memoryRead } from '../contenders/memory-read.ts';
import { sessionContenders } from '../contenders.ts';
import { gradientError, referenceEvaluation } from '../evaluator.ts';
import { loadProblem, type PlacedProblem, placeProblem } from '../generate.ts';
import type { Plan } from '../plan.ts';
import { type Problem, sharesRows } from '../problems.ts';
import { type Answer, type ContenderProcess, startContender } from '../process.ts';
import { createRecorder, type Recorder, tell } from '../recorder.ts';
import type { Results } from '../results.ts';

const limitSeconds = 60;
/** float32 contenders with one long float32 sum are off by about 1e-4; a wrong formula by more than this. */
const gradientErrorAllowed = 1e-2;
/** Evaluations that are counted in a turn. */
const burst = 3;
const restMilliseconds = 20; // other contenders' threads stop spinning

/** A contender on a problem, with what has been measured of it. */
interface Entry {
  readonly contender: SessionContender;
  readonly placed: PlacedProblem;
  readonly reference: Awaited<ReturnType<typeof referenceEvaluation>>;
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
  for (const group of groupsOf(problems)) {
    const entries = await entriesOf(group, contenders);
    for (let generation = 0; generation < processes; generation++) {
      tell(`${group.map(({ name }) => name).join(', ')}: processes ${generation + 1} of ${processes}`);
      await oneGeneration(entries, rounds, record);
    }
    for (const entry of entries) report(record, entry);
  }
  return record.results();
}

/** Problems with the same X together, in the order of the first of them. */
function groupsOf(problems: readonly Problem[]): Problem[][] {
  const firsts = problems.filter((problem, i) => problems.findIndex((other) => sharesRows(other, problem)) === i);
  return firsts.map((first) => problems.filter((problem) => sharesRows(first, problem)));
}

/** Every contender on every problem of a group, those of one contender side by side. */
async function entriesOf(group: readonly Problem[], contenders: readonly SessionContender[]): Promise<Entry[]> {
  const tasks: Pick<Entry, 'placed' | 'reference'>[] = [];
  for (const problem of group) {
    const placed = placeProblem(problem);
    tasks.push({ placed, reference: await referenceEvaluation(loadProblem(placed)) });
  }
  return contenders.flatMap((contender) =>
    tasks.map((task): Entry => ({ contender, ...task, start: [], first: [], steady: [], error: 0 })),
  );
}

/** Fresh processes for all, then turns; the second evaluation of each process warms up and is not counted. */
async function oneGeneration(entries: readonly Entry[], rounds: number, record: Recorder): Promise<void> {
  const processes: ContenderProcess[] = [];
  for (const entry of entries) {
    const process = await startContender(entry.contender, entry.placed, 'evaluation');
    processes.push(process);
    if ('failed' in process.opened) entry.failed ??= process.opened.failed;
    else {
      entry.start.push(process.opened.seconds);
      record.version(entry.contender.name, process.opened.version!);
    }
  }
  for (let round = -2; round < rounds; round++) {
    for (const [i, process] of processes.entries()) {
      await takeTurn(entries[i]!, process, round);
      await new Promise((resolve) => setTimeout(resolve, restMilliseconds));
    }
  }
  await Promise.all(processes.map((process) => process.close()));
}

async function takeTurn(entry: Entry, process: ContenderProcess, round: number): Promise<void> {
  const question = { evaluate: Array.from(entry.reference.theta) };
  for (let k = 0; k <= (round < 0 ? 0 : burst) && entry.failed === undefined; k++) {
    const answer = await process.ask(question, limitSeconds);
    if ('failed' in answer) entry.failed = answer.failed;
    else if (round === -2) {
      entry.first.push(answer.seconds);
      if (entry.contender !== memoryRead) check(answer, entry);
    } else if (k > 0) entry.steady.push(answer.seconds);
  }
}

function check({ gradient }: Answer, entry: Entry): void {
  if (gradient === undefined) return;
  entry.error = Math.max(entry.error, gradientError(gradient, entry.reference.truth.gradient));
  if (!(entry.error <= gradientErrorAllowed)) entry.failed = `its gradient is off by ${entry.error.toExponential(1)}`;
}

function report(record: Recorder, { placed: { problem }, contender, ...entry }: Entry): void {
  const { failed } = entry;
  const base = { problem: problem.name, contender: contender.name };
  record.add({ ...base, measure: 'evaluation', unit: 's', samples: failed ? [] : entry.steady, failed });
  if (failed !== undefined) return;
  const width = contender.precision === 'float32' ? 4 : 8;
  const bytes = contender === memoryRead ? bytesRead : problem.rows * problem.features * width;
  const rates = entry.steady.map((seconds) => bytes / seconds / 1e9);
  record.add({ ...base, measure: 'read rate', unit: 'GB/s', samples: rates });
  record.add({ ...base, measure: 'start', unit: 's', samples: entry.start });
  record.add({ ...base, measure: 'first evaluation', unit: 's', samples: entry.first });
  if (contender !== memoryRead)
    record.add({ ...base, measure: 'gradient error', unit: 'ratio', samples: [entry.error] });
}
