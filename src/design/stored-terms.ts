/**
 * Terms of a stored table: those that are columns of its pages, with the scaling that is known of them, and products and
 * functions of columns, which are computed as of a table in memory, a page at a time, and summed once more.
 */
import { type ComputedColumns, withComputed } from '../data/computed-columns.ts';
import type { PagedTable, StoredColumn } from '../data/stored-table.ts';
import type { Warning } from '../errors.ts';
import { classesByCode, type Feature, levelsOf } from '../predict/model-file.ts';
import { keyOf } from '../rows/key.ts';
import type { RowChoice } from '../rows/pages.ts';
import type { ColumnValues } from './bases.ts';
import { type DesignOptions, requireTwoClasses } from './design.ts';
import { encodingsOf, termReader } from './encode.ts';
import { findColumn, type RawTerm, withReference } from './features.ts';
import { overMarkedPages } from './marked-pages.ts';
import { type ModelTerms, modelTerms, referencesOf } from './model-terms.ts';
import { type SummedPages, sumPages } from './page-sums.ts';
import { joinPurities, type Purity } from './pure-columns.ts';
import type { Scaling } from './scale.ts';
import { columnWith, decideColumn, scalingOf } from './stored-columns.ts';
import { type StoredRows, type StoredRowsRequest, sampledOf } from './stored-rows.ts';
import { indicatedColumn, type ScaledTerm, withScalings } from './terms.ts';

export interface StoredTerms {
  readonly features: readonly Feature[];
  readonly purity: Purity;
  readonly terms: readonly ScaledTerm[];
  readonly containing: ModelTerms['containing'];
  readonly warnings: readonly Warning[];
  /** The pages with the terms that are computed, and their places. */
  readonly pages: PagedTable;
  readonly computedAt: readonly number[];
  /** The place of the numbers of a term that is no indicator of a level by itself. */
  numbersAt(term: RawTerm): number;
  readonly sample: SummedPages['sample'];
}

/** Throws as modelTerms does, and LogisticError 'two-classes-only', 'duplicate-terms', 'not-finite'. */
export async function decideTerms(
  rows: StoredRows,
  { table, target, signal }: StoredRowsRequest,
  options: DesignOptions,
): Promise<StoredTerms> {
  const { labels, order, parts, training, choiceOf, byClass, columns, sums } = rows;
  const ofColumns = { ...rows, moments: order.map((place) => sums.classes[place]!), labels: classesByCode(labels) };
  const decided = columns.map((column, k) => decideColumn(column, k, ofColumns));
  const references = referencesOf(options, columns);
  const features = decided.map(({ feature }) => withReference(feature, references));
  const count = training.reduce((sum, part) => sum + parts[part]!, 0);
  const chosen = { training: choiceOf(training), all: choiceOf([...parts.keys()]), count };
  const asked = await modelTerms({ ...options, target }, features, (name) =>
    storedValues(rows.pages, findColumn({ columns }, name), chosen, signal),
  );
  requireTwoClasses(asked.terms, labels);

  const computed = asked.terms.filter((term) => !isColumn(term));
  const numbers = computed.map(({ name }, j): StoredColumn => {
    const at = rows.pages.width + j;
    return { kind: 'numeric', name, missing: { count: 0, tokens: {} }, at, places: new Int32Array() };
  });
  const own = computed.length > 0 ? [termColumns(computed, { columns, features })] : [];
  const pages = withComputed(table, [...rows.computed, ...own]);
  const again = { ...rows.summed, columns: numbers, sampled: sampledOf(pages) };
  const more = computed.length > 0 ? await sumPages('computed terms', pages, again) : sums;
  const ofTerms = { sums: more, moments: order.map((place) => more.classes[place]!), byClass };
  const scalings = asked.terms.map((term): Scaling => {
    const j = computed.indexOf(term);
    if (j >= 0) return scalingOf(term.name, j, ofTerms);
    const [{ column, basis }] = term.factors as [RawTerm['factors'][0]];
    const k = columns.findIndex(({ name }) => name === column);
    return decided[k]!.scalings[basis.kind === 'level' ? levelsOf(features[k]!).indexOf(basis.level) : 0]!;
  });
  const { terms, warnings } = withScalings(asked, scalings, options);
  return {
    features,
    purity: joinPurities(
      columns,
      decided.map(({ purity }) => purity),
    ),
    terms,
    containing: asked.containing,
    warnings: [...asked.warnings, ...warnings],
    pages,
    computedAt: numbers.map(({ at }) => at),
    numbersAt(term) {
      const own = numbers.find(({ name }) => name === term.name);
      return (own ?? findColumn({ columns }, term.factors[0]!.column)).at;
    },
    sample: more.sample,
  };
}

/** The numbers of a column in the rows of two choices. */
function storedValues(
  table: PagedTable,
  { at }: StoredColumn,
  rows: { readonly training: RowChoice; readonly all: RowChoice; readonly count: number },
  signal: AbortSignal | undefined,
): ColumnValues {
  const values = new Float64Array(table.pageRows);
  return {
    training: rows.count,
    over: (which, visit) =>
      overMarkedPages({ table, choice: rows[which], columns: [at], signal }, ({ held, weights, cells }) => {
        const own = cells(at);
        let count = 0;
        for (let i = 0; i < held; i++) if (weights[i]! > 0) values[count++] = own[i]!;
        if (count > 0) visit(values.subarray(0, count));
      }),
  };
}

/** Whether a term is a column of the pages as it is. */
const isColumn = (term: RawTerm): boolean => {
  const { factors } = term;
  return indicatedColumn(term) !== undefined || (factors.length === 1 && factors[0]!.basis.kind === 'identity');
};

/** The numbers of terms as columns behind those of the table: missing where they are not finite. */
function termColumns(
  terms: readonly RawTerm[],
  { columns, features }: { readonly columns: readonly StoredColumn[]; readonly features: readonly Feature[] },
): ComputedColumns {
  const named = new Set(terms.flatMap(({ factors }) => factors.map(({ column }) => column)));
  const used = columns.filter(({ name }) => named.has(name));
  const became = features.filter(({ column }) => named.has(column));
  let ascending = new Int32Array(0);
  return {
    count: terms.length,
    of: used.map(({ at }) => at),
    key: keyOf([terms, became, used]),
    compute({ count, cells }, into) {
      if (ascending.length < count) ascending = Int32Array.from({ length: count }, (_, i) => i);
      const encodings = encodingsOf(
        became,
        used.map((column) => columnWith(column, cells(column.at))),
      );
      const list = { rows: ascending.subarray(0, count), ascending: true };
      terms.forEach((term, j) => {
        const numbers = into[j]!;
        termReader(term, encodings, list)(0, numbers);
        for (let i = 0; i < count; i++) if (!Number.isFinite(numbers[i])) numbers[i] = Number.NaN;
      });
    },
  };
}
