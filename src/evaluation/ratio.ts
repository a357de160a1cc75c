/**
 * Quotients that may be undefined: the value, or null with the reason on record. It knows no measure.
 */

/** Reasons by the path of the measure. */
export type Reasons = Record<string, string>;

export interface Quotient {
  readonly above: number;
  readonly below: number;
  /** Why it is undefined where `below` is 0. */
  readonly reason: string;
}

/** above / below, or null, and the reason in `reasons`. */
export function ratio(reasons: Reasons, path: string, { above, below, reason }: Quotient): number | null {
  if (below > 0) return above / below;
  reasons[path] = reason;
  return null;
}
