/**
 * Checks every field of a model file of format 2 and names the first bad one by its path. Unknown fields
 * are ignored: a later minor version may add some. It computes nothing and knows no earlier format.
 */
import { bad, type Check, finite, flag, list, nullable, oneOf, optional, record, string, test } from './checks.ts';
import { type Factor, type Feature, levelsOf, type ModelFile } from './model-file.ts';
import { isProbability } from './score-options.ts';

const positive = test('a number above 0', (value) => Number.isFinite(value) && (value as number) > 0);
const probability = test('a number from 0 to 1', isProbability);
const strings = list(string, 'strings');

export const classes = test('two or more labels of one type, sorted and distinct', (value) =>
  Array.isArray(value) &&
  value.length > 1 &&
  ['string', 'number', 'boolean'].includes(typeof value[0]) &&
  value.every((c, i) => i === 0 || (typeof c === typeof value[0] && c > value[i - 1])));

export const numberStyle = optional(record({ decimal: oneOf('.', ','), thousands: oneOf('', ',', '.') }));
const kinds: Record<string, Check> = {
  numeric: record({ impute: nullable(finite), style: numberStyle }),
  boolean: record({ words: list(string, '2 strings', 2), impute: nullable(flag) }),
  categorical: record({ levels: strings, impute: nullable(string) }),
};
const numbers = list(finite, 'numbers');
const polynomial = record({ origin: finite, unit: positive, coefficients: numbers });
const feature: Check = (value, path) => {
  record({ kind: oneOf(...Object.keys(kinds)), column: string })(value, path);
  const known = value as Feature;
  kinds[known.kind]!(value, path);
  const levels = levelsOf(known);
  if (known.kind === 'boolean')
    distinct(
      levels.map((word) => word.toLowerCase()),
      `${path}.words`,
    );
  else distinct(levels, `${path}.levels`);
  // Without a level there was no cell in training; what is imputed then is not one of them.
  if (known.kind === 'categorical' && levels.length > 0)
    record({ impute: oneOf(null, ...levels), reference: oneOf(undefined, ...levels) })(value, path);
};
export const features = list(feature, 'features');

/** The value as a model file of format 2, or LogisticError 'bad-model' that names the field. */
export function validateModel(value: unknown): ModelFile {
  record({ target: record({ name: string, classes }), features })(value, '');
  const file = value as ModelFile;
  distinct(
    file.features.map(({ column }) => column),
    'features',
    '.column',
  );
  otherFields(file)(value, '');
  distinct(
    file.terms.map(({ name }) => name),
    'terms',
    '.name',
  );
  return file;
}

/** What is checked once the classes and the features are known. */
function otherFields({ target, features }: ModelFile): Check {
  const k = target.classes.length - 1;
  const perClass = list(finite, `${k} numbers`, k);
  const columns = new Map(features.map((feature) => [feature.column, feature]));
  const column = oneOf(...columns.keys());
  const factor: Check = (value, path) => {
    record({ column })(value, path);
    const { column: name, basis } = value as Factor;
    const feature = columns.get(name)!;
    const { kind, knots } = Object(basis);
    const fields =
      feature.kind === 'numeric'
        ? { kind: oneOf('identity', 'log', 'log1p', 'sqrt', 'piecewise') }
        : { kind: oneOf('level'), level: oneOf(...levelsOf(feature)) };
    const pieces = list(polynomial, 'pieces, one more than knots', Object(knots).length + 1);
    record({ basis: record(kind === 'piecewise' ? { ...fields, knots: numbers, pieces } : fields) })(value, path);
  };
  const factors: Check = (value, path) => {
    list(factor, 'factors')(value, path);
    positive((value as unknown[]).length, `${path}.length`);
  };
  return record({
    madeBy: record({ library: string, version: string, backend: string, detail: string }),
    target: record({ reference: oneOf(...target.classes) }),
    threshold: k === 1 ? probability : oneOf(null),
    unseen: oneOf('error', 'ignore'),
    missing: oneOf('drop', 'impute', 'error'),
    missingTokens: strings,
    terms: list(
      record({
        name: string,
        group: string,
        factors,
        coefficients: perClass,
        standardized: perClass,
        mean: finite,
        scale: positive,
        excluded: oneOf(undefined, 'constant', 'dependent'),
        offset: optional(flag),
      }),
      'terms',
    ),
    intercepts: perClass,
    standardizedIntercepts: perClass,
    certificate: record({
      outcome: string,
      rule: string,
      gradientNorm: finite,
      tolerance: finite,
      condition: nullable(finite),
      noiseFloor: finite,
      storagePrecision: oneOf('float64', 'float32'),
    }),
    training: record({}),
  });
}

/** No name occurs twice. `field` is where the names stand in the items of the list at `path`. */
function distinct(names: readonly string[], path: string, field = ''): void {
  const seen = new Set<string>();
  names.forEach((name, i) => {
    if (seen.has(name)) bad(`${path}[${i}]${field}`, 'distinct', name);
    seen.add(name);
  });
}
