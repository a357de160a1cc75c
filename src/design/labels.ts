/**
 * The target: which classes it has, in sorted order, and which of them is the reference. Labels keep the value and
 * the type the user gave them, all the way into predictions and the model file. It knows no feature.
 */
import { argument } from '../data/names.ts';
import type { Column } from '../data/table.ts';
import { LogisticError, nearestName, type Warning } from '../errors.ts';
import { classesByCode, type Label } from '../predict/model-file.ts';
import { overRows } from '../yielding.ts';
import type { Losses, SelectedRows } from './select-rows.ts';

/** A target with more classes than this is taken for a mistake. */
export const mostClasses = 1000;
/** With more classes than this a numeric target is warned of. */
const manyClasses = 20;

/** The target as its column holds it. */
export interface Target {
  readonly name: string;
  /** Classes that occur, sorted: numbers by size, strings by code unit, false before true. */
  readonly classes: readonly Label[];
  /** Class of each row of the table by its place in `classes`, −1 where there is no label. */
  readonly codes: Int32Array;
}

/** The target over the rows that are used. */
export interface Labels {
  /** Sorted. */
  readonly classes: readonly Label[];
  readonly reference: Label;
  /** Class of each row of the table: 0 the reference, then the others in the order of `classes`; −1 none of them. */
  readonly codes: Int32Array;
  readonly warnings: readonly Warning[];
}

/**
 * `rows`: of a column that has each value once, how many rows have it. Throws LogisticError 'no-target', 'one-class',
 * 'continuous-target' or 'too-many-classes'.
 */
export async function readTarget(column: Column, rows?: Float64Array): Promise<Target> {
  const { classes: all, codes: sorted } = await labelCodes(column);
  const { name } = column;
  const counts = await countCodes(sorted, all.length, rows);
  const present = all.filter((_, code) => counts[code]! > 0);
  if (present.length === 0) throw new LogisticError('no-target', `the target ${name} has no value in any row`);
  if (present.length === 1) {
    throw new LogisticError('one-class', `the target ${name} has one class only: ${describeClasses(all, counts)}`, {
      hint: 'logistic regression needs rows of two classes or more',
      details: { column: name, class: present[0], rows: counts[all.indexOf(present[0]!)] },
    });
  }
  const fractional = present.find((label) => typeof label === 'number' && !Number.isInteger(label));
  if (fractional !== undefined && present.length > 2) {
    const message = `the target ${name} holds ${present.length} different numbers, ${fractional} for instance: that is a measurement, not a class`;
    throw new LogisticError('continuous-target', message, {
      hint: 'choose another target, or cut it into classes first',
    });
  }
  if (present.length > mostClasses) {
    throw new LogisticError(
      'too-many-classes',
      `the target ${name} has ${present.length} classes; ${mostClasses} are the most`,
      {
        hint: 'choose another target',
      },
    );
  }
  if (present.length === all.length) return { name, classes: all, codes: sorted };
  return {
    name,
    classes: present,
    codes: await translate(
      sorted,
      all.map((label) => present.indexOf(label)),
    ),
  };
}

/** Every distinct label of a target column in sorted order, and each row's index among them (−1 missing). */
async function labelCodes(column: Column): Promise<{ classes: Label[]; codes: Int32Array }> {
  if (column.kind === 'categorical') return { classes: [...column.levels], codes: column.codes };
  if (column.kind === 'boolean') {
    // Words sort by code unit like any string, so 'yes'/'no' spelled in unlike cases may sort true first.
    const trueFirst = !column.typed && column.words[1] < column.words[0];
    const classes = column.typed ? [false, true] : [...column.words].sort();
    return { classes, codes: trueFirst ? await translate(column.codes, [1, 0]) : column.codes };
  }
  const { values } = column;
  const places = new Map<number, number>(); // distinct values by first occurrence
  const small = new Int32Array(256).fill(-1); // the same for small whole numbers, which labels mostly are
  const first = new Int32Array(values.length);
  await overRows(values.length, (from, to) => codeNumbers(values, { places, small, first }, from, to));
  const classes = [...places.keys()].sort((a, b) => a - b);
  const rank = new Map(classes.map((value, k) => [value, k]));
  return {
    classes,
    codes: await translate(
      first,
      Array.from(places.keys(), (value) => rank.get(value)!),
    ),
  };
}

interface Codes {
  readonly places: Map<number, number>;
  readonly small: Int32Array;
  readonly first: Int32Array;
}

function codeNumbers(values: Float64Array, { places, small, first }: Codes, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    const value = values[row]!;
    const isSmall = value >= 0 && value < small.length && Math.trunc(value) === value;
    let code = isSmall ? small[value]! : (places.get(value) ?? -1);
    if (code < 0 && !Number.isNaN(value)) {
      code = places.size;
      places.set(value, code);
      if (isSmall) small[value] = code;
    }
    first[row] = code;
  }
}

/** Codes by a table of new ones; −1 stays. */
async function translate(codes: Int32Array, places: readonly number[]): Promise<Int32Array> {
  const table = Int32Array.from(places);
  const translated = new Int32Array(codes.length);
  await overRows(codes.length, (from, to) => {
    for (let row = from; row < to; row++) translated[row] = codes[row]! < 0 ? -1 : table[codes[row]!]!;
  });
  return translated;
}

async function countCodes(codes: Int32Array, length: number, rows?: Float64Array): Promise<Float64Array> {
  const counts = new Float64Array(length);
  await overRows(codes.length, (from, to) => {
    for (let row = from; row < to; row++) if (codes[row]! >= 0) counts[codes[row]!]! += rows?.[row] ?? 1;
  });
  return counts;
}

/** The class that log-odds are against, as a user may name it: itself, or the other one of two. */
interface ReferenceChoice {
  readonly positive?: Label | undefined;
  readonly reference?: Label | undefined;
}

export interface ClassChoice extends ReferenceChoice, Pick<SelectedRows, 'used' | 'lossesOf'> {}

/**
 * The classes of the rows that are used. One that has lost its last row is an error where one class is left, else a
 * warning. Throws LogisticError 'one-class', 'empty', 'bad-weights', 'unknown-label' or 'bad-option'.
 */
export async function chooseClasses(target: Target, choice: ClassChoice): Promise<Labels> {
  const { classes: all, codes } = target;
  const { used, positive, reference } = choice;
  const counts = new Float64Array(all.length);
  await overRows(used.length, (from, to) => {
    for (let i = from; i < to; i++) counts[codes[used[i]!]!]!++;
  });
  const lost = all.flatMap((_, code) => (counts[code] === 0 ? [code] : []));
  const losses = await choice.lossesOf(lost);
  const chosen = classesOfCounts(target, counts, (code) => losses.get(code)!, { positive, reference });
  const order = classesByCode(chosen);
  const identity = lost.length === 0 && chosen.reference === all[0];
  return {
    ...chosen,
    codes: identity
      ? codes
      : await translate(
          codes,
          all.map((label) => order.indexOf(label)),
        ),
  };
}

/** The same from the rows of each class that are used, without the codes of rows. */
export function classesOfCounts(
  { classes: all, name }: Pick<Target, 'classes' | 'name'>,
  counts: Float64Array,
  lossesOf: (code: number) => Losses,
  choice: ReferenceChoice,
): Omit<Labels, 'codes'> {
  const lost = all.flatMap((_, code) => (counts[code] === 0 ? [code] : []));
  const classes = all.filter((_, code) => counts[code]! > 0);
  if (classes.length === 0) throw noRowLeft(joined(lost.map(lossesOf)));
  if (classes.length === 1) {
    const left = `${JSON.stringify(classes[0])} (${counts[all.indexOf(classes[0]!)]} rows)`;
    throw oneClassLeft(name, left, joined(lost.map(lossesOf)));
  }
  const reference = chooseReference(classes, choice, name);
  const single = classes.filter((label) => counts[all.indexOf(label)] === 1);
  const warnings: Warning[] = lost.map((code) => ({
    code: 'lost-class',
    message: `the class ${JSON.stringify(all[code])} of ${name} has no row left ${afterLosses(lossesOf(code))}, so the model does not know it`,
  }));
  if (single.length > 0) {
    const listed = single.map((label) => JSON.stringify(label)).join(', ');
    warnings.push({
      code: 'single-row-class',
      message: `${name}: one row only of ${listed}, which no holdout can test`,
    });
  }
  if (classes.length > manyClasses && typeof classes[0] === 'number') {
    const message = `${name} holds ${classes.length} different numbers, each of which is fitted as a class of its own`;
    warnings.push({ code: 'many-classes', message });
  }
  return { classes, reference, warnings };
}

/** Losses of several classes as one. */
function joined(losses: Iterable<Losses>): Losses {
  const all = [...losses];
  return {
    missingIn: new Set(all.flatMap(({ missingIn }) => [...missingIn])),
    weightless: all.reduce((sum, { weightless }) => sum + weightless, 0),
  };
}

function afterLosses({ missingIn, weightless }: Losses): string {
  const steps = [
    ...(missingIn.size > 0 ? [`rows with a missing cell in ${[...missingIn].join(', ')} are dropped`] : []),
    ...(weightless > 0 ? ['rows without a weight above 0 are left out'] : []),
  ];
  return `once ${steps.join(' and ')}`;
}

function remedyOf({ missingIn: [name], weightless }: Losses): string {
  const fill = (column: string): string =>
    `impute (--missing impute), or leave the column out (--drop ${argument(column)})`;
  return [...(name === undefined ? [] : [fill(name)]), ...(weightless > 0 ? ['give those rows a weight'] : [])].join(
    '; ',
  );
}

function oneClassLeft(target: string, left: string, losses: Losses): LogisticError {
  return new LogisticError('one-class', `the target ${target} has one class only, ${left}, ${afterLosses(losses)}`, {
    hint: remedyOf(losses),
  });
}

function noRowLeft(losses: Losses): LogisticError {
  if (losses.missingIn.size === 0) {
    return new LogisticError('bad-weights', 'no row has a weight above 0', { hint: remedyOf(losses) });
  }
  return new LogisticError('empty', `no row is left ${afterLosses(losses)}`, { hint: remedyOf(losses) });
}

export function chooseReference(
  classes: readonly Label[],
  { positive, reference }: ReferenceChoice,
  target: string,
): Label {
  const find = (option: string, wanted: Label): Label => {
    const found =
      classes.find((label) => label === wanted) ?? classes.find((label) => String(label) === String(wanted));
    if (found === undefined) throw unknownLabel(option, wanted, classes, target);
    return found;
  };
  if (positive === undefined) return reference === undefined ? classes[0]! : find('reference', reference);
  const chosen = find('positive', positive);
  if (classes.length > 2) {
    throw new LogisticError('bad-option', `positive is for two classes; ${target} has ${classes.length}`, {
      hint: 'choose the class that the others are compared with: option reference',
      details: { option: 'positive' },
    });
  }
  const other = classes.find((label) => label !== chosen)!;
  if (reference !== undefined && find('reference', reference) !== other) {
    throw new LogisticError('bad-option', `reference and positive are both ${JSON.stringify(chosen)}`, {
      details: { option: 'reference' },
    });
  }
  return other;
}

export function unknownLabel(option: string, wanted: Label, classes: readonly Label[], target: string): LogisticError {
  const near = nearestName(String(wanted), classes.map(String));
  return new LogisticError(
    'unknown-label',
    `${option}: ${JSON.stringify(wanted)} is not a class of ${target}, which has ${classes.map((c) => JSON.stringify(c)).join(', ')}`,
    near === undefined ? {} : { hint: `did you mean ${JSON.stringify(near)}?` },
  );
}

function describeClasses(all: readonly Label[], counts: Float64Array): string {
  const shown = all.map((label, code) => ({ label, rows: counts[code]! })).filter(({ rows }) => rows > 0);
  return shown.map(({ label, rows }) => `${JSON.stringify(label)} (${rows} rows)`).join(', ');
}
