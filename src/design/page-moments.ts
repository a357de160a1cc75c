/** The loops over the rows of a page that add to sums by class: rows and weights, moments of numbers, levels. */
import type { MarkedRows } from '../rows/pages.ts';
import type { ClassMoments, Moments } from './class-moments.ts';

/** Moments are those of (x − about)·unit. */
export interface Frame {
  readonly about: number;
  readonly unit: number;
}

type Growing<T> = { -readonly [K in keyof T]: T[K] };

export function addClasses(
  classes: readonly Growing<ClassMoments>[],
  { labels, weights: s }: MarkedRows,
  held: number,
): void {
  const rows = new Float64Array(classes.length);
  const weights = new Float64Array(classes.length);
  const smallest = new Float64Array(classes.length).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < held; i++) {
    const own = s[i]!;
    if (own === 0) continue;
    const c = labels[i]!;
    rows[c]!++;
    weights[c]! += own;
    if (own < smallest[c]!) smallest[c] = own;
  }
  classes.forEach((own, c) => {
    own.rows += rows[c]!;
    own.weight += weights[c]!;
    own.smallest = Math.min(own.smallest, smallest[c]!);
  });
}

/** The cells of a page in one column. */
interface MarkedCells {
  readonly cells: Float64Array;
  readonly marked: MarkedRows;
  readonly frame: Frame;
}

/** To those of the k-th column. A page is added up by itself first, so that no sum is one long chain. */
export function addMoments(classes: readonly ClassMoments[], k: number, page: MarkedCells): void {
  const own = new Float64Array(4 * classes.length); // Σ s·v, Σ s·v², min v, max v of each
  for (let c = 0; c < own.length; c += 4) own.set([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], c + 2);
  if (classes.length === 2) addMomentsOfTwo(own, page);
  else addMomentsByClass(own, page);
  classes.forEach(({ columns }, c) => {
    const moments: Growing<Moments> = columns[k]!;
    moments.sum += own[4 * c]!;
    moments.squares += own[4 * c + 1]!;
    moments.least = Math.min(moments.least, own[4 * c + 2]!);
    moments.most = Math.max(moments.most, own[4 * c + 3]!);
  });
}

function addMomentsByClass(own: Float64Array, { cells, marked, frame }: MarkedCells): void {
  const { labels, weights } = marked;
  const { about, unit } = frame;
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
function addMomentsOfTwo(own: Float64Array, { cells, marked, frame }: MarkedCells): void {
  const { labels, weights } = marked;
  const { about, unit } = frame;
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
