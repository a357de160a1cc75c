/**
 * Checks every field of a model file and names the first bad one by its path. Unknown fields are passed
 * over: a later minor version may add some. It computes nothing.
 */
import { LogisticError } from '../errors.ts';
import { formatVersion, type ModelFile } from './model-file.ts';

type Check = (value: unknown, path: string) => void;

function bad(path: string, expected: string, value: unknown): never {
  const found = JSON.stringify(value)?.slice(0, 60) ?? 'nothing';
  throw new LogisticError('bad-model', `model file: ${path} should be ${expected}, found ${found}`, {
    details: { path },
  });
}

const test =
  (expected: string, holds: (value: unknown) => boolean): Check =>
  (value, path) => {
    if (!holds(value)) bad(path, expected, value);
  };
const oneOf = (...values: unknown[]): Check => test(`one of ${values.join(', ')}`, (value) => values.includes(value));
const text = test('a text', (value) => typeof value === 'string');
const flag = test('true or false', (value) => typeof value === 'boolean');
const finite = test('a finite number', (value) => Number.isFinite(value));
const positive = test('a number above 0', (value) => Number.isFinite(value) && (value as number) > 0);
const share = test('a number from 0 to 1', (value) =>
  Number.isFinite(value) && (value as number) >= 0 && (value as number) <= 1);
const label = test('a text, a number or a boolean', (value) => ['string', 'number', 'boolean'].includes(typeof value));
const nullable =
  (check: Check): Check =>
  (value, path) => {
    if (value !== null) check(value, path);
  };
const optional =
  (check: Check): Check =>
  (value, path) => {
    if (value !== undefined) check(value, path);
  };
const list =
  (check: Check, length?: number): Check =>
  (value, path) => {
    if (!Array.isArray(value) || (length !== undefined && value.length !== length)) {
      bad(path, length === undefined ? 'a list' : `a list of ${length}`, value);
    }
    value.forEach((item, i) => {
      check(item, `${path}[${i}]`);
    });
  };
const record =
  (fields: Record<string, Check>): Check =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) bad(path, 'an object', value);
    for (const [key, check] of Object.entries(fields)) {
      check((value as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`);
    }
  };

const features: Record<string, Check> = {
  numeric: record({ column: text, impute: nullable(finite) }),
  boolean: record({ column: text, words: list(text, 2), impute: nullable(flag) }),
  categorical: record({ column: text, levels: list(text), impute: nullable(text) }),
};
const feature: Check = (value, path) => {
  const kind = (value as { kind?: unknown } | null)?.kind;
  oneOf(...Object.keys(features))(kind, `${path}.kind`);
  features[kind as string]!(value, path);
};

const model = record({
  madeBy: record({ library: text, version: text, backend: text, detail: text }),
  target: record({ name: text, classes: list(label, 2), positive: label }),
  threshold: share,
  unseen: oneOf('error', 'ignore'),
  missing: oneOf('drop', 'impute', 'error'),
  missingTokens: list(text),
  decimalComma: flag,
  features: list(feature),
  terms: list(
    record({
      name: text,
      column: text,
      level: optional(text),
      coefficient: finite,
      standardized: finite,
      mean: finite,
      scale: positive,
      excluded: optional(oneOf('constant', 'dependent')),
    }),
  ),
  intercept: finite,
  standardizedIntercept: finite,
  certificate: record({
    outcome: text,
    rule: text,
    gradientNorm: finite,
    tolerance: finite,
    condition: nullable(finite),
    noiseFloor: finite,
    data: optional(oneOf('float64', 'float32')),
  }),
  training: record({}),
});

/** The value as a model file, or a LogisticError ('bad-model', 'newer-model') that names the field. */
export function validateModel(value: unknown): ModelFile {
  record({ format: oneOf('tfjs-logistic'), formatVersion: text })(value, '');
  const file = value as ModelFile;
  const major = Number.parseInt(file.formatVersion, 10);
  const known = Number.parseInt(formatVersion, 10);
  if (!(major >= 1)) bad('formatVersion', `a version such as ${formatVersion}`, file.formatVersion);
  if (major > known) {
    throw new LogisticError(
      'newer-model',
      `model file: format version ${file.formatVersion} is newer than ${formatVersion}, the newest this version reads`,
      { hint: 'upgrade tfjs-logistic' },
    );
  }
  model(value, '');
  const { classes, positive: chosen } = file.target;
  if (classes[0] === classes[1]) bad('target.classes', 'two different classes', classes);
  if (!classes.includes(chosen)) bad('target.positive', 'one of the classes', chosen);
  matchTerms(file);
  return file;
}

/** Each term belongs to a feature, in the order that the features give. */
function matchTerms({ features: all, terms }: ModelFile): void {
  const expected = all.flatMap((f) =>
    f.kind === 'numeric'
      ? [[f.column, undefined]]
      : (f.kind === 'boolean' ? [f.words[1]] : f.levels.slice(1)).map((level) => [f.column, level]),
  );
  if (expected.length !== terms.length) bad('terms', `a list of ${expected.length}, as the features say`, terms.length);
  terms.forEach((term, i) => {
    if (term.column !== expected[i]![0]) bad(`terms[${i}].column`, JSON.stringify(expected[i]![0]), term.column);
    if (term.level !== expected[i]![1]) bad(`terms[${i}].level`, JSON.stringify(expected[i]![1]), term.level);
  });
}
