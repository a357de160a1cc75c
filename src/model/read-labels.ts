/** Cells of labels and of sample weights, read as the training of a model read them. */
import { isWeight, wrongWeight } from '../data/sample-weights.ts';
import { LogisticError, shown } from '../errors.ts';
import { booleanPairOf, type Cell, readNumber, readText } from '../predict/cell.ts';
import { classesByCode, type Label, type ModelFile, type Target } from '../predict/model-file.ts';
import type { TrainingReport } from './fit.ts';

/** 0 for the reference, 1 … k for the others in the order of the classes; undefined for no class. */
export type LabelReader = (label: Cell) => number | undefined;

/** Where the classes are the two words of a boolean pair it takes them in any letter case, as training does. */
export function labelReader(target: Target): LabelReader {
  const { classes } = target;
  const pair = booleanPairOf(classes.map(String));
  const words = classes.map((label) => String(label).toLowerCase());
  const folds = pair?.every((word) => words.includes(word)) === true;
  const spell = (label: Cell): string => (folds ? String(label).toLowerCase() : String(label)).trim();
  const codes = new Map(classesByCode(target).map((label, code) => [spell(label), code]));
  const numeric = classes.every((label) => typeof label === 'number');
  return (label) => {
    if (Object(label) === label) return undefined; // no single value
    const text = spell(label);
    return codes.get(text) ?? (numeric && text !== '' ? codes.get(String(Number(text))) : undefined);
  };
}

/** The code of a label. Throws 'unknown-label', with the number of its row where there is one. */
export function codeOf(label: Cell, read: LabelReader, classes: readonly Label[], row?: number): number {
  const code = read(label);
  if (code !== undefined) return code;
  const where = row === undefined ? '' : `row ${row}: `;
  const message = `${where}${shown(label)} is not a class of the model: ${classes.join(', ')}`;
  throw new LogisticError('unknown-label', message, row === undefined ? {} : { details: { row } });
}

export function codesOf(labels: ArrayLike<Cell>, target: Target): Int32Array {
  const read = labelReader(target);
  return Int32Array.from(labels, (label, i) => codeOf(label, read, target.classes, i + 1));
}

/** A sample weight, undefined where its cell is missing; `where` is named in the error 'bad-weights'. */
export type WeightReader = (cell: Cell, where: string) => number | undefined;

/** Numbers are spelled as in training where the column weighed the rows there. */
export function weightReader({ missingTokens, training }: ModelFile, column: string | undefined): WeightReader {
  const tokens = new Set(['', ...missingTokens]);
  const { weights }: Partial<TrainingReport> = training;
  const style = weights?.column === column ? weights?.style : undefined;
  return (cell, where) => {
    const text = readText(cell, tokens);
    if (text === undefined) return undefined;
    const weight = readNumber(text, typeof cell === 'string' ? style : undefined);
    if (!isWeight(weight)) throw wrongWeight(where, cell);
    return weight;
  };
}
