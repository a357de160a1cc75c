/** Keys of what is kept for who asks the same again: canonical JSON of what it was asked with. */

/** Equal texts for equal data, whose objects have their fields in one order. Throws TypeError for functions, which are no data. */
export function keyOf(data: unknown): string {
  return JSON.stringify(data, (_, value: unknown) => {
    if (typeof value === 'function') throw new TypeError('a function has no key');
    if (value instanceof Map) return ['map', ...value];
    if (value instanceof Set) return ['set', ...value];
    if (typeof value === 'number' && (Object.is(value, -0) || !Number.isFinite(value)))
      return ['number', value === 0 ? '-0' : `${value}`];
    return value === undefined ? ['undefined'] : value;
  });
}
