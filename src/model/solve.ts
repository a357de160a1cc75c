/**
 * Standardised rows → coefficients. A sample finds a first guess while all rows are placed; refine.ts goes on from
 * there. Where rows lie is homes.ts's business. What is opened here is closed with the solution.
 */
import type { Rows } from '../backends/backend.ts';
import { openBackend } from '../backends/registry.ts';
import { createObjective } from '../objective/objective.ts';
import type { Certificate } from '../predict/model-file.ts';
import { createTurns } from '../turns.ts';
import { type FirstGuess, firstGuess, sampleRows } from './first-guess.ts';
import { type Homes, openHomes } from './homes.ts';
import type { CheckedOptions } from './options.ts';
import { type FitHooks, refine, type SolverReport } from './refine.ts';

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
    const { certificate, solver, ...solved } = await refine(objectives, await guessing, options, hooks);
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
