/**
 * Whether a model lies within another: whether each of its columns is a linear combination of the other's, as functions of
 * the cells of a row. That is decided on rows made up for it, which cover the range of each number, every stretch between
 * knots and every level, so that no row of the data is needed and no column's name decides: poly(x, 2) lies within
 * poly(x, 3), a spline within one with more knots, a number within its levels.
 */
import { createRandom } from '../math/random.ts';
import { addScaled, dot, norm } from '../math/vector.ts';
import { valueAt } from '../predict/basis.ts';
import { levelsOf, type ModelFile, type Term } from '../predict/model-file.ts';
import { designOf, rawRow } from './design-rows.ts';

/** Rows made up for each column, and some more. */
const rowsPerColumn = 20;
const moreRows = 100;
/** Of more columns, those of the same function are looked for and no combinations. */
const mostColumns = 256;
/** What a column must keep of its length beside others to be no combination of them: √u, with room for their condition. */
const independence = 2 ** -26;
/** Numbers drawn until one is in the domain of all functions of its column. */
const mostTries = 1000;

/** The first column of `small` that is no combination of those of `large`, by its name; undefined where all are. */
export function columnOutside(small: ModelFile, large: ModelFile): string | undefined {
  const known = new Set(large.terms.map(functionOf));
  const own = small.terms.filter(({ excluded }) => excluded === undefined);
  const others = own.filter((term) => !known.has(functionOf(term)));
  const offsets = [own, large.terms].map((terms) =>
    terms
      .filter(({ offset }) => offset)
      .map(functionOf)
      .sort()
      .join(),
  );
  const lacksIntercept = hasIntercept(small) && !hasIntercept(large);
  if (others.length === 0 && !lacksIntercept && offsets[0] === offsets[1]) return undefined;
  const columns = own.length + large.terms.length;
  if (columns > mostColumns) return others[0]?.name ?? (lacksIntercept ? '(intercept)' : 'another offset');

  const rows = madeUpRows(small, large, rowsPerColumn * columns + moreRows);
  const [inSmall, inLarge] = [columnsOf(small, rows), columnsOf(large, rows)];
  const span = new Span();
  for (const { values, offset } of inLarge) if (!offset) span.add(values);
  const shift = new Float64Array(rows.length); // which both models add with a coefficient of 1
  for (const [sign, of] of [
    [1, inSmall],
    [-1, inLarge],
  ] as const) {
    for (const { values, offset } of of) if (offset) addScaled(shift, sign, values);
  }
  const estimated = inSmall.filter(({ offset, excluded }) => !offset && excluded === undefined);
  const stranger = estimated.find(({ values }) => span.add(values));
  if (stranger !== undefined) return stranger.name;
  return span.add(shift) ? [...inSmall, ...inLarge].find(({ offset }) => offset)!.name : undefined;
}

/** What tells the functions of terms apart. */
const functionOf = ({ factors, offset }: Term): string => JSON.stringify([factors, offset === true]);

export const hasIntercept = ({ training }: ModelFile): boolean =>
  (training.options as { readonly intercept?: boolean } | undefined)?.intercept !== false;

/** Columns of equal length, of which an orthonormal basis is kept (Gram and Schmidt's, twice, which is enough). */
class Span {
  readonly #basis: Float64Array[] = [];

  /** Adds a column; false where it is a combination of those before. */
  add(column: Float64Array): boolean {
    const rest = column.slice();
    for (const _ of [1, 2]) for (const q of this.#basis) addScaled(rest, -dot(q, rest), q);
    const left = norm(rest);
    if (!(left > independence * norm(column))) return false;
    this.#basis.push(rest.map((value) => value / left));
    return true;
  }
}

interface Column extends Pick<Term, 'name' | 'offset' | 'excluded'> {
  readonly values: Float64Array;
}

/** The intercept, where there is one, and every term: those that training rows made dependent are combinations there. */
function columnsOf(model: ModelFile, rows: readonly MadeUpRow[]): Column[] {
  const terms = model.terms.map(({ excluded: _, offset: __, ...term }) => term);
  const design = designOf({ ...model, terms }, { unseen: 'ignore' });
  const read = rows.map((row) => rawRow(design, design.read(row)));
  const named: Omit<Column, 'values'>[] = [...(design.intercept ? [{ name: '(intercept)' }] : []), ...model.terms];
  return named.map((column, j) => ({ ...column, values: Float64Array.from(read, (row) => row[j]!) }));
}

type MadeUpRow = Readonly<Record<string, number | string>>;

function madeUpRows(small: ModelFile, large: ModelFile, count: number): MadeUpRow[] {
  const random = createRandom(1);
  const features = [...large.features, ...small.features];
  const terms = [...large.terms, ...small.terms];
  const makers = [...new Set(features.map(({ column }) => column))].map((column) => {
    const levels = features.flatMap((feature) => (feature.column === column ? [levelsOf(feature)] : []));
    const some = levels.find(({ length }) => length > 0);
    const draw = some ? () => some[Math.floor(random() * some.length)]! : numberMaker(column, terms, random);
    return [column, draw] as const;
  });
  return Array.from({ length: count }, () => Object.fromEntries(makers.map(([column, draw]) => [column, draw()])));
}

/** Draws numbers of a column: an interval between neighbouring knots, each as likely, and uniformly within it. */
function numberMaker(column: string, terms: readonly Term[], random: () => number): () => number {
  const bases = terms.flatMap(({ factors }) =>
    factors.flatMap(({ column: of, basis }) => (of === column && basis.kind !== 'level' ? [basis] : [])),
  );
  const [low, high] = rangeOf(column, terms);
  const knots = bases.flatMap((basis) => (basis.kind === 'piecewise' ? basis.knots : []));
  const within = knots.filter((knot) => low < knot && knot < high);
  const edges = [...new Set([low, ...within, high])].sort((a, b) => a - b);
  return () => {
    for (let tries = 0; ; tries++) {
      const at = Math.floor(random() * (edges.length - 1));
      const x = edges[at]! + random() * (edges[at + 1]! - edges[at]!);
      if (tries === mostTries || bases.every((basis) => Number.isFinite(valueAt(basis, x)))) return x;
    }
  };
}

/** Where the training rows had a number, as far as the terms tell: that of its splines, or about the mean. */
function rangeOf(column: string, terms: readonly Term[]): readonly [low: number, high: number] {
  const splines: [number, number][] = [];
  const others: [number, number][] = [];
  for (const { factors, mean, scale } of terms) {
    for (const { column: of, basis } of factors) {
      if (of !== column || basis.kind === 'level') continue;
      if (basis.kind === 'piecewise') {
        const { knots, pieces } = basis;
        const [first, last] = [pieces[0]!, pieces.at(-1)!];
        // A natural spline has knots at its ends, and is a line beyond.
        const high = first.origin === knots[0] ? knots.at(-1)! : last.origin + last.unit;
        (knots.length > 0 ? splines : others).push([first.origin, high]);
      } else if (factors.length === 1) {
        others.push([inverses[basis.kind](mean - 2 * scale), inverses[basis.kind](mean + 2 * scale)]);
      }
    }
  }
  const lows = (ranges: [number, number][]): number[] => ranges.map(([low]) => low);
  const highs = (ranges: [number, number][]): number[] => ranges.map(([, high]) => high);
  if (splines.length > 0) return [Math.max(...lows(splines)), Math.min(...highs(splines))];
  return others.length > 0 ? [Math.min(...lows(others)), Math.max(...highs(others))] : [0, 1];
}

const inverses = {
  identity: (value: number) => value,
  log: Math.exp,
  log1p: Math.expm1,
  sqrt: (value: number) => Math.max(0, value) ** 2,
};
