/**
 * A model file of format 1 as one of format 2, in memory. Format 1 had two classes, a `positive` one, and
 * terms of one column each in the order of the features. Only what differs from format 2 is checked here,
 * so that an error names a field of the file as it was written; validate.ts checks the rest.
 */
import { finite, flag, list, oneOf, record, string } from './checks.ts';
import { type Feature, formatVersion, type Label, levelsOf } from './model-file.ts';
import { classes, features } from './validate.ts';

/** What format 1 has otherwise. */
interface Version1 {
  readonly target: { readonly name: string; readonly classes: readonly [Label, Label]; readonly positive: Label };
  readonly features: readonly Feature[];
  readonly decimalComma: boolean;
  readonly terms: readonly {
    readonly name: string;
    readonly column: string;
    /** The level it indicates; absent for a numeric column. */
    readonly level?: string;
    readonly coefficient: number;
    readonly standardized: number;
  }[];
  readonly intercept: number;
  readonly standardizedIntercept: number;
  /** `data`: the precision of the rows; files before 0.2 say nothing and mean float64. */
  readonly certificate: { readonly data?: string };
}

/** The same model in format 2, still to be validated; LogisticError 'bad-model' names a bad field of format 1. */
export function upgrade(value: unknown): unknown {
  checkVersion1(value);
  const { target, features, decimalComma, terms, intercept, standardizedIntercept, certificate, ...rest } =
    value as Version1;
  const { positive, ...named } = target;
  const { data = 'float64', ...kept } = certificate;
  return {
    ...rest,
    formatVersion,
    // Format 1 said once for all columns how numbers are spelled.
    features: features.map((feature) =>
      decimalComma && feature.kind === 'numeric' ? { ...feature, style: { decimal: ',', thousands: '' } } : feature,
    ),
    target: { ...named, reference: target.classes.find((other) => other !== positive) },
    terms: terms.map(({ name, column, level, coefficient, standardized, ...scaling }, i) => ({
      // Format 1 let names repeat: a column `a=b` beside level b of a column `a`.
      name: terms.findIndex((other) => other.name === name) < i ? `${name} (${i + 1})` : name,
      group: column,
      factors: [{ column, basis: level === undefined ? { kind: 'identity' } : { kind: 'level', level } }],
      coefficients: [coefficient],
      standardized: [standardized],
      ...scaling,
    })),
    intercepts: [intercept],
    standardizedIntercepts: [standardizedIntercept],
    certificate: { ...kept, storagePrecision: data },
  };
}

function checkVersion1(value: unknown): void {
  record({
    target: record({ classes }),
    features,
    decimalComma: flag,
    intercept: finite,
    standardizedIntercept: finite,
    certificate: record({ data: oneOf(undefined, 'float64', 'float32') }),
  })(value, '');
  const { target, features: all } = value as Version1;
  // Each term belongs to a feature, in the order that the features give.
  const terms = all.flatMap((feature) =>
    (feature.kind === 'numeric' ? [undefined] : levelsOf(feature).slice(1)).map((level) =>
      record({
        name: string,
        column: oneOf(feature.column),
        level: oneOf(level),
        coefficient: finite,
        standardized: finite,
      }),
    ),
  );
  let next = 0;
  record({
    target: record({ positive: oneOf(...target.classes) }),
    terms: list((term, path) => terms[next++]!(term, path), 'terms, as the features say', terms.length),
  })(value, '');
}
