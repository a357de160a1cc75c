/** The sentences of a summary: what was left out and why, and what its numbers are to be doubted for. */
import { plural } from '../errors.ts';
import type { CoefficientSummary } from '../inference/summary.ts';
import type { CheckedOptions } from './options.ts';
import type { Placed } from './placed.ts';
import { level } from './refits.ts';
import type { SeparationReport } from './separation.ts';

interface Summarised {
  readonly options: Pick<CheckedOptions, 'firth' | 'flic' | 'weightType' | 'intercept'>;
  /** Σs of each class [K]. */
  readonly classWeights: Float64Array;
  /** Number of coefficients that were estimated. */
  readonly order: number;
  readonly coefficients: readonly CoefficientSummary[];
  /** Of the likelihood-ratio test of each coefficient, where it was made. */
  readonly statistics: readonly (number | undefined)[];
  /** Whether intervals are by profile likelihood, and columns tested by refits, or need not be. */
  readonly profiled: boolean;
  readonly refitted: boolean;
  readonly separation: SeparationReport | null;
  readonly clusters: Placed['clusters'];
}

export function notesOf(of: Summarised): string[] {
  const { options, classWeights, profiled, refitted, separation, clusters } = of;
  const { firth, flic } = options;
  const sentences: [boolean, string][] = [
    [firth, "likelihoods, their tests and profile intervals are those of Firth's penalised likelihood"],
    [flic, "the intercept here is Firth's; that of the model is FLIC's, which predictions are made with"],
    [
      clusters !== undefined,
      `rows of each of the ${clusters?.count} clusters in ${clusters?.column} may depend on one another: no likelihood-ratio tests, no profile intervals`,
    ],
    [
      !profiled,
      `intervals are Wald: ${classWeights.length > 2 ? 'those by profile likelihood are there for two classes' : 'profile likelihood would take many refits of these rows'}`,
    ],
    [!refitted, 'columns have Wald tests: likelihood-ratio tests would refit the model without each of them'],
    [separation !== null, 'coefficients without a finite estimate have no standard error'],
  ];
  return [...sentences.flatMap(([holds, sentence]) => (holds ? [sentence] : [])), ...fewEvents(of), ...understated(of)];
}

/** Rows of the rarest class for each slope of a score vector (Peduzzi et al., J. Clinical Epidemiology 49 (1996)). */
const enoughEvents = 10;

/** Firth's method is what is done about few events; weights of a sample do not count rows. */
function fewEvents({ options, classWeights, order }: Summarised): string[] {
  if (options.firth || options.weightType === 'sampling') return [];
  const slopes = order / (classWeights.length - 1) - Number(options.intercept);
  const events = Math.min(...classWeights);
  if (events >= enoughEvents * slopes) return [];
  const each = (events / slopes).toFixed(1);
  const counts = `${plural(events, 'row')} of the rarest class, ${plural(slopes, 'coefficient')}`;
  return [
    `${each} events per variable (${counts}): below ${enoughEvents}, estimates tend to be too far from 0 and intervals are rough`,
  ];
}

/** A Wald statistic this far below the likelihood ratio's says little against it. */
const understatement = 0.75 ** 2;

/** Coefficients whose Wald test misses what the likelihood-ratio test finds: far from 0 a Wald statistic falls as the effect grows. */
function understated({ coefficients, statistics }: Summarised): string[] {
  const found = coefficients.filter(({ z, p, waldP }, j) => {
    const differ = z !== null && p! < 1 - level && waldP! >= 1 - level;
    return differ && z ** 2 < understatement * statistics[j]!;
  });
  if (found.length === 0) return [];
  const names = found.map(({ name }) => name).join(', ');
  return [`Wald tests understate ${names} (Hauck and Donner): the likelihood-ratio tests hold`];
}
