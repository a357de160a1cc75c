/**
 * Sets of points to start from, each the same for the same seed. The first is the worked example of docs/derivation.md;
 * T8 is the smallest set whose fit has a closed form: intercept −ln 3, coefficient 2·ln 3.
 */
import { createRandom } from '../../../../src/math/random.ts';

/** A row that is drawn. */
export interface DataPoint {
  readonly x: Float64Array;
  readonly y: 0 | 1;
}

export const setNames = ['example', 'blobs', 'overlapping', 'separable', 'xor', 't8'] as const;
export type SetName = (typeof setNames)[number];

export const setTitles: Readonly<Record<SetName, string>> = {
  example: 'Two rows',
  blobs: 'Blobs',
  overlapping: 'Overlapping',
  separable: 'Separable',
  xor: 'Xor',
  t8: 'T8',
};

/** What each set shows. */
export const setNotes: Readonly<Record<SetName, string>> = {
  example: 'The two rows whose numbers the derivation works out.',
  blobs: 'Two clouds with a few rows on the wrong side: the everyday case.',
  overlapping: 'Clouds that lie in each other: probabilities stay near one half.',
  separable: 'A line parts the classes without error: the loss has no minimum, and the weights run off.',
  xor: 'Classes in opposite corners: no line helps, and the best weights are about zero.',
  t8: 'Eight rows of one feature. The minimum is known exactly: w₁ = 2·ln 3, b = −ln 3.',
};

export function pointsOf(name: SetName, seed: number): readonly DataPoint[] {
  if (name === 'example') return [point(1, 1, 2), point(0, 3, -1)];
  if (name === 't8') return [0, 0, 0, 1, 0, 1, 1, 1].map((y, i) => point(y as 0 | 1, i < 4 ? 0 : 1));
  const random = createRandom(seed);
  /** Nearly normal: the sum of four uniform numbers, standardised. */
  const normal = (): number => (random() + random() + random() + random() - 2) * Math.sqrt(3);
  const cloud = (count: number, y: 0 | 1, [c1, c2]: readonly [number, number], spread: number): DataPoint[] =>
    Array.from({ length: count }, () => point(y, hundredth(c1 + spread * normal()), hundredth(c2 + spread * normal())));
  switch (name) {
    case 'blobs':
      return [...cloud(30, 0, [-1, -0.7], 1.15), ...cloud(30, 1, [1.1, 0.8], 1.15)];
    case 'overlapping':
      return [...cloud(40, 0, [-0.4, 0], 1.3), ...cloud(40, 1, [0.4, 0.3], 1.3)];
    case 'separable':
      return [...cloud(24, 0, [-1.9, -1.3], 0.55), ...cloud(24, 1, [1.8, 1.4], 0.55)];
    case 'xor':
      return [
        ...cloud(15, 0, [-1.6, -1.6], 0.6),
        ...cloud(15, 0, [1.6, 1.6], 0.6),
        ...cloud(15, 1, [-1.6, 1.6], 0.6),
        ...cloud(15, 1, [1.6, -1.6], 0.6),
      ];
  }
}

export function point(y: 0 | 1, ...x: readonly number[]): DataPoint {
  return { x: Float64Array.from(x), y };
}

/** Hundredths, so that points survive in an address. */
function hundredth(value: number): number {
  return Math.round(value * 100) / 100;
}
