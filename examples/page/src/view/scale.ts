/**
 * From numbers to pixels, and lines through points. All that the page's figures need of scales is linear; d3-scale and
 * d3-shape would be a tenth of the whole page.
 */
export interface Scale {
  (value: number): number;
  /** From pixels to numbers. */
  invert(pixel: number): number;
  /** About so many round numbers within the domain. */
  ticks(count: number): number[];
}

export function linearScale([d0, d1]: readonly [number, number], [r0, r1]: readonly [number, number]): Scale {
  const factor = (r1 - r0) / (d1 - d0 || 1);
  return Object.assign((value: number) => r0 + (value - d0) * factor, {
    invert: (pixel: number) => d0 + (pixel - r0) / factor,
    ticks(count: number) {
      const rough = (d1 - d0) / count;
      const power = 10 ** Math.floor(Math.log10(rough));
      const step = power * (rough / power >= 7.1 ? 10 : rough / power >= 3.2 ? 5 : rough / power >= 1.4 ? 2 : 1);
      const first = Math.ceil(d0 / step);
      return Array.from({ length: Math.max(0, Math.floor(d1 / step) - first + 1) }, (_, i) => (first + i) * step);
    },
  });
}

/** Straight from point to point, as the path of an svg. */
export function linePath(points: readonly (readonly [number, number])[]): string {
  return points.length === 0 ? '' : `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`;
}
