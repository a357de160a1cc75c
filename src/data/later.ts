/**
 * A value that is at hand, or a promise of it where a tensor has to be read first. What is at hand is worked on before
 * control returns to the caller.
 */

export type Later<T> = T | Promise<T>;

/**
 * f of the value, at once where it is at hand. A failure is thrown, or found by whoever awaits the result; where
 * another error comes first nobody does, and it is not reported as unhandled.
 */
export function whenRead<T, R>(value: Later<T>, f: (value: T) => R): Later<R> {
  if (!(value instanceof Promise)) return f(value);
  return quiet(value.then(f));
}

/** All of the values, at once where all are at hand. */
export function allRead<T>(values: readonly Later<T>[]): Later<readonly T[]> {
  return values.some((value) => value instanceof Promise) ? quiet(Promise.all(values)) : (values as readonly T[]);
}

function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
