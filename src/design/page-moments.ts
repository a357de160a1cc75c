/** The loops over the rows of a page that add to sums by class: rows and weights, moments of numbers, levels. */
import type { MarkedRows } from '../rows/pages.ts';

/** Moments are those of (x − about)·unit. */
export interface Frame {
  readonly about: number;
  readonly unit: number;
}

/** Of no rows: [classes, 4] of Σ s·v, Σ s·v², min v, max v. */
export function emptyMoments(classes: number): Float64Array {
  const moments = new Float64Array(4 * classes);
  for (let c = 0; c < classes; c++) {
    moments[4 * c + 2] = Number.POSITIVE_INFINITY;
    moments[4 * c + 3] = Number.NEGATIVE_INFINITY;
  }
  return moments;
}

/** By class. */
interface ClassSums {
  readonly rows: Float64Array;
  readonly weights: Float64Array;
  readonly smallest: Float64Array;
}

export function addClasses(
  { rows, weights, smallest }: ClassSums,
  { labels, weights: s }: MarkedRows,
  held: number,
): void {
  for (let i = 0; i < held; i++) {
    const own = s[i]!;
    if (own === 0) continue;
    const c = labels[i]!;
    rows[c]!++;
    weights[c]! += own;
    if (own < smallest[c]!) smallest[c] = own;
  }
}

/** Adds up a page by itself first, so that no sum is one long chain. */
export function addMoments(moments: Float64Array, cells: Float64Array, marked: MarkedRows, frame: Frame): void {
  const own = emptyMoments(moments.length / 4);
  if (own.length === 8) addMomentsOfTwo(own, cells, marked, frame);
  else addMomentsByClass(own, cells, marked, frame);
  for (let c = 0; c < own.length; c += 4) {
    moments[c]! += own[c]!;
    moments[c + 1]! += own[c + 1]!;
    moments[c + 2] = Math.min(moments[c + 2]!, own[c + 2]!);
    moments[c + 3] = Math.max(moments[c + 3]!, own[c + 3]!);
  }
}

function addMomentsByClass(
  own: Float64Array,
  cells: Float64Array,
  { labels, weights }: MarkedRows,
  { about, unit }: Frame,
): void {
  for (let i = 0; i < cells.length; i++) {
    const s = weights[i]!;
    if (s === 0) continue;
    const v = (cells[i]! - about) * unit;
    const c = 4 * labels[i]!;
    own[c]! += s * v;
    own[c + 1]! += s * v * v;
    if (v < own[c + 2]!) own[c + 2] = v;
    if (v > own[c + 3]!) own[c + 3] = v;
  }
}

/** The same for two classes, whose sums stay in registers: which class a row has no processor can foretell. */
function addMomentsOfTwo(
  own: Float64Array,
  cells: Float64Array,
  { labels, weights }: MarkedRows,
  { about, unit }: Frame,
): void {
  let sum0 = 0;
  let sum1 = 0;
  let square0 = 0;
  let square1 = 0;
  for (let i = 0; i < cells.length; i++) {
    const s = weights[i]!;
    if (s === 0) continue;
    const v = (cells[i]! - about) * unit;
    const s1 = s * labels[i]!;
    const s0 = s - s1;
    const square = v * v;
    sum0 += s0 * v;
    sum1 += s1 * v;
    square0 += s0 * square;
    square1 += s1 * square;
    const c = 4 * labels[i]!;
    if (v < own[c + 2]!) own[c + 2] = v;
    if (v > own[c + 3]!) own[c + 3] = v;
  }
  own.set([sum0, square0], 0);
  own.set([sum1, square1], 4);
}

export function addLevels(
  rows: Float64Array,
  totals: Float64Array,
  cells: Float64Array,
  { labels, weights, places, classes }: MarkedRows & { readonly places: Int32Array; readonly classes: number },
): void {
  for (let i = 0; i < cells.length; i++) {
    if (weights[i] === 0) continue;
    const at = places[cells[i]!]! * classes + labels[i]!;
    rows[at]!++;
    totals[at]! += weights[i]!;
  }
}
