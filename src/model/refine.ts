/**
 * From an objective to its minimum in float64. First a coarse solve, of a sample where there are many rows, else of
 * all of them down to what the backend's arithmetic resolves; then steps by float64 gradients; then a certificate
 * that says how well the equations are solved. It does not know where rows lie.
 */
import { LogisticError } from '../errors.ts';
import { solveDamped } from '../math/cholesky.ts';
import { conditionNumber } from '../math/condition.ts';
import { maxNorm, plus } from '../math/vector.ts';
import type { Objective, Point } from '../objective/objective.ts';
import { chooseSolver, newtonLimit } from '../solvers/choose.ts';
import { chord, type RoughHessian } from '../solvers/chord.ts';
import { lbfgs } from '../solvers/lbfgs.ts';
import { convergedRule, minimise, type Outcome, type OutcomeName, type SolverOptions } from '../solvers/solver.ts';
import type { FirstGuess } from './first-guess.ts';
import type { CheckedOptions } from './options.ts';

/** What a caller of a fit may hear and stop. */
export type FitHooks = Pick<SolverOptions, 'signal' | 'onIteration'>;

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

/**
 * The coarse solve stops at this many units of roundoff: with a Hessian at hand one float64 step squares
 * what is left, without one the coarse arithmetic goes as far as it can.
 */
const coarseUnits = { withHessian: 16, without: 2 };
const maxRefinements = 50;
const defaultIterations = { newton: 100, lbfgs: 1000, gd: 10_000 };

/** One objective, over two homes of the same rows. */
export interface Objectives {
  /** In the arithmetic of the backend. */
  readonly coarse: Objective;
  /** In float64. */
  readonly exact: Objective;
}

/** Coarse solve, refinement and certificate, from a first guess or from 0. Rejects with LogisticError 'diverged'. */
export async function refine(
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

  const goesOn = !guess?.hessian && (first.name === 'converged' || first.name === 'stalled');
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
