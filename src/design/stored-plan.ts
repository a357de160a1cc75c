/** The terms that are fitted as columns of pages. */
import type { StoredColumn } from '../data/stored-table.ts';
import type { PageColumn, PagePlan } from '../rows/pages.ts';
import type { RawTerm } from './features.ts';
import { namesOf } from './stored-columns.ts';
import { indicatedColumn, runsOf, type ScaledTerm } from './terms.ts';

/** `numbersAt`: the place in a page of the numbers of a term that is no indicator of a level by itself. */
export function pageColumns(
  terms: readonly ScaledTerm[],
  columns: readonly StoredColumn[],
  numbersAt: (term: RawTerm) => number,
): PageColumn[] {
  const fitted = terms.filter(({ excluded }) => excluded === undefined);
  return runsOf(fitted).map((run): PageColumn => {
    const [first] = run as [ScaledTerm];
    const name = indicatedColumn(first);
    if (name === undefined) return { kind: 'dense', at: numbersAt(first), mean: first.mean, scale: first.scale };
    const column = columns.find((own) => own.name === name)!;
    const names = namesOf(column);
    return {
      kind: 'levels',
      at: column.at,
      places: column.places,
      fitted: run.map(({ factors: [factor] }) =>
        factor!.basis.kind === 'level' ? names.indexOf(factor!.basis.level) : -1,
      ),
      means: Float64Array.from(run, ({ mean }) => mean),
      scales: Float64Array.from(run, ({ scale }) => scale),
    };
  });
}

/** The plan with some of its features, by number. */
export function onlyFeatures(plan: PagePlan, wanted: ReadonlySet<number>): PagePlan {
  let next = 0;
  const columns = plan.columns.flatMap((column): PageColumn[] => {
    if (column.kind === 'dense') return wanted.has(next++) ? [column] : [];
    const own = column.fitted.flatMap((_, k) => (wanted.has(next++) ? [k] : []));
    if (own.length === 0) return [];
    const of = (values: Float64Array): Float64Array => Float64Array.from(own, (k) => values[k]!);
    const fitted = own.map((k) => column.fitted[k]!);
    return [{ ...column, fitted, means: of(column.means), scales: of(column.scales) }];
  });
  return { ...plan, columns };
}
