/** What a factor makes of a number. Training, scoring and explanations share this file. It knows no column. */
import type { NumericBasis } from './model-file.ts';

/** The value of a basis at x; not finite where x is outside its domain. */
export function valueAt(basis: NumericBasis, x: number): number {
  if (basis.kind === 'identity') return x;
  if (basis.kind !== 'piecewise') return Math[basis.kind](x);
  let at = 0;
  while (basis.knots[at]! <= x) at++;
  const { origin, unit, coefficients } = basis.pieces[at]!;
  const t = (x - origin) / unit;
  let value = 0;
  for (let i = coefficients.length; i-- > 0; ) value = value * t + coefficients[i]!;
  return value;
}

/** Its derivative by x. */
export function slopeAt(basis: NumericBasis, x: number): number {
  switch (basis.kind) {
    case 'identity':
      return 1;
    case 'log':
      return 1 / x;
    case 'log1p':
      return 1 / (1 + x);
    case 'sqrt':
      return 0.5 / Math.sqrt(x);
    default: {
      const pieces = basis.pieces.map(({ unit, coefficients, ...piece }) => ({
        ...piece,
        unit,
        coefficients: coefficients.slice(1).map((c, i) => ((i + 1) * c) / unit),
      }));
      return valueAt({ ...basis, pieces }, x);
    }
  }
}
