/** Numbers as a reader of a report wants them: as many digits as tell two apart, aligned where they stand in a column. */

/**
 * How the ratios of one line are written: with as many decimals as give the width of their interval two digits, and each
 * two of its own, at least two below 10 and one below 100.
 */
export function ratios(values: readonly (number | null)[]): (value: number) => string {
  const finite = values.flatMap((value) => (value !== null && Number.isFinite(value) ? [value] : []));
  const width = Math.max(...finite) - Math.min(...finite);
  const least = Math.max(...finite) < 10 ? 2 : Math.max(...finite) < 100 ? 1 : 0;
  const decimals = width > 0 ? Math.min(7, Math.max(least, 1 - Math.floor(Math.log10(width)))) : least;
  return (value) => {
    if (value === Number.POSITIVE_INFINITY) return '∞';
    if (value === 0) return '0';
    if (value >= 1e5 || value < 1e-5) return value.toExponential(1);
    const own = value < 10 ? Math.max(decimals, 1 - Math.floor(Math.log10(value))) : decimals;
    return value.toLocaleString('en', fixed(own));
  };
}

const fixed = (digits: number) => ({ minimumFractionDigits: digits, maximumFractionDigits: digits });

/** The ends of an interval of positive numbers. */
export const ratioInterval = ([low, high]: readonly [number, number], show: (value: number) => string): string =>
  `${show(low)}–${show(high)}`;

export function interval([low, high]: readonly [number, number], show: (value: number) => string): string {
  return `${show(low)} to ${show(high)}`;
}

export function p(value: number): string {
  return value < 0.001 ? '<0.001' : value.toFixed(3);
}

/** Four decimals, or what a metric that is undefined is called. */
export function metric(value: number | null | undefined): string {
  return typeof value === 'number' ? value.toFixed(4) : '–';
}

/** Five significant digits. */
export function figure(value: number | null | undefined): string {
  if (typeof value !== 'number') return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e6 ? value.toExponential(3) : value.toPrecision(5);
}

export function count(value: number): string {
  return (Number(value.toFixed(2)) + 0).toLocaleString('en'); // 0 and not −0
}

/** Three decimals; what rounds to 0 has no sign. */
export function r2(value: number): string {
  return (Number(value.toFixed(3)) + 0).toFixed(3);
}
