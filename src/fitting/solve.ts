/**
 * From placed rows to the coefficients that minimise the objective, in four stages: a warm start, a coarse solve in
 * the cheapest arithmetic of the rows, a solve by float64 gradients, and a certificate of how well the equations are
 * solved. It asks rows for sums alone and does not know where they are; it closes nothing.
 */
import { LogisticError } from '../errors.ts';
import { conditionNumber } from '../math/condition.ts';
import { maxNorm, plus } from '../math/vector.ts';
import { createObjective, type Objective, type Point, type Problem } from '../objective/objective.ts';
import type { RowSums } from '../rows/contract.ts';
import { chooseSolver, hessianServes } from '../solvers/choose.ts';
import { chord, type RoughHessian } from '../solvers/chord.ts';
import { lbfgs } from '../solvers/lbfgs.ts';
import { newtonDirection } from '../solvers/newton.ts';
import { type Algorithm, convergedRule, minimise, type Outcome, type OutcomeName } from '../solvers/solver.ts';
import { type FirthRows, solveFirth } from './firth.ts';
import type { FitHooks, FittingOptions } from './options.ts';
import { findRecession, type Separation } from './separation.ts';
import type { Solution, WarmStartReport } from './solution.ts';
import { type Guess, warmStart } from './warm-start.ts';

export interface FitProblem extends Problem {
  /** The rows, which may still be on their way while the sample is solved. */
  readonly rows: RowSums | Promise<RowSums>;
  /** Some of them, of which a first guess may be made. */
  readonly sample?: RowSums | undefined;
  /** Firth's penalised likelihood instead of the likelihood. */
  readonly firth?: FirthRows | undefined;
  /** A first guess that is there already: the optimum of a problem that differs little. */
  readonly guess?: Guess | undefined;
}

/** The coarse solve stops at this many units of roundoff: one float64 step by a Hessian squares what is left. */
const coarseUnits = { withHessian: 16, without: 2 };
const defaultIterations = { newton: 100, chord: 50, lbfgs: 1000, gd: 10_000 };

/** Minimises the objective. Rejects with LogisticError 'diverged', with the signal's reason, or with the rows' errors. */
export async function solve(problem: FitProblem, options: FittingOptions, hooks: FitHooks = {}): Promise<Solution> {
  const { signal } = hooks;
  if (problem.fixed !== undefined && problem.fixed.size > 0 && options.solver === 'gd') {
    throw new LogisticError('bad-option', 'gradient descent takes no offset: its steps are bounded at score 0', {
      hint: 'leave out the solver',
      details: { option: 'solver' },
    });
  }
  if (problem.firth) return solveFirth(await problem.rows, problem, problem.firth, options, hooks);
  // 1 Warm start: the optimum of a sample, which must be better on all rows than the null model.
  const guess = problem.guess ?? (problem.sample && (await warmStart(problem.sample, problem, options, signal)));
  const rows = countEvaluations(await problem.rows);
  const coarse = createObjective(rows, rows.precisions[0]!, problem);
  const exact = createObjective(rows, 'float64', problem);
  const start = guess && (await exact.point(exact.restrict(guess.theta), 1, signal));
  const useful = start !== undefined && start.value <= (exact.nullValue ?? Number.POSITIVE_INFINITY);

  // 2 and 3, from the guess or, where there is none or it leads nowhere, from 0.
  let stages = useful ? await descend({ coarse, exact }, { guess: guess!, start }, options, hooks) : undefined;
  const led = stages?.last.name === 'converged' || stages?.last.name === 'separated';
  if (!led) stages = await descend({ coarse, exact }, undefined, options, hooks);
  const { first, last, point, noiseFloor, refinements } = stages!;
  if (last.name === 'diverged') throw diverged(last, options);

  // 4 Certificate: what float64 says of the final theta, and whether a finite optimum is there at all.
  const certified = await certify(exact, { ...last, point }, signal);
  const condition = conditionAt(certified, exact);
  const ended = { name: last.name, point: certified, condition };
  const separation = await separationAt(exact, ended, { rows, problem, options, signal });
  const final = separation?.point ?? certified;
  const gradientNorm = maxNorm(final.gradient);
  const { outcome, rule } = conclude(last, separation, { gradientNorm, tolerance: options.tolerance });
  return {
    theta: exact.expand(final.theta),
    hessian: final.hessian,
    recession: separation?.recession,
    meanLogLoss: final.value - exact.penalty(final.theta),
    solver: {
      name: first.algorithm,
      outcome,
      rule,
      warmStart: guess ? describeWarmStart(guess, useful, led) : null,
      iterations: first.iterations,
      evaluations: rows.evaluations(),
      refinements,
      gradientNorm,
    },
    certificate: {
      outcome,
      rule,
      gradientNorm,
      tolerance: options.tolerance,
      condition: (final === certified ? condition : conditionAt(final, exact)) ?? null,
      noiseFloor,
      storagePrecision: rows.storagePrecision,
    },
  };
}

const conditionAt = ({ hessian }: Point, { dimension }: Objective): number | undefined =>
  hessian && conditionNumber(hessian, dimension);

/** The same rows, counting the passes over them. */
function countEvaluations(rows: RowSums): RowSums & { evaluations(): number } {
  let count = 0;
  return {
    ...rows,
    evaluate(...asked) {
      count++;
      return rows.evaluate(...asked);
    },
    evaluations: () => count,
  };
}

interface Descent {
  /** The solve that began it. */
  readonly first: Outcome & { readonly algorithm: Algorithm['name'] };
  /** The solve that ended it. */
  readonly last: Outcome;
  /** Where it ended, in float64, with the direction or the Hessian at hand where there is one. */
  readonly point: Point;
  readonly noiseFloor: number;
  /** Iterations of stage 3. */
  readonly refinements: number;
}

/** Stages 2 and 3, from a guess or from 0. */
async function descend(
  { coarse, exact }: { readonly coarse: Objective; readonly exact: Objective },
  from: { readonly guess: Guess; readonly start: Point } | undefined,
  options: FittingOptions,
  hooks: FitHooks,
): Promise<Descent> {
  const { tolerance } = options;
  const small = hessianServes(exact);
  const rough: RoughHessian = async (theta, signal) => (await coarse.point(theta, 2, signal)).hessian!;
  const limit = (name: Algorithm['name']): number => options.maxIterations ?? defaultIterations[name];
  const chosen = chooseSolver(options.solver, exact, options);
  if (from?.guess.hessian) {
    // The sample was the coarse solve: from its optimum on, gradients are worth their float64 digits.
    const maxIterations = limit(chosen.name);
    const algorithm = chord(from.guess.hessian, rough);
    const last = await minimise(algorithm, exact, from.start, { ...hooks, maxIterations, tolerance });
    const first = { ...last, algorithm: algorithm.name };
    const point = { hessian: from.guess.hessian, ...last.point };
    return { first, last, point, noiseFloor: from.guess.noiseFloor, refinements: 0 };
  }

  // 2 Coarse: down to what the arithmetic resolves.
  const resolved = coarse.roundoff * (small ? coarseUnits.withHessian : coarseUnits.without);
  const coarseSolve = await minimise(chosen, coarse, from?.start.theta ?? new Float64Array(exact.dimension), {
    ...hooks,
    maxIterations: limit(chosen.name),
    tolerance: Math.max(tolerance, resolved),
  });
  const first = { ...coarseSolve, algorithm: chosen.name };
  const ended = { first, last: coarseSolve, point: first.point, noiseFloor: 0, refinements: 0 };
  if (first.name === 'diverged') return ended;
  const inFloat64 = await exact.point(first.point.theta, 1, hooks.signal);
  const noiseFloor = maxNorm(plus(first.point.gradient, -1, inFloat64.gradient));
  if (first.name !== 'converged' && first.name !== 'stalled') return { ...ended, point: inFloat64, noiseFloor };

  // 3 Float64: gradients in float64, Hessians still coarse.
  const algorithm = small ? chord(first.point.hessian, rough) : lbfgs;
  const last = await minimise(algorithm, exact, inFloat64, {
    maxIterations: limit(algorithm.name),
    tolerance,
    signal: hooks.signal,
    onIteration: (state) => hooks.onIteration?.({ ...state, iteration: first.iterations + state.iteration }),
  });
  // Where no step was taken there is still the Hessian of the coarse solve.
  const hessian = last.point.hessian ?? first.point.hessian;
  const point = { ...last.point, ...(hessian && { hessian }) };
  return { first, last, point, noiseFloor, refinements: last.iterations };
}

/**
 * The final point with its float64 gradient and, where Hessians are worth what they cost, its float64 Hessian. A converged fit takes one more step in the direction at hand, kept if it lowers the gradient.
 */
async function certify(
  exact: Objective,
  { name, point }: Pick<Outcome, 'name' | 'point'>,
  signal: AbortSignal | undefined,
): Promise<Point> {
  if (!hessianServes(exact)) return point;
  const known = point.direction ?? (point.hessian && newtonDirection(point.hessian, point.gradient));
  const own = name !== 'converged' || known === undefined ? await exact.point(point.theta, 2, signal) : undefined;
  if (name !== 'converged') return own!;
  const direction = known ?? newtonDirection(own!.hessian!, point.gradient);
  const next = await exact.point(plus(point.theta, 1, direction), 2, signal);
  if (maxNorm(next.gradient) < maxNorm(point.gradient)) return next;
  return own ?? exact.point(point.theta, 2, signal);
}

/** A direction of recession, looked for where no penalty keeps the optimum finite and there is a Hessian to step by. */
async function separationAt(
  exact: Objective,
  { name, point, condition }: Pick<Outcome, 'name' | 'point'> & { readonly condition: number | undefined },
  { rows, problem, options, signal }: SeparationContext,
): Promise<Separation | undefined> {
  const near = name === 'converged' || name === 'stalled';
  if (problem.penalty.l2 > 0 || point.hessian === undefined || !near) return undefined;
  const { tolerance } = options;
  return findRecession(exact, { rows, partitions: problem.partitions, point, condition, tolerance, signal });
}

interface SeparationContext {
  readonly rows: RowSums;
  readonly problem: FitProblem;
  readonly options: FittingOptions;
  readonly signal: AbortSignal | undefined;
}

/** The outcome of the whole fit, with the rule that it rests on. */
function conclude(
  { name, rule }: Outcome,
  separation: Separation | undefined,
  { gradientNorm, tolerance }: { readonly gradientNorm: number; readonly tolerance: number },
): { readonly outcome: OutcomeName; readonly rule: string } {
  if (separation) {
    const { complete, weight, totalWeight } = separation.recession;
    return {
      outcome: complete ? 'separated' : 'quasi-separated',
      rule: `Newton's step takes ${weight} of ${totalWeight} rows ever further from another class and no row towards one`,
    };
  }
  // The last step may have lowered the gradient further: the rule quotes what is stored.
  return { outcome: name, rule: name === 'converged' ? convergedRule(gradientNorm, tolerance) : rule };
}

function describeWarmStart({ of, rows }: Guess, useful: boolean, led: boolean): WarmStartReport {
  if (!useful) return { of, rows, used: false, reason: 'worse than the null model on all rows' };
  return led ? { of, rows, used: true } : { of, rows, used: false, reason: 'no convergence from it' };
}

function diverged(outcome: Outcome, { learningRate }: FittingOptions): LogisticError {
  const rate = learningRate === undefined ? '' : ` with learning rate ${learningRate}`;
  return new LogisticError('diverged', `the fit diverged at step ${outcome.iterations}${rate}: ${outcome.rule}`, {
    hint:
      learningRate === undefined
        ? 'choose solver newton'
        : 'lower the learning rate, or leave it out: the default 1/L cannot diverge',
    details: { iteration: outcome.iterations },
  });
}
