/**
 * Standardised rows → coefficients. First a solve in the backend's own precision, down to what that
 * precision can resolve; then float64 refinement; then a certificate that says how well the equations
 * are solved in float64. Where the rows lie is homes.ts's business.
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
import { chord } from '../solvers/chord.ts';
import { lbfgs } from '../solvers/lbfgs.ts';
import { convergedRule, type IterationState, minimise, type Outcome, type OutcomeName } from '../solvers/solver.ts';
import { createTurns } from '../turns.ts';
import { type FirstGuess, firstGuess, sampleRows } from './first-guess.ts';
import { openHomes } from './homes.ts';
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
  /** Z of every row at theta. */
  readonly scores: Float64Array;
  readonly solver: SolverReport;
  readonly certificate: Certificate;
  readonly backend: { readonly name: string; readonly detail: string };
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
  const backend = await openBackend(options.backend, resources);
  let guessing: Promise<FirstGuess | undefined> | undefined;
  try {
    const sample = await sampleRows(rows, options, createTurns(signal)); // before the rows may be released
    guessing = sample && firstGuess(sample, backend, penalty, options, signal);
    guessing?.catch(() => {}); // told where its guess is wanted
    const homes = await openHomes(rows, backend, { resources, precision: options.precision }, signal);
    try {
      const coarse = createObjective(homes.coarse, penalty, options.intercept);
      const exact = createObjective(homes.exact, penalty, options.intercept);
      const { certificate, ...solution } = await solveBoth(coarse, exact, await guessing, options, hooks);
      const theta = new Float64Array(rows.features + 1);
      theta.set(solution.theta);
      const scores = await homes.exact.scores(theta, signal);
      const { name, detail } = backend;
      return {
        ...solution,
        certificate: { ...certificate, data: homes.data },
        theta,
        scores,
        backend: { name, detail },
      };
    } finally {
      await homes.close();
    }
  } finally {
    await guessing?.catch(() => {}); // it still has rows of its own where no home could be opened
    await backend.close();
  }
}

async function solveBoth(
  coarse: Objective,
  exact: Objective,
  guess: FirstGuess | undefined,
  options: CheckedOptions,
  hooks: FitHooks,
) {
  const { signal, onIteration } = hooks;
  const { tolerance } = options;
  const algorithm = chooseSolver(options.solver, coarse.dimension, options);
  const small = exact.dimension <= newtonLimit;
  const start = guess?.theta ?? new Float64Array(coarse.dimension);
  const first = await minimise(guess?.hessian ? chord(guess.hessian) : algorithm, coarse, start, {
    maxIterations: options.maxIterations ?? defaultIterations[algorithm.name],
    tolerance: Math.max(tolerance, coarse.roundoff * (small ? coarseUnits.withHessian : coarseUnits.without)),
    signal,
    onIteration,
  });
  if (first.name === 'diverged') throw diverged(first, options);

  const judged = await exact.point(first.point.theta, 1, signal);
  const noiseFloor = maxNorm(plus(first.point.gradient, -1, judged.gradient));
  const goesOn = first.name === 'converged' || first.name === 'stalled';
  // The sample's Hessian led here; that of all rows leads on.
  const { hessian } =
    goesOn && small && guess?.hessian ? await coarse.point(first.point.theta, 2, signal) : first.point;
  const refined = goesOn
    ? await minimise(small ? chord(hessian) : lbfgs, exact, judged, {
        maxIterations: small ? maxRefinements : defaultIterations.lbfgs,
        tolerance,
        signal,
        onIteration: (state) => onIteration?.({ ...state, iteration: first.iterations + state.iteration }),
      })
    : undefined;
  const last = refined ?? { ...first, point: judged };
  const finished =
    small && last.name === 'converged'
      ? await polish(exact, last.point, last.point.hessian ?? hessian, signal)
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
