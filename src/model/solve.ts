/**
 * Standardised rows → coefficients. First a solve in the backend's own precision, down to what that
 * precision can resolve; then float64 refinement on the host's columns; then a certificate that says
 * how well the equations are solved in float64. Backends that are opened here are closed here.
 */
import type { Rows } from '../backends/backend.ts';
import { openBackend, openFloat64 } from '../backends/registry.ts';
import { LogisticError } from '../errors.ts';
import { solveDamped } from '../math/cholesky.ts';
import { conditionNumber } from '../math/condition.ts';
import { maxNorm, plus } from '../math/vector.ts';
import { createObjective, type Objective, type Point } from '../objective/objective.ts';
import type { Certificate } from '../predict/model-file.ts';
import { inMemoryRows } from '../rows/in-memory.ts';
import { oracleRows } from '../rows/oracle.ts';
import { chooseSolver, newtonLimit } from '../solvers/choose.ts';
import { chord } from '../solvers/chord.ts';
import { lbfgs } from '../solvers/lbfgs.ts';
import { convergedRule, type IterationState, minimise, type Outcome, type OutcomeName } from '../solvers/solver.ts';
import type { CheckedOptions } from './options.ts';

export interface FitHooks {
  readonly signal?: AbortSignal | undefined;
  readonly onIteration?: ((state: IterationState) => void) | undefined;
}

export interface SolverReport {
  readonly name: string;
  readonly outcome: OutcomeName;
  readonly rule: string;
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
}

/** A backend's gradient may be off by this many times the difference seen at the start. */
const noiseMargin = 4;
const maxRefinements = 50;
const defaultIterations = { newton: 100, lbfgs: 1000, gd: 10_000 };

export async function solve(
  rows: Rows,
  scales: Float64Array,
  options: CheckedOptions,
  hooks: FitHooks,
): Promise<Solution> {
  const backend = await openBackend(options.backend);
  const float64 = await openFloat64();
  const exactRows = float64 && rows.columns.length > 0 ? inMemoryRows(float64, rows) : oracleRows(rows);
  const coarseRows = rows.columns.length > 0 ? inMemoryRows(backend, rows) : exactRows;
  try {
    const factors = options.standardize ? undefined : scales.map((scale) => 1 / scale ** 2);
    const penalty = { l2: options.l2, factors };
    const coarse = createObjective(coarseRows, penalty, options.intercept);
    const exact = createObjective(exactRows, penalty, options.intercept);
    const solution = await solveBoth(coarse, exact, options, hooks);
    const theta = new Float64Array(rows.columns.length + 1);
    theta.set(solution.theta);
    return { ...solution, theta, backend: { name: backend.name, detail: backend.detail } };
  } finally {
    coarseRows.dispose();
    exactRows.dispose();
  }
}

async function solveBoth(coarse: Objective, exact: Objective, options: CheckedOptions, hooks: FitHooks) {
  const { signal, onIteration } = hooks;
  const algorithm = chooseSolver(options.solver, coarse.dimension, options);
  const start = await coarse.point(new Float64Array(coarse.dimension), algorithm.order, signal);
  const truth = await exact.point(start.theta, 1, signal);
  const noiseFloor = maxNorm(plus(start.gradient, -1, truth.gradient));

  const first = await minimise(algorithm, coarse, start, {
    maxIterations: options.maxIterations ?? defaultIterations[algorithm.name],
    tolerance: Math.max(options.tolerance, noiseMargin * noiseFloor, coarse.roundoff),
    signal,
    onIteration,
  });
  if (first.name === 'diverged') throw diverged(first, options);

  const refined =
    first.name === 'converged' || first.name === 'stalled' ? await refine(exact, first, options, hooks) : undefined;
  const last = refined ?? { ...first, point: await exact.point(first.point.theta, 1, signal) };
  const finished =
    last.name === 'converged' ? await polish(exact, last.point, signal) : { point: last.point, condition: null };
  const gradientNorm = maxNorm(finished.point.gradient);
  const { tolerance } = options;
  // The last step may have lowered the gradient further: the rule quotes what is stored.
  const rule = last.name === 'converged' ? convergedRule(gradientNorm, tolerance) : last.rule;
  return {
    theta: finished.point.theta,
    solver: {
      name: algorithm.name,
      outcome: last.name,
      rule,
      iterations: first.iterations,
      evaluations: first.evaluations + 1,
      refinements: refined?.iterations ?? 0,
      gradientNorm,
    },
    certificate: {
      outcome: last.name,
      rule,
      gradientNorm,
      tolerance,
      condition: finished.condition,
      noiseFloor,
    },
  };
}

/** Float64 iterations from where the coarse solve ended: w ← w − H₃₂⁻¹·g₆₄, or L-BFGS where H is too large. */
async function refine(
  exact: Objective,
  first: Outcome,
  options: CheckedOptions,
  { signal, onIteration }: FitHooks,
): Promise<Outcome> {
  const point = await exact.point(first.point.theta, 1, signal);
  const small = exact.dimension <= newtonLimit;
  return minimise(small ? chord(first.point.hessian) : lbfgs, exact, point, {
    maxIterations: small ? maxRefinements : defaultIterations.lbfgs,
    tolerance: options.tolerance,
    signal,
    onIteration: (state) => onIteration?.({ ...state, iteration: first.iterations + state.iteration }),
  });
}

/** One last full Newton step in float64, kept if it lowers the gradient, and the condition of its Hessian. */
async function polish(exact: Objective, point: Point, signal: AbortSignal | undefined) {
  if (exact.dimension > newtonLimit) return { point, condition: null };
  const { hessian, gradient } = await exact.point(point.theta, 2, signal);
  const step = solveDamped(
    hessian!,
    gradient.map((g) => -g),
  );
  const next = await exact.point(plus(point.theta, 1, step), 1, signal);
  const better = maxNorm(next.gradient) < maxNorm(gradient);
  return { point: better ? next : point, condition: conditionNumber(hessian!, exact.dimension) ?? null };
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
