/** What a solve gives: coefficients with the report and the certificate that belong to them. */
import type { Precision } from '../rows/contract.ts';
import type { Algorithm, OutcomeName } from '../solvers/solver.ts';
import type { Recession } from './separation.ts';

export interface Solution {
  /** All coefficients on the standardised features, [k, n + 1]; 0 where they were not free. */
  readonly theta: Float64Array;
  /** Hessian of the mean objective there over the free coefficients, in float64; absent where it costs too much (solvers/choose.ts). */
  readonly hessian: Float64Array | undefined;
  /** Why no finite theta minimises the loss, where that was proved. */
  readonly recession?: Recession | undefined;
  /** Σ s·ℓ / Σ s, without the penalty. */
  readonly meanLogLoss: number;
  readonly solver: SolverReport;
  readonly certificate: Certificate;
}

export interface SolverReport {
  /** The method that ran: `newton` from the optimum of a sample is `chord`. */
  readonly name: Algorithm['name'];
  readonly outcome: OutcomeName;
  readonly rule: string;
  /** The optimum at which the solve could begin; null where there was none. */
  readonly warmStart: WarmStartReport | null;
  /** Iterations of the solve named above: of the coarse stage, or of the float64 stage after a warm start. */
  readonly iterations: number;
  /** Passes over all rows, in all stages. */
  readonly evaluations: number;
  /** Iterations of the float64 stage where a coarse one came before it. */
  readonly refinements: number;
  readonly gradientNorm: number;
}

export interface WarmStartReport {
  /** What it is the optimum of: a sample of the rows, or another fit of them all. */
  readonly of: 'sample' | 'fit';
  /** Rows that were fitted there. */
  readonly rows: number;
  /** Whether the result was reached from its optimum; else it was reached from 0. */
  readonly used: boolean;
  readonly reason?: string;
}

/** How well the equations are solved. */
export interface Certificate {
  readonly outcome: OutcomeName;
  readonly rule: string;
  /** ‖∇f‖∞ of the standardised mean objective in float64 at the stored coefficients. */
  readonly gradientNorm: number;
  readonly tolerance: number;
  /** λ_max / λ_min of the float64 Hessian there; null when it is singular or was not computed. */
  readonly condition: number | null;
  /** ‖∇f (coarse) − ∇f (float64)‖∞ where the coarse solve ended: what its precision can resolve. */
  readonly noiseFloor: number;
  /** Precision of the stored rows that the certificate is about. */
  readonly storagePrecision: Precision;
}
