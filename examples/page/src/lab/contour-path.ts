/** A contour of d3-contour as the path of an svg, stretched to a plane whose second axis points up. */
import type { ContourMultiPolygon } from 'd3-contour';

export function geoPathOf(stepX: number, stepY: number, height: number): (contour: ContourMultiPolygon) => string {
  const point = ([x, y]: readonly number[]): string => `${(x! * stepX).toFixed(1)} ${(height - y! * stepY).toFixed(1)}`;
  return ({ coordinates }) =>
    coordinates.flatMap((polygon) => polygon.map((ring) => `M${ring.map(point).join('L')}Z`)).join('');
}
