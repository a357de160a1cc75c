/**
 * Backends timed beside each other on one problem, each in a process of its own: what it takes to start, to place the
 * rows, to evaluate loss and gradient for the first time, and from then on. No figure is given unless every gradient and
 * the first steps of a fit on each backend agree with those of plain float64 loops: one that differs is named instead.
 */
import type { Backend } from '../backends/registry.ts';
import { backends } from '../backends/registry.ts';
import { LogisticError } from '../errors.ts';
import { createObjective } from '../objective/objective.ts';
import { referenceRows } from '../rows/reference.ts';
import type { TimedBackend } from './backend.ts';
import { type Machine, thisMachine } from './machine.ts';
import { bytesRead } from './memory-read.ts';
import { distinctRows, generate, type Numbers, type ProblemShape, sourceOf } from './problem.ts';
import { type Conversation, converse, startNode } from './process.ts';
import { median } from './statistics.ts';
import { evaluateReference, relativeError, shortFit, shortFitProblem, type Truth } from './truth.ts';
import { type Entry, takeTurns } from './turns.ts';

export interface BenchReport {
  /** `gigabytesPerSecond`: what the processor's threads read from memory, in the same rounds; null where it failed. */
  readonly machine: Machine & { readonly gigabytesPerSecond: number | null };
  /** `distinctRows` were drawn; the others repeat them. */
  readonly problem: ProblemShape & { readonly distinctRows: number; readonly precision: 'float32' };
  readonly results: readonly BenchResult[];
}

export type BenchResult = TimedResult | AbsentResult;

interface Ran {
  readonly backend: TimedBackend;
  readonly kernel: Backend['kernel'];
}

/** Times are of one evaluation of loss and gradient in float32. */
export interface TimedResult extends Ran {
  readonly available: true;
  readonly reason: null;
  /** What really runs. */
  readonly device: string;
  /** Loading libraries, compiling, starting threads. */
  readonly startupMs: number;
  /** Copying the rows to where they are evaluated. */
  readonly uploadMs: number;
  readonly firstMs: number;
  /** Of the evaluations that are counted. */
  readonly medianMs: number;
  /** Slowest less fastest. */
  readonly spreadMs: number;
  readonly rowsPerSecond: number;
  /** The size of X in float32, once, by the median. */
  readonly gigabytesPerSecond: number;
  /** Largest error of the gradient against float64, relative to its largest entry. */
  readonly gradientError: number;
  /** The evaluations that are counted, in the order of the rounds. */
  readonly samplesMs: readonly number[];
}

/** A backend that is not here, or failed on the way. */
export interface AbsentResult extends Ran {
  readonly available: false;
  readonly reason: string;
  readonly device: null;
  readonly startupMs: null;
  readonly uploadMs: null;
  readonly firstMs: null;
  readonly medianMs: null;
  readonly spreadMs: null;
  readonly rowsPerSecond: null;
  readonly gigabytesPerSecond: null;
  readonly gradientError: null;
  readonly samplesMs: readonly [];
}

export interface BenchOptions {
  readonly backends: readonly TimedBackend[];
  readonly rows: number;
  readonly features: number;
  /** K */
  readonly classes: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (fraction: number, phase: string) => void;
  /** Starts a backend on a problem, or the plain read of memory. */
  readonly open?: (name: TimedBackend | 'memory-read', problem: ProblemShape) => Promise<Conversation>;
}

const limits = { openSeconds: 300, evaluateSeconds: 120 };
const rounds = 7;
/** Steps of the short fits. */
const fitIterations = 10;
/** float32 coefficients after the same ten steps from 0, on problems of condition 10: rounding stays far below. */
const coefficientErrorAllowed = 1e-3;
/** A block of at most 4096 rows summed one after another in float32, u = 2^−24 each: the worst that a right sum can be. */
const gradientErrorAllowed = 4096 * 2 ** -24;

/** A backend in its process. */
interface Timed extends Entry {
  readonly name: TimedBackend;
  readonly process: Conversation;
}

/** Throws LogisticError 'backends-disagree'. */
export async function bench(options: BenchOptions): Promise<BenchReport> {
  const { rows, features, classes, signal } = options;
  const problem = { rows, features, classes, condition: 10, separability: 2, indicators: 0, seed: 1 };
  const open = options.open ?? ((name, shape) => startHost(name, shape, signal));
  const numbers = generate({ ...problem, rows: distinctRows(problem) });
  const truth = await truthOf(problem, numbers);
  const steps = 2 * options.backends.length + 2 + rounds;
  let done = 0;
  const progress = (phase: string): void => options.onProgress?.(done++ / steps, phase);
  const running: Conversation[] = [];
  try {
    const timed: Timed[] = [];
    for (const name of options.backends) {
      progress(`starting ${name}`);
      const process = await open(name, problem);
      running.push(process);
      timed.push({ ...entryOf(truth), name, process, ...('failed' in process.opened && process.opened) });
    }
    const memory = { ...entryOf({ theta: truth.theta }), process: await open('memory-read', problem) };
    running.push(memory.process);
    await takeTurns(
      [memory, ...timed].map((entry) => [entry, entry.process]),
      {
        ...{ rounds, burst: 1, gradientErrorAllowed, limitSeconds: limits.evaluateSeconds },
        onRound: (round) => progress(round < 0 ? 'first evaluations' : `round ${round + 1} of ${rounds}`),
      },
    );
    for (const { name, gradientError } of timed) {
      if (!(gradientError <= gradientErrorAllowed)) throw disagreement(name, 'gradient', gradientError);
    }
    await compareFits(timed, numbers, { classes, progress });
    const gigabytesPerSecond = memory.steady.length > 0 ? bytesRead / median(memory.steady) / 1e9 : null;
    return {
      machine: { ...thisMachine(), gigabytesPerSecond },
      problem: { ...problem, distinctRows: distinctRows(problem), precision: 'float32' },
      results: timed.map((entry) => resultOf(entry, problem)),
    };
  } finally {
    await Promise.all(running.map((process) => process.close()));
  }
}

async function startHost(
  name: TimedBackend | 'memory-read',
  problem: ProblemShape,
  signal: AbortSignal | undefined,
): Promise<Conversation> {
  const args = name === 'memory-read' ? [name] : ['evaluate', name, JSON.stringify(problem)];
  return converse(startNode(args), { openSeconds: limits.openSeconds, signal });
}

const entryOf = (truth: Entry['truth']): Entry => ({ truth, start: [], first: [], steady: [], gradientError: 0 });

/** Loss and gradient over all rows, from the distinct ones, each as often as it comes. */
function truthOf({ rows, classes }: ProblemShape, numbers: Numbers): Promise<Truth> {
  const distinct = numbers.y.length;
  const weights = Float64Array.from(
    { length: distinct },
    (_, i) => Math.floor(rows / distinct) + Number(i < rows % distinct),
  );
  return evaluateReference({ ...sourceOf(numbers, classes), weights });
}

/** The same steps on every backend, against plain float64 loops. */
async function compareFits(
  timed: readonly Timed[],
  numbers: Numbers,
  { classes, progress }: { readonly classes: number; progress(phase: string): void },
): Promise<void> {
  const reference = createObjective(referenceRows(sourceOf(numbers, classes)), 'float64', shortFitProblem);
  const expected = await shortFit(reference, fitIterations);
  for (const entry of timed) {
    progress(`a short fit on ${entry.name}`);
    if (entry.failed !== undefined) continue;
    const answer = await entry.process.ask({ fit: fitIterations }, limits.evaluateSeconds);
    if ('failed' in answer) entry.failed = answer.failed;
    else {
      const error = relativeError(answer.theta!, expected);
      if (!(error <= coefficientErrorAllowed)) throw disagreement(entry.name, 'coefficients of a short fit', error);
    }
  }
}

function disagreement(name: TimedBackend, what: string, error: number): LogisticError {
  return new LogisticError(
    'backends-disagree',
    `${name}: its ${what} and those of plain float64 loops differ by ${error.toExponential(1)} of the largest entry, so no time is given`,
    { hint: `logit doctor says whether ${name} works here; --backends leaves it out` },
  );
}

function resultOf({ name, process: { opened }, failed, ...entry }: Timed, problem: ProblemShape): BenchResult {
  const ran = { backend: name, kernel: backends[name].kernel };
  if ('failed' in opened || failed !== undefined) {
    return { ...ran, available: false, reason: failed!, ...nothing };
  }
  const { version, seconds, uploadSeconds = 0 } = opened;
  const steady = median(entry.steady);
  return {
    ...ran,
    available: true,
    reason: null,
    device: version!,
    startupMs: (seconds - uploadSeconds) * 1000,
    uploadMs: uploadSeconds * 1000,
    firstMs: entry.first[0]! * 1000,
    medianMs: steady * 1000,
    spreadMs: (Math.max(...entry.steady) - Math.min(...entry.steady)) * 1000,
    rowsPerSecond: problem.rows / steady,
    gigabytesPerSecond: (problem.rows * problem.features * 4) / steady / 1e9,
    gradientError: entry.gradientError,
    samplesMs: entry.steady.map((value) => value * 1000),
  };
}

/** GB/s as a percentage of what the machine's memory is read at; of a GPU's own memory nothing is known. */
export function percentOfMemory(
  { backend, gigabytesPerSecond: own }: BenchResult,
  { gigabytesPerSecond }: BenchReport['machine'],
): string {
  if (backend === 'webgpu' || own === null || gigabytesPerSecond === null) return '';
  return `${Math.round((100 * own) / gigabytesPerSecond)} %`;
}

const nothing = {
  ...{ device: null, startupMs: null, uploadMs: null, firstMs: null, medianMs: null, spreadMs: null },
  ...{ rowsPerSecond: null, gigabytesPerSecond: null, gradientError: null, samplesMs: [] as const },
};
