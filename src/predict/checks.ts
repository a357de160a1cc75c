/**
 * Small checks of values that came from JSON, and ways to combine them. A check that fails throws
 * LogisticError 'bad-model' with the path of the value. It knows no field of a model file.
 */
import { brief, shown, unexpected } from '../errors.ts';

export type Check = (value: unknown, path: string) => void;

export function bad(path: string, expected: string, value: unknown): never {
  throw unexpected('bad-model', `model file${path && ': '}${path}`, expected, value, { details: { path } });
}

export const test =
  (expected: string, holds: (value: unknown) => boolean): Check =>
  (value, path) => {
    if (!holds(value)) bad(path, expected, value);
  };

/** One of the values; undefined among them stands for a field that is absent. */
export const oneOf =
  (...values: unknown[]): Check =>
  (value, path) => {
    if (!values.includes(value)) bad(path, brief(values.map(shown).join(' or ')), value);
  };

export const string = test('a string', (value) => typeof value === 'string');
export const flag = oneOf(true, false);
export const finite = test('a finite number', Number.isFinite);

/** Null, or what the check asks for. */
export const nullable =
  (check: Check): Check =>
  (value, path) => {
    if (value !== null) check(value, path);
  };

/** Also where the field is not there. */
export const optional =
  (check: Check): Check =>
  (value, path) => {
    if (value !== undefined) check(value, path);
  };

/** A list of items that all pass the check, of a given length where there is one. `items` names them in the message. */
export const list =
  (check: Check, items: string, length?: number): Check =>
  (value, path) => {
    if (!Array.isArray(value) || value.length !== (length ?? value.length)) {
      bad(path, `a list of ${items}`, value);
    }
    // By index: forEach skips the holes of a sparse array.
    for (let i = 0; i < value.length; i++) check(value[i], `${path}[${i}]`);
  };

/** An object whose fields pass their checks, in this order; further fields are ignored. */
export const record =
  (fields: Record<string, Check>): Check =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) bad(path, 'an object', value);
    for (const [key, check] of Object.entries(fields)) {
      check((value as Record<string, unknown>)[key], path ? `${path}.${key}` : key);
    }
  };

/** An object whose fields, whatever their names, all pass the check. */
export const recordOf =
  (check: Check): Check =>
  (value, path) => {
    record({})(value, path);
    record(Object.fromEntries(Object.keys(value as object).map((key) => [key, check])))(value, path);
  };
