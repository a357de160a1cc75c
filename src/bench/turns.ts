/**
 * One evaluation of loss and gradient, timed for several who take turns, so that a drifting machine is the same for
 * all: the first evaluation of each process is told apart, the second warms up, then each takes a few in a row as in a
 * fit, of which the first wakes threads up and is not counted. Every gradient is compared with the truth, and nobody is
 * timed whose gradient is wrong.
 */
import type { Conversation } from './process.ts';
import { relativeError, type Truth } from './truth.ts';

/** One that takes turns, with what has been measured of it. Times are in seconds. */
export interface Entry {
  /** Where it evaluates, and the gradient there; its own is not looked at where it has none (a plain read of memory). */
  readonly truth: Pick<Truth, 'theta'> & Partial<Truth>;
  /** From the rows in its process's memory to being ready. */
  readonly start: number[];
  /** The first evaluation of a fresh process. */
  readonly first: number[];
  readonly steady: number[];
  /** The largest, relative to the largest entry of the gradient. */
  gradientError: number;
  failed?: string;
}

export interface TurnOptions {
  readonly rounds: number;
  /** Evaluations that are counted in a turn. */
  readonly burst: number;
  /** A larger gradient error is a failure. */
  readonly gradientErrorAllowed: number;
  readonly limitSeconds: number;
  /** Called before each round, with its number from −2. */
  readonly onRound?: (round: number) => void;
}

const restMilliseconds = 20; // other processes' threads stop spinning

export async function takeTurns(
  pairs: readonly (readonly [entry: Entry, process: Pick<Conversation, 'ask'>])[],
  options: TurnOptions,
): Promise<void> {
  for (let round = -2; round < options.rounds; round++) {
    options.onRound?.(round);
    for (const [entry, process] of pairs) {
      await takeTurn(entry, process, { ...options, round });
      await new Promise((resolve) => setTimeout(resolve, restMilliseconds));
    }
  }
}

async function takeTurn(
  entry: Entry,
  process: Pick<Conversation, 'ask'>,
  { round, burst, gradientErrorAllowed, limitSeconds }: TurnOptions & { readonly round: number },
): Promise<void> {
  const question = { evaluate: Array.from(entry.truth.theta) };
  for (let k = 0; k <= (round < 0 ? 0 : burst) && entry.failed === undefined; k++) {
    const answer = await process.ask(question, limitSeconds);
    if ('failed' in answer) {
      entry.failed = answer.failed;
      return;
    }
    if (entry.truth.gradient !== undefined) {
      entry.gradientError = Math.max(entry.gradientError, relativeError(answer.gradient!, entry.truth.gradient));
    }
    if (!(entry.gradientError <= gradientErrorAllowed)) {
      entry.failed = `its gradient is off by ${entry.gradientError.toExponential(1)}`;
    } else if (round === -2) entry.first.push(answer.seconds);
    else if (k > 0) entry.steady.push(answer.seconds);
  }
}
