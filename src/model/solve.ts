/**
 * Standardised rows → coefficients. First a coarse solve in the backend's own precision, of a sample where there
 * are many rows, else of all of them down to what that precision can resolve; then refinement in float64; then a
 * certificate that says how well the equations are solved. Where the rows lie is homes.ts's business.
 */
import type { Rows } from '../backends/backend.ts';
import { openBackend } from '../backends/registry.ts';
import { LogisticError } from '../errors.ts';
import { solveDamped } from '../math/cholesky.ts';
import { conditionNumber } from '../math/condition.ts';
import { maxNorm, plus } from '../math/vector.ts';
import { createObjective, type Objective, type Point } from '../objective/objective.ts';
import type { Certificate } from '../predict/model-file.ts';
import { chooseSolver, newtonLimit } from '../solvers/choose.ts';
import { chord, type RoughHessian } from '../solvers/chord.ts';
import { lbfgs } from '../solvers/lbfgs.ts';
import { convergedRule, type IterationState, minimise, type Outcome, type OutcomeName } from '../solvers/solver.ts';
import { createTurns } from '../turns.ts';
import { type FirstGuess, firstGuess, sampleRows } from './first-guess.ts';
import { type Homes, openHomes } from './homes.ts';
import type { CheckedOptions } from './options.ts';

export interface FitHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onIteration?: ((state: IterationState) => void) | undefined;
}

export interface SolverReport {
  readonly name: string;
  readonly outcome: OutcomeName;
  readonly rule: string;
  /** Rows of the sample at whose optimum the solve began, 0 where it began at 0. */
  readonly sampled: number;
  readonly iterations: number;
  readonly evaluations: number;
  /** Iterations of the float64 refinement, counted apart. */
  readonly refinements: number;
  readonly gradientNorm: number;
}

export interface Solution {
  /** [w_1 … w_n, b] on the standardised features; b = 0 without an intercept. */
  readonly theta: Float64Array;
  readonly solver: SolverReport;
  readonly certificate: Certificate;
  readonly backend: { readonly name: string; readonly detail: string };
  /** Z of every row at theta. The rows stay where they were placed until close() is called. */
  scores(signal?: AbortSignal): Promise<Float64Array>;
  close(): Promise<void>;
}

/**
 * The coarse solve stops at this many units of roundoff: with a Hessian at hand one float64 step squares
 * what is left, without one the coarse arithmetic goes as far as it can.
 */
const coarseUnits = { withHessian: 16, without: 2 };
const maxRefinements = 50;
const defaultIterations = { newton: 100, lbfgs: 1000, gd: 10_000 };

export async function solve(
  rows: Rows,
  scales: Float64Array,
  options: CheckedOptions,
  hooks: FitHooks,
): Promise<Solution> {
  const factors = options.standardize ? undefined : scales.map((scale) => 1 / scale ** 2);
  const penalty = { l2: options.l2, factors };
  const { signal } = hooks;
  const resources = { threads: options.threads, cells: rows.count * rows.features };
  const opening = openBackend(options.backend, resources);
  let guessing: Promise<FirstGuess | undefined> | undefined;
  let homes: Homes | undefined;
  const close = async (): Promise<void> => {
    await guessing?.catch(() => {}); // it still has rows of its own where no home could be opened
    await homes?.close();
    await (await opening).close();
  };
  try {
    // Before the rows may be released, and while threads start.
    const [backend, sample] = await Promise.all([opening, sampleRows(rows, options, createTurns(signal))]);
    guessing = sample && firstGuess(sample, backend, { penalty, options }, signal);
    guessing?.catch(() => {}); // told where its guess is wanted
    homes = await openHomes(rows, backend, { resources, precision: options.precision }, signal);
    const { coarse, exact, data } = homes;
    const objectives = {
      coarse: createObjective(coarse, penalty, options.intercept),
      exact: createObjective(exact, penalty, options.intercept),
    };
    const { certificate, solver, ...solved } = await solveBoth(objectives, await guessing, options, hooks);
    const theta = new Float64Array(rows.features + 1);
    theta.set(solved.theta);
    const { name, detail } = backend;
    return {
      theta,
      solver,
      certificate: { ...certificate, data },
      backend: { name, detail },
      scores: (signal) => exact.scores(theta, signal),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Objectives {
  readonly coarse: Objective;
  readonly exact: Objective;
}

async function solveBoth(
  objectives: Objectives,
  guess: FirstGuess | undefined,
  options: CheckedOptions,
  hooks: FitHooks,
) {
  const { coarse, exact } = objectives;
  const { signal } = hooks;
  const { tolerance } = options;
  const small = exact.dimension <= newtonLimit;
  const rough: RoughHessian = async (theta, signal) => (await coarse.point(theta, 2, signal)).hessian!;
  const { algorithm, first, judged, noiseFloor } = await begin();
  if (first.name === 'diverged') throw diverged(first, options);

  const goesOn = judged !== first.point && (first.name === 'converged' || first.name === 'stalled');
  const refined = goesOn
    ? await minimise(small ? chord(first.point.hessian, rough) : lbfgs, exact, judged, {
        maxIterations: small ? maxRefinements : defaultIterations.lbfgs,
        tolerance,
        signal,
        onIteration: (state) => hooks.onIteration?.({ ...state, iteration: first.iterations + state.iteration }),
      })
    : undefined;
  const last = refined ?? { ...first, point: judged };
  const finished =
    small && last.name === 'converged'
      ? await polish(exact, last.point, last.point.hessian ?? first.point.hessian ?? guess?.hessian, signal)
      : { point: last.point, condition: null };
  const gradientNorm = maxNorm(finished.point.gradient);
  // The last step may have lowered the gradient further: the rule quotes what is stored.
  const rule = last.name === 'converged' ? convergedRule(gradientNorm, tolerance) : last.rule;
  const { condition } = finished;
  return {
    theta: finished.point.theta,
    solver: {
      name: algorithm.name,
      outcome: last.name,
      rule,
      sampled: guess?.rows ?? 0,
      iterations: first.iterations,
      evaluations: first.evaluations,
      refinements: refined?.iterations ?? 0,
      gradientNorm,
    },
    certificate: { outcome: last.name, rule, gradientNorm, tolerance, condition, noiseFloor },
  };

  /** The first solve over all rows, its end in float64, and how far coarse gradients are from float64 ones. */
  async function begin() {
    const chosen = chooseSolver(options.solver, exact.dimension, options);
    const ends = { maxIterations: options.maxIterations ?? defaultIterations[chosen.name], ...hooks };
    if (guess?.hessian) {
      // A sample was the coarse solve: from its optimum on gradients are worth their full digits.
      const algorithm = chord(guess.hessian, rough);
      const first = await minimise(algorithm, exact, guess.theta, { ...ends, tolerance });
      return { algorithm, first, judged: first.point, noiseFloor: guess.noiseFloor };
    }
    const first = await minimise(chosen, coarse, guess?.theta ?? new Float64Array(exact.dimension), {
      ...ends,
      tolerance: Math.max(tolerance, coarse.roundoff * (small ? coarseUnits.withHessian : coarseUnits.without)),
    });
    const judged = await exact.point(first.point.theta, 1, signal);
    return { algorithm: chosen, first, judged, noiseFloor: maxNorm(plus(first.point.gradient, -1, judged.gradient)) };
  }
}

/** One step beyond the tolerance, kept if it lowers the gradient, and the condition of the Hessian it uses. */
async function polish(exact: Objective, point: Point, hessian: Float64Array | undefined, signal?: AbortSignal) {
  const kept = hessian ?? (await exact.point(point.theta, 2, signal)).hessian!;
  const step = solveDamped(
    kept,
    point.gradient.map((g) => -g),
  );
  const next = await exact.point(plus(point.theta, 1, step), 1, signal);
  const better = maxNorm(next.gradient) < maxNorm(point.gradient);
  return { point: better ? next : point, condition: conditionNumber(kept, exact.dimension) ?? null };
}

function diverged(outcome: Outcome, { learningRate }: CheckedOptions): LogisticError {
  const rate = learningRate === undefined ? '' : ` with learning rate ${learningRate}`;
  return new LogisticError('diverged', `the fit diverged at step ${outcome.iterations}${rate}: ${outcome.rule}`, {
    hint:
      learningRate === undefined
        ? 'choose solver newton'
        : 'lower the learning rate, or leave it out: the default 1/L cannot diverge',
    details: { iteration: outcome.iterations },
  });
}
