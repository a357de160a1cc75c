/**
 * One evaluation of loss and gradient at a theta that is neither zero nor the answer. Contenders take turns
 * (src/bench/turns.ts) in several fresh processes. Problems with the same X share their rounds, so that their times can
 * be compared.
 */
import { bytesRead } from '../../src/bench/memory-read.ts';
import { sourceOf } from '../../src/bench/problem.ts';
import type { Conversation } from '../../src/bench/process.ts';
import { evaluateReference, type Truth } from '../../src/bench/truth.ts';
import { type Entry, takeTurns } from '../../src/bench/turns.ts';
import type { SessionContender } from '../contender.ts';
import { memoryRead } from '../contenders/memory-read.ts';
import { sessionContenders } from '../contenders.ts';
import { loadProblem, type PlacedProblem, placeProblem } from '../generate.ts';
import type { Plan } from '../plan.ts';
import { type Problem, sharesRows } from '../problems.ts';
import { startContender } from '../process.ts';
import { createRecorder, type Recorder, tell } from '../recorder.ts';
import type { Results } from '../results.ts';

/** float32 contenders with one long float32 sum are off by about 1e-4; a wrong formula by more than this. */
const gradientErrorAllowed = 1e-2;

/** A contender on a problem. */
interface ContenderEntry extends Entry {
  readonly contender: SessionContender;
  readonly placed: PlacedProblem;
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
async function entriesOf(
  group: readonly Problem[],
  contenders: readonly SessionContender[],
): Promise<ContenderEntry[]> {
  const tasks: { readonly placed: PlacedProblem; readonly truth: Truth }[] = [];
  for (const problem of group) {
    const placed = placeProblem(problem);
    tasks.push({ placed, truth: await evaluateReference(sourceOf(loadProblem(placed), problem.classes)) });
  }
  return contenders.flatMap((contender) =>
    tasks.map(({ placed, truth: { theta, ...truth } }) => ({
      ...{ contender, placed, start: [], first: [], steady: [], gradientError: 0 },
      truth: contender === memoryRead ? { theta } : { theta, ...truth },
    })),
  );
}

/** Fresh processes for all, then turns. */
async function oneGeneration(entries: readonly ContenderEntry[], rounds: number, record: Recorder): Promise<void> {
  const pairs: [ContenderEntry, Conversation][] = [];
  for (const entry of entries) {
    const process = await startContender(entry.contender, entry.placed, 'evaluation');
    pairs.push([entry, process]);
    if ('failed' in process.opened) entry.failed ??= process.opened.failed;
    else {
      entry.start.push(process.opened.seconds);
      record.version(entry.contender.name, process.opened.version!);
    }
  }
  await takeTurns(pairs, { rounds, burst: 3, gradientErrorAllowed, limitSeconds: 60 });
  await Promise.all(pairs.map(([, process]) => process.close()));
}

function report(record: Recorder, { placed: { problem }, contender, ...entry }: ContenderEntry): void {
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
    record.add({ ...base, measure: 'gradient error', unit: 'ratio', samples: [entry.gradientError] });
}
