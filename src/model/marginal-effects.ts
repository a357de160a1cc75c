/** The average marginal effect of each column of a fitted model over given rows: which changes there are, and of what. */
import { LogisticError } from '../errors.ts';
import { deltaError } from '../inference/covariance.ts';
import { effectSums, type ScoredRow } from '../inference/effects.ts';
import { type WaldNumbers, waldOf } from '../inference/summary.ts';
import { sum } from '../math/vector.ts';
import { classesByCode, type Label, levelsOf, referencePlace } from '../predict/model-file.ts';
import { type CellValues, type CompiledTerm, type RowDesign, rawRow, scoresOf } from './design-rows.ts';
import type { GivenRows } from './given-rows.ts';
import { level } from './refits.ts';

/** What a change of one column does to a probability, on average over rows. */
export interface MarginalEffect extends WaldNumbers {
  readonly column: string;
  /** Of a column of levels, or of numbers that were all 0 or 1 in training: P with this level less P with the level `against`. */
  readonly level?: string;
  readonly against?: string;
  /** More than two classes: the one whose probability it is; else it is that of the positive class. */
  readonly class?: Label;
  /** Of a number: the mean derivative of P by it. Of a level: the mean difference. */
  readonly estimate: number;
}

export interface MarginalEffects {
  readonly effects: readonly MarginalEffect[];
  /** Of the intervals. */
  readonly level: number;
  /** Σs of the rows averaged over. */
  readonly weight: number;
  /** Why there are no standard errors, where there are none; cells that were accepted for something else. */
  readonly notes: readonly string[];
}

/** A change of the feature at a place: of its number, or from one value of its cells to another. */
interface Change {
  readonly at: number;
  readonly column: string;
  readonly contrast?: {
    readonly from: number;
    readonly to: number;
    readonly names: { level: string; against: string };
  };
}

/** `covariance`: of the estimates, or why there is none. Throws LogisticError 'empty'. */
export function marginalEffects(
  { design, rows, weights, notes }: GivenRows,
  covariance: readonly (readonly number[])[] | string,
): MarginalEffects {
  const { model } = design;
  const total = weights ? sum(weights) : rows.length;
  if (total === 0) {
    throw new LogisticError('empty', 'effects are averages over rows, and there is none of a weight above 0', {
      hint: 'give at least one row',
    });
  }
  const k = model.intercepts.length;
  const classes = classesByCode(model.target);
  const codes = k === 1 ? [1] : model.target.classes.map((label) => classes.indexOf(label));
  const p = design.terms.length + Number(design.intercept);
  const changes = changesOf(design).map((change) => ({ ...change, sums: effectSums(codes, { k, p }) }));
  const scored = (values: CellValues): ScoredRow => {
    const x = rawRow(design, values);
    return { x, z: scoresOf(design, x, values) };
  };
  rows.forEach((values, i) => {
    const s = weights ? weights[i]! : 1;
    const row = scored(values);
    for (const { at, contrast, sums } of changes) {
      if (contrast === undefined) {
        const dx = derivatives(design, values, at);
        sums.addSlope(row, dx, scoreSlopes(design, dx, values, at), s);
      } else {
        const withValue = (value: number) => (values[at] === value ? row : scored(values.with(at, value)));
        sums.addProbability(withValue(contrast.to), s);
        sums.addProbability(withValue(contrast.from), -s);
      }
    }
  });
  const known = typeof covariance !== 'string';
  const effects = changes.flatMap(({ column, contrast, sums }) =>
    codes.map((code, c): MarginalEffect => {
      const estimate = sums.effects[c]! / total;
      const error = known ? deltaError(sums.gradients[c]!, covariance) / total : 0;
      return {
        column,
        ...contrast?.names,
        ...(k > 1 && { class: classes[code]! }),
        estimate,
        ...waldOf(estimate, error > 0 ? error : null, level),
      };
    }),
  );
  return { effects, level, weight: total, notes: [...notes, ...(known ? [] : [`no standard errors: ${covariance}`])] };
}

/** What can be changed in the columns that some estimated term has: numbers, and levels against the reference. */
function changesOf({ model, terms }: RowDesign): Change[] {
  return model.features.flatMap((feature, at): Change[] => {
    if (!terms.some(({ compiled }) => compiled.some((factor) => factor.at === at))) return [];
    const { column } = feature;
    const levels = feature.kind === 'numeric' && feature.binary ? ['0', '1'] : levelsOf(feature);
    if (levels.length === 0) return [{ at, column }];
    const from = referencePlace(feature);
    const against = levels[from]!;
    return levels.flatMap((level, to) =>
      to === from ? [] : [{ at, column, contrast: { from, to, names: { level, against } } }],
    );
  });
}

/** ∂x/∂u [p] of a row by the number u of one feature: of a product the sum over the factors that hold it. */
function derivatives({ terms, intercept }: RowDesign, values: CellValues, by: number): Float64Array {
  const slopes = terms.map((term) => derivative(term, values, by));
  return Float64Array.from(intercept ? [0, ...slopes] : slopes);
}

function derivative({ compiled }: CompiledTerm, values: CellValues, by: number): number {
  return compiled.reduce((sum, own, j) => {
    if (own.at !== by) return sum;
    const others = compiled.reduce(
      (product, { at, value }, l) => (l === j ? product : product * value(values[at]!)),
      1,
    );
    return sum + own.slope(values[by]!) * others;
  }, 0);
}

/** ∂z/∂u [k] */
function scoreSlopes(
  { model, terms, offsets, intercept }: RowDesign,
  dx: Float64Array,
  values: CellValues,
  by: number,
): number[] {
  const beside = offsets.reduce((sum, term) => sum + derivative(term, values, by), 0);
  return model.intercepts.map((_, c) =>
    terms.reduce((sum, { coefficients }, j) => sum + coefficients[c]! * dx[Number(intercept) + j]!, beside),
  );
}
