/**
 * The rows of the lab, placed on a backend by the library: the page's own points as they are, a file's by the design that
 * a fit decides for it. One set at a time; a new one ends the one before.
 */
import type { BackendName } from '../../../../src/backends/names.ts';
import { openPlace } from '../../../../src/backends/registry.ts';
import type { Table } from '../../../../src/data/table.ts';
import { decideDesign } from '../../../../src/design/design.ts';
import { samplePart, sourceOf } from '../../../../src/design/source.ts';
import { LogisticError } from '../../../../src/errors.ts';
import { checkOptions } from '../../../../src/model/check-options.ts';
import { classesByCode } from '../../../../src/predict/model-file.ts';
import type { RowPlace, RowSource, RowSums } from '../../../../src/rows/contract.ts';
import { countFeatures, featuresOf, readStandardised } from '../../../../src/rows/source.ts';
import { readWebTable } from '../../../../src/web/read-table.ts';
import type { FeatureInfo, FileProfile, Placed, Rows } from './messages.ts';

/** Rows of a file that are drawn. */
const drawnRows = 300;

export interface Current {
  readonly place: RowPlace;
  readonly rows: RowSums;
  readonly labels: RowSource['labels'];
}

interface Decided {
  readonly source: RowSource;
  readonly features: readonly FeatureInfo[];
  readonly classes: readonly [string, string];
  readonly sample: RowSource;
  readonly notes: readonly string[];
}

let current: Current | undefined;

export function placed(): Current {
  if (current === undefined) throw new LogisticError('empty', 'no rows have been placed');
  return current;
}

export async function placeRows(rows: Rows, backend: BackendName): Promise<Placed> {
  const decided = rows.kind === 'points' ? pointRows(rows) : await fileRows(rows);
  const { source, sample, features, classes, notes } = decided;
  const place = await openPlace(backend, { threads: 'auto', cells: source.rows * (countFeatures(source) + 1) });
  const before = current;
  current = { place, rows: await place.place(source, 'float64'), labels: source.labels };
  await before?.rows.close();
  await before?.place.close();
  const x = featuresOf(sample).map((feature) => {
    const values = new Float64Array(sample.rows);
    readStandardised(feature, 0, values);
    return values;
  });
  return {
    ...{ rows: source.rows, features, classes, x, y: Uint8Array.from(sample.labels), notes },
    backend: `${place.name}: ${place.detail}`,
  };
}

function pointRows({ x, y }: Extract<Rows, { kind: 'points' }>): Decided {
  const source = numbersAsRows(x, y);
  const features = x.map((_, j) => ({ name: `x${j + 1}`, mean: 0, scale: 1 }));
  return { source, sample: source, features, classes: ['0', '1'], notes: [] };
}

/** Columns of numbers as they are. */
export function numbersAsRows(x: readonly Float64Array[], labels: Uint8Array): RowSource {
  const columns = x.map((values) => ({
    ...{ kind: 'dense' as const, mean: 0, scale: 1 },
    read: (from: number, into: Float64Array) => into.set(values.subarray(from, from + into.length)),
  }));
  return { rows: labels.length, columns, classes: 2, labels };
}

async function fileRows({ file, target, only }: Extract<Rows, { kind: 'file' }>): Promise<Decided> {
  const table = await readWebTable(file, { target, only }, {});
  const options = checkOptions({ ...(only && { only }) });
  const design = await decideDesign(table, target, options);
  const { labels, part, terms, counts, warnings } = design;
  const names = classesByCode(labels).map(String);
  if (names.length > 2) {
    throw new LogisticError('two-classes-only', `${target} has ${names.length} classes, and the lab draws two`, {
      hint: 'choose a column with two, or train the file with logit train',
    });
  }
  const fitted = terms.filter((term) => term.excluded === undefined);
  const count = Math.min(part.rows.length, drawnRows);
  const lost = counts.read - counts.used;
  return {
    source: sourceOf(design, part),
    sample: sourceOf(design, count < part.rows.length ? samplePart(part, part.rows.length, count, 1) : part),
    features: fitted.map(({ name, mean, scale }) => ({ name, mean, scale })),
    classes: [names[0]!, names[1]!],
    notes: [
      ...(lost > 0 ? [`${lost} of ${counts.read} rows have a missing cell and are left out`] : []),
      ...(count < part.rows.length ? [`${count} of ${part.rows.length} rows are drawn, all are trained on`] : []),
      ...warnings.map(({ message }) => message),
    ],
  };
}

export async function readProfile(file: File): Promise<FileProfile> {
  const table: Table = await readWebTable(file, {}, {});
  const columns = table.columns.map((column) => ({
    name: column.name,
    kind: column.kind,
    levels: column.kind === 'numeric' ? undefined : column.kind === 'boolean' ? 2 : column.levels.length,
  }));
  return { rows: table.rows, columns, warnings: table.warnings.map(({ message }) => message) };
}
