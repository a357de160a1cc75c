/** Odds ratios of one line: as many digits as their interval gives a meaning to, two at least; sums of rows. */
import { expect, test } from 'vitest';
import { count, r2, ratios } from '../../src/report/numbers.ts';

test.each([
  [
    [0.2727, 0.1846, 0.3966],
    ['0.27', '0.18', '0.40'],
  ],
  [
    [0.0702751, 0.0418, 0.1146],
    ['0.070', '0.042', '0.115'],
  ],
  [
    [0.999843, 0.99381, 1.00647],
    ['1.000', '0.994', '1.006'],
  ],
  [
    [1.0000008, 1.0000004, 1.0000011],
    ['1.0000008', '1.0000004', '1.0000011'],
  ],
  [
    [0.5, 0.02, 18.5],
    ['0.50', '0.020', '18.5'],
  ],
  [
    [0.0021, 0.00034, 0.0131],
    ['0.0021', '0.00034', '0.013'],
  ],
  [
    [18.7, 1.83, 2578.2],
    ['19', '1.8', '2,578'],
  ],
  [
    [Number.POSITIVE_INFINITY, 3.6114, Number.POSITIVE_INFINITY],
    ['∞', '3.61', '∞'],
  ],
  [
    [0, 0, 0.51],
    ['0', '0', '0.51'],
  ],
  [
    [3.2e7, 1.1e6, 9.4e8],
    ['3.2e+7', '1.1e+6', '9.4e+8'],
  ],
  [
    [1.76, null, null],
    ['1.76', undefined, undefined],
  ],
])('%o', (values, shown) => {
  const show = ratios(values);
  expect(values.map((value) => (value === null ? undefined : show(value)))).toEqual(shown);
});

test('a sum that rounds to 0 has no sign', () => {
  expect([-1e-9, 0, 1234.567].map(count)).toEqual(['0', '0', '1,234.57']);
});

test('R² that rounds to 0 has no sign', () => {
  expect([-1e-17, -0.0004, -0.0006, 0.25].map(r2)).toEqual(['0.000', '0.000', '-0.001', '0.250']);
});
