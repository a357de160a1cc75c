/** A direction of recession in the terms of the model: which raw coefficients have no finite estimate, and their signs. */
import type { DecidedDesign } from '../design/design.ts';
import type { Solution } from '../fitting/solution.ts';
import { type Label, scoredClasses } from '../predict/model-file.ts';
import { rawCoefficients } from './raw-coefficients.ts';

export interface SeparationReport {
  /** Complete: every row is told from every other class. */
  readonly kind: 'complete' | 'quasi-complete';
  /** Σ s of the rows whose class is told from some other: their number where rows have no weights. */
  readonly weight: number;
  readonly totalWeight: number;
  /** Whether the signs are the only ones possible: else they are those of one direction of several. */
  readonly unique: boolean;
  readonly coefficients: readonly InfiniteCoefficient[];
}

export interface InfiniteCoefficient {
  /** Of the term, or `(intercept)`. */
  readonly name: string;
  /** Absent of the intercept. */
  readonly column?: string;
  /** More than two classes: whose log-odds it is of. */
  readonly class?: Label;
  /** The likelihood grows for ever as the coefficient goes to +∞ (1) or −∞ (−1), together with the others. */
  readonly sign: 1 | -1;
}

/** What rounding leaves of an entry that is 0, relative to the largest. */
const negligible = 1e-6;

export function describeSeparation(design: DecidedDesign, { recession }: Solution): SeparationReport | null {
  if (recession === undefined) return null;
  const { complete, weight, totalWeight, unique, direction } = recession;
  const { terms, intercepts } = rawCoefficients(design, direction);
  const scored = scoredClasses(design.labels);
  const largest = Math.max(...terms.flatMap(({ standardized }) => standardized.map(Math.abs)));
  const coefficients = scored.flatMap((label, c): InfiniteCoefficient[] => {
    const of = scored.length > 1 ? { class: label } : {};
    const moved = terms.filter(({ standardized }) => Math.abs(standardized[c]!) > negligible * largest);
    // The intercept is a sum over terms, whose rounding it carries.
    const summed = terms.reduce((sum, { coefficients: own, mean }) => sum + Math.abs(own[c]! * mean), largest);
    return [
      ...(Math.abs(intercepts[c]!) > negligible * summed
        ? [{ name: '(intercept)', ...of, sign: signOf(intercepts[c]!) }]
        : []),
      ...moved.map(({ name, group, coefficients: own }) => ({ name, column: group, ...of, sign: signOf(own[c]!) })),
    ];
  });
  return { kind: complete ? 'complete' : 'quasi-complete', weight, totalWeight, unique, coefficients };
}

const signOf = (value: number): 1 | -1 => (value < 0 ? -1 : 1);
