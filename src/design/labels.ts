/**
 * The target: which two classes it has, in sorted order, and which of them counts as positive. Labels
 * keep the value and the type the user gave them, all the way into predictions and the model file.
 * It knows no feature.
 */
import type { Column } from '../data/table.ts';
import { LogisticError, nearestName } from '../errors.ts';
import type { Label } from '../predict/model-file.ts';
import type { Turns } from '../turns.ts';

export interface Labels {
  /** The two classes, sorted: numbers by size, texts by code unit, false before true. */
  readonly classes: readonly [Label, Label];
  readonly positive: Label;
  /** Length m: 1 positive, 0 negative, −1 no label. */
  readonly y: Int8Array;
}

/** Every distinct label of a target column in sorted order, and each row's index among them (−1 missing). */
async function labelCodes(column: Column, turns: Turns): Promise<{ classes: Label[]; codes: Int32Array }> {
  if (column.kind === 'categorical') return { classes: [...column.levels], codes: column.codes };
  if (column.kind === 'boolean') {
    return { classes: column.typed ? [false, true] : [...column.words].sort(), codes: booleanCodes(column) };
  }
  const { values } = column;
  const index = new Map<number, number>(); // distinct values by first occurrence
  const first = new Int32Array(values.length).fill(-1);
  await turns.over(values.length, (from, to) => {
    for (let row = from; row < to; row++) {
      const value = values[row]!;
      if (Number.isNaN(value)) continue;
      let code = index.get(value);
      if (code === undefined) {
        code = index.size;
        index.set(value, code);
      }
      first[row] = code;
    }
  });
  const classes = [...index.keys()].sort((a, b) => a - b);
  const place = new Map(classes.map((value, k) => [value, k]));
  const sorted = Int32Array.from(index.keys(), (value) => place.get(value)!);
  await turns.over(values.length, (from, to) => {
    for (let row = from; row < to; row++) if (first[row]! >= 0) first[row] = sorted[first[row]!]!;
  });
  return { classes, codes: first };
}

/** Words sort by code unit like any text, so 'yes'/'no' spelled in unlike cases may sort true first. */
function booleanCodes(column: Column & { kind: 'boolean' }): Int32Array {
  const trueFirst = !column.typed && column.words[1] < column.words[0];
  return trueFirst ? column.codes.map((code) => (code < 0 ? code : 1 - code)) : column.codes;
}

/** Two-class labels of a target column; anything else is an error that names the classes and their counts. */
export async function readLabels(column: Column, positive: Label | undefined, turns: Turns): Promise<Labels> {
  const { classes: all, codes } = await labelCodes(column, turns);
  const counts = new Float64Array(all.length);
  await turns.over(codes.length, (from, to) => {
    for (let row = from; row < to; row++) if (codes[row]! >= 0) counts[codes[row]!]!++;
  });
  const present = all.filter((_, code) => counts[code]! > 0);
  const listed = describeClasses(all, counts);
  if (present.length === 0) {
    throw new LogisticError('no-target', `the target ${column.name} has no value in any row`);
  }
  if (present.length === 1) {
    throw new LogisticError('one-class', `the target ${column.name} has one class only: ${listed}`, {
      hint: 'logistic regression needs rows of two classes',
      details: { column: column.name, class: present[0], rows: counts[all.indexOf(present[0]!)] },
    });
  }
  if (present.length > 2) {
    throw new LogisticError('too-many-classes', `the target ${column.name} has ${present.length} classes: ${listed}`, {
      hint: 'two classes can be fitted for now; drop the rows of the others, or choose another --target',
    });
  }
  const classes: [Label, Label] = [present[0]!, present[1]!];
  const chosen = choosePositive(classes, positive, column.name);
  const positiveCode = all.indexOf(chosen);
  const y = new Int8Array(codes.length);
  await turns.over(codes.length, (from, to) => {
    for (let row = from; row < to; row++) y[row] = codes[row]! < 0 ? -1 : codes[row] === positiveCode ? 1 : 0;
  });
  return { classes, positive: chosen, y };
}

function choosePositive(classes: [Label, Label], wanted: Label | undefined, target: string): Label {
  if (wanted === undefined) return classes[1];
  const found = classes.find((label) => label === wanted) ?? classes.find((label) => String(label) === String(wanted));
  if (found !== undefined) return found;
  throw unknownLabel('positive', wanted, classes, target);
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
  const text = shown.slice(0, 8).map(({ label, rows }) => `${JSON.stringify(label)} (${rows} rows)`);
  return shown.length > 8 ? `${text.join(', ')}, …` : text.join(', ');
}
