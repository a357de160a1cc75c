/**
 * Rows kept as pages of columns: the numbers of a table as they were read, column after column in each page, and what of
 * them a fit takes. Classes, levels, scaling and weights are applied to a page when it is read: numbers stay exact, a
 * category stays one column of codes, and another fit over the same pages needs no other copy. It knows no file.
 */
import type { DesignColumn, RowSource } from './contract.ts';

/** Where pages are read from. */
export interface PageReader {
  readonly rows: number;
  /** Rows of each page; the last one may hold fewer. */
  readonly pageRows: number;
  /** Columns of a page. */
  readonly width: number;
  /** Identifies the cells among those of pages over one file; absent: what is made of them cannot be kept. */
  readonly key?: string | undefined;
  /** Reads [width, pageRows]: NaN where a cell is missing, 0 in the rows after the last. */
  read(page: number, into: Float64Array): Promise<void>;
}

/** Which rows of pages are fitted, and what they weigh. Columns are told by their places in a page. */
export interface RowChoice {
  /** The target, and the class of each of its values; a row of another value is not fitted. */
  readonly target: number;
  readonly classOf: ReadonlyMap<number, number>;
  /** Sample weights; absent: 1. */
  readonly weights?: number | undefined;
  /** Columns with missing cells, in which a fitted row has none. */
  readonly required: readonly number[];
}

/** A fit over pages, as data that may travel to other threads. */
export interface PagePlan extends RowChoice {
  /** K */
  readonly classes: number;
  /** What each class's weight is multiplied by; absent: 1. */
  readonly classFactors?: Float64Array | undefined;
  readonly columns: readonly PageColumn[];
}

/** A column of the design, by its place in a page. */
export type PageColumn =
  | { readonly kind: 'dense'; readonly at: number; readonly mean: number; readonly scale: number }
  | {
      readonly kind: 'levels';
      readonly at: number;
      /** The level of each code. */
      readonly places: Int32Array;
      /** Levels whose indicators are features, with the mean and scale of each. */
      readonly fitted: readonly number[];
      readonly means: Float64Array;
      readonly scales: Float64Array;
    };

/** Class and weight of each row of a page; weight 0, and class 0, where a row is not fitted. */
export interface MarkedRows {
  readonly labels: Int32Array;
  readonly weights: Float64Array;
}

/** Rows of a page: `held` of them are there. */
export interface PageRows {
  readonly pageRows: number;
  readonly held: number;
}

/** Gives the marks of a page, good until the next one, and calls `left` for each row that is not fitted. */
export type RowMarker = (page: Float64Array, rows: PageRows, left?: (row: number) => void) => MarkedRows;

export function rowMarker({ target, classOf, weights, required }: RowChoice): RowMarker {
  const small = smallCodes(classOf);
  let labels = new Int32Array(0);
  let s = new Float64Array(0);
  return (page, { pageRows, held }, left) => {
    if (labels.length !== pageRows) [labels, s] = [new Int32Array(pageRows), new Float64Array(pageRows)];
    const column = (at: number): Float64Array => page.subarray(at * pageRows, at * pageRows + held);
    if (weights === undefined) s.fill(1, 0, held);
    else s.set(column(weights));
    s.fill(0, held);
    for (const at of required) {
      const cells = column(at);
      for (let i = 0; i < held; i++) if (Number.isNaN(cells[i])) s[i] = 0;
    }
    const targets = column(target);
    for (let i = 0; i < held; i++) {
      const value = targets[i]!;
      const whole = value | 0;
      const known = whole === value && whole >= 0 && whole < smallValues;
      const code = known ? small[whole]! : (classOf.get(value) ?? -1);
      if (code >= 0 && s[i]! > 0) {
        labels[i] = code;
        continue;
      }
      labels[i] = 0;
      s[i] = 0;
      left?.(i);
    }
    return { labels, weights: s };
  };
}

/** Values of a target are small whole numbers mostly, whose codes are looked up in a table; −1 where there is none. */
const smallValues = 256;

function smallCodes(classOf: ReadonlyMap<number, number>): Int32Array {
  const small = new Int32Array(smallValues).fill(-1);
  for (const [value, code] of classOf) if (small[value] !== undefined) small[value] = code;
  return small;
}

/**
 * A page as a source. Numbers of rows of weight 0 are at the mean, whatever they are: missing, or so large that they
 * overflow when they are standardised, and 0·∞ is no number.
 */
export function pageSource(
  { classes, classFactors, columns }: PagePlan,
  { labels, weights }: MarkedRows,
  page: Float64Array,
): RowSource {
  const rows = labels.length;
  const whole = !weights.includes(0);
  return {
    rows,
    classes,
    labels,
    weights: classFactors === undefined ? weights : weights.map((s, i) => s * classFactors[labels[i]!]!),
    columns: columns.map((column): DesignColumn => {
      const start = column.at * rows;
      if (column.kind === 'levels') {
        const { kind, places, fitted, means, scales } = column;
        const read = (from: number, into: Int32Array): void => {
          for (let i = 0; i < into.length; i++) into[i] = places[page[start + from + i]!] ?? -1;
        };
        return { kind, fitted, means, scales, read };
      }
      const { kind, mean, scale } = column;
      const view = (from: number, count: number): Float64Array => page.subarray(start + from, start + from + count);
      const read = (from: number, into: Float64Array): void => {
        into.set(view(from, into.length));
        if (!whole) for (let i = 0; i < into.length; i++) if (weights[from + i] === 0) into[i] = mean;
      };
      return { kind, mean, scale, read, ...(whole && { view }) };
    }),
  };
}
