/**
 * Whether a backend computes: it is opened in this process, its sums over T8 are compared with plain float64 loops in
 * each arithmetic of its own, and a fit on it must reach T8's closed form, intercept −ln 3 and coefficient 2·ln 3.
 */
import { createRequire } from 'node:module';
import { version as own } from '../../package.json';
import type { BackendName } from '../backends/names.ts';
import { type Backend, backends, threadedCells } from '../backends/registry.ts';
import { maxNorm } from '../math/vector.ts';
import { LogisticRegression } from '../model/logistic-regression.ts';
import { type Precision, type RowPlace, roundoff, type Sums } from '../rows/contract.ts';
import { referenceRows } from '../rows/reference.ts';
import { sourceOf } from './problem.ts';

export interface BackendHealth {
  readonly name: string;
  readonly available: boolean;
  /** Why it is not available, or what is wrong with it; null where all is well. */
  readonly reason: string | null;
  /** Of the package that computes. */
  readonly version: string | null;
  /** What really runs. */
  readonly device: string | null;
  /** The most exact arithmetic of its own; where that is float32, fits end in float64 on another's. */
  readonly precision: Precision | null;
  /** `error`: the largest error of T8's coefficients; null where there was no fit. */
  readonly probe: { readonly ok: boolean; readonly error: number | null };
}

export type ProbedBackend = Exclude<BackendName, 'auto'>;

/** The smallest data set with a closed form. */
const x = [0, 0, 0, 0, 1, 1, 1, 1];
const y = [0, 0, 0, 1, 0, 1, 1, 1];
const exact = [-Math.log(3), 2 * Math.log(3)] as const;
/** The stop rule's ‖g‖∞ ≤ 1e-10 by the inverse of the Hessian, 3/16 in each direction, by 1/scale = 2. */
const fitErrorAllowed = 1e-10 * (16 / 3) * 2;
/** Roundings of the sum of 8 terms, none of which exceeds 2 in size; 32 is what the tests allow every place. */
const sumErrorAllowed = 32 * 8 * 2;

/** Rejects where the backend does not open. */
export async function probe(name: ProbedBackend, backend: Backend = backends[name]): Promise<BackendHealth> {
  const { open, precisions, packages } = backend;
  const place = await open({ threads: 'auto', cells: threadedCells });
  const health = (reason: string | null, result: BackendHealth['probe']): BackendHealth => ({
    ...{ name, available: true, reason, version: versionOf(packages) },
    device: [place.detail, ...(place.limits === undefined ? [] : [place.limits])].join(', '),
    ...{ precision: precisions.at(-1)!, probe: result },
  });
  try {
    await compareSums(place, precisions);
    const error = await fitError(name);
    const ok = error <= fitErrorAllowed;
    return health(ok ? null : `the coefficients of its fit are off by ${error}`, { ok, error });
  } catch (error) {
    return health((error as Error).message, { ok: false, error: null });
  } finally {
    await place.close();
  }
}

async function compareSums(place: RowPlace, precisions: Backend['precisions']): Promise<void> {
  const source = sourceOf({ columns: [Float64Array.from(x)], y: Float64Array.from(y) }, 2);
  const theta = Float64Array.of(1.5, -0.5);
  const flat = ({ loss, gradient, hessian }: Sums): Float64Array => Float64Array.of(loss, ...gradient!, ...hessian!);
  const truth = flat(await referenceRows(source).evaluate(theta, 2, 'float64'));
  const rows = await place.place(source, precisions.at(-1)!);
  for (const precision of precisions) {
    const found = flat(await rows.evaluate(theta, 2, precision));
    const error = maxNorm(found.map((sum, j) => sum - truth[j]!));
    if (!(error <= sumErrorAllowed * roundoff[precision])) throw new Error(`its ${precision} sums are off by ${error}`);
  }
  await rows.close();
}

async function fitError(backend: ProbedBackend): Promise<number> {
  const model = await new LogisticRegression({ backend }).fit({ x, y }, 'y');
  return maxNorm(Float64Array.of(model.intercept - exact[0], model.coefficients.x! - exact[1]));
}

/** Of the last package, which is the backend's own; of this library where it needs none. */
function versionOf(packages: readonly string[]): string {
  const name = packages.at(-1);
  return name === undefined ? own : createRequire(import.meta.url)(`${name}/package.json`).version;
}
