/**
 * What a solver is: a rule that turns one point into a better one, and the one loop that drives every
 * rule, stops it and says why. Not converging is an outcome with a reason, not an exception.
 * Nothing here knows rows, penalties or float32: a solver sees an `Objective` and nothing else.
 *
 * One stop rule for all: the max-norm of the gradient of the standardised mean objective.
 */
import { maxNorm } from '../math/vector.ts';
import type { Objective, Point } from '../objective/objective.ts';
import { nextTask } from '../yielding.ts';

export interface SolverOptions {
  readonly maxIterations: number;
  /** Stop when ‖∇f‖∞ is at most this. */
  readonly tolerance: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after each iteration. */
  readonly onIteration?: ((state: IterationState) => void) | undefined;
}

export interface IterationState {
  readonly iteration: number;
  readonly value: number;
  readonly gradientNorm: number;
}

export type OutcomeName = 'converged' | 'separated' | 'quasi-separated' | 'max-iterations' | 'stalled' | 'diverged';

export interface Outcome {
  readonly name: OutcomeName;
  /** The rule that ended it, with its numbers, as a sentence for a person. */
  readonly rule: string;
  readonly point: Point;
  readonly iterations: number;
  readonly evaluations: number;
  readonly gradientNorm: number;
}

/** The next point, or undefined when no acceptable step is left. */
export type Step = (point: Point) => Promise<Point | undefined>;

export interface Algorithm {
  readonly name: 'newton' | 'chord' | 'lbfgs' | 'gd';
  /** What it needs of each point: 1 gradient, 2 Hessian. */
  readonly order: 1 | 2;
  /** A fresh rule, with whatever memory it keeps between points. */
  begin(objective: Objective, signal?: AbortSignal): Step | Promise<Step>;
}

/** Differences of f below this are rounding noise. */
export function roundingNoise(objective: Objective, point: Point): number {
  return 8 * objective.roundoff * Math.abs(point.value);
}

/** A loss this many times the first one is a divergence that has not reached infinity yet. */
const divergenceFactor = 1000;

/** Minimises an objective from a starting point. Rejects only with the signal's own reason or with a bug. */
export async function minimise(
  algorithm: Algorithm,
  objective: Objective,
  from: Float64Array | Point,
  options: SolverOptions,
): Promise<Outcome> {
  let evaluations = 0;
  const counted: Objective = {
    ...objective,
    value: (theta, signal) => {
      evaluations++;
      return objective.value(theta, signal);
    },
    point: (theta, order, signal) => {
      evaluations++;
      return objective.point(theta, order, signal);
    },
  };
  let point = from instanceof Float64Array ? await counted.point(from, algorithm.order, options.signal) : from;
  const firstValue = point.value;
  const step = await algorithm.begin(counted, options.signal);

  for (let iteration = 0; ; iteration++) {
    const gradientNorm = maxNorm(point.gradient);
    const end = (name: OutcomeName, rule: string): Outcome => ({
      name,
      rule,
      point,
      iterations: iteration,
      evaluations,
      gradientNorm,
    });
    if (
      !Number.isFinite(point.value) ||
      !Number.isFinite(gradientNorm) ||
      point.value > divergenceFactor * firstValue
    ) {
      return end('diverged', `the loss grew to ${short(point.value)} at iteration ${iteration}`);
    }
    if (point.value < objective.separatedBelow) {
      return end(
        'separated',
        `mean loss ${short(point.value)} < ${objective.separatedBelow}: every row has its own class on top`,
      );
    }
    if (gradientNorm <= options.tolerance) {
      return end('converged', convergedRule(gradientNorm, options.tolerance));
    }
    if (iteration >= options.maxIterations) {
      return end(
        'max-iterations',
        `gradient max-norm ${short(gradientNorm)} > ${short(options.tolerance)}, the tolerance of steps in ${objective.precision}, after ${iteration} ${iteration === 1 ? 'iteration' : 'iterations'}`,
      );
    }
    const next = await step(point);
    if (next === undefined) {
      return end('stalled', `no step lowers the loss in this precision; gradient max-norm ${short(gradientNorm)}`);
    }
    point = next;
    options.onIteration?.({ iteration: iteration + 1, value: point.value, gradientNorm: maxNorm(point.gradient) });
    await nextTask();
    options.signal?.throwIfAborted();
  }
}

/** The one rule by which a fit has converged, with its numbers. */
export function convergedRule(gradientNorm: number, tolerance: number): string {
  return `gradient max-norm ${gradientNorm} <= ${tolerance}`;
}

/** Three digits: for a person, who has the number in full beside it. */
const short = (value: number): string => String(Number(value.toPrecision(3)));
