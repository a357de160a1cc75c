/**
 * The cells of a column, decided → Column. All decisions are data/infer.ts's, over all rows; here they are asked for
 * and carried out, and an error is told with the line of the cell at fault.
 */
import { type Asked, decideKind, type Kind, refusal } from '../data/infer.ts';
import type { Column } from '../data/table.ts';
import { textColumn } from '../data/typed-column.ts';
import type { Warning } from '../errors.ts';
import { type NumberStyle, plainNumbers, readNumber } from '../predict/cell.ts';
import type { Places } from './places.ts';
import { type Dictionary, type Profiled, profileColumn } from './profile.ts';
import { formOf, forms, fractionOf } from './spelling.ts';
import type { ColumnStore } from './store.ts';

export interface Reading {
  readonly dictionary: Dictionary;
  /** Texts that count as missing, the empty one among them. */
  readonly tokens: ReadonlySet<string>;
  readonly places: Places;
}

export interface Finished {
  /** Undefined where the column is left out. */
  readonly column: Column | undefined;
  readonly warning: Warning | undefined;
}

/** Undefined where the column cannot be decided without the rest of the file: `asked.rest`. */
export function finishColumn(name: string, store: ColumnStore, asked: Asked, reading: Reading): Finished | undefined {
  const profiled = profileColumn(name, store, reading.dictionary, reading.tokens);
  const kind = decideKind(profiled.profile, asked);
  if (kind.kind === 'undecided') return undefined;
  const warning = 'warning' in kind ? kind.warning : undefined;
  if (kind.kind === 'left-out') return { column: undefined, warning };
  if (kind.kind === 'refused') throw refusal(name, kind, offender(store, profiled, kind, reading));
  const { dictionary } = reading;
  if (kind.kind === 'numeric') {
    return { column: numericColumn(name, store, profiled, kind.style, dictionary), warning };
  }
  const column = textColumn(name, codesOf(store, profiled, dictionary), profiled.missing, kind.kind === 'categorical');
  return { column, warning };
}

function numericColumn(
  name: string,
  store: ColumnStore,
  profiled: Profiled,
  style: NumberStyle,
  { size, textOf }: Dictionary,
): Column {
  const { missing, texts, isToken } = profiled;
  const numbers = new Float64Array(size).fill(Number.NaN);
  for (const id of texts) numbers[id] = readNumber(textOf(id), style)!;
  const { rows, spellings, ids } = store;
  const reread = style !== plainNumbers;
  const anyToken = missing.count > 0 && Object.keys(missing.tokens).some((token) => /[0-9]/.test(token));
  if (store.texts > 0 || reread || anyToken) {
    store.requireValues();
    const { values } = store;
    for (let row = 0; row < rows; row++) {
      if (!store.isNumber(row)) values![row] = numbers[ids![row]!]!;
      else if (anyToken && isToken(row)) values![row] = Number.NaN;
      else if (reread && needsStyle(spellings![row]!, style)) values![row] = readNumber(store.spellingAt(row), style)!;
    }
  }
  return { kind: 'numeric', name, values: store.takeValues(), ...(reread ? { style } : {}), missing };
}

/** Whether the kernel reads a spelling otherwise: it takes commas and points alike for the mark of decimals. */
function needsStyle(spelling: number, { decimal }: NumberStyle): boolean {
  const form = formOf(spelling);
  if (form === forms.comma) return decimal === '.';
  return decimal === ',' && form === forms.point && fractionOf(spelling) > 0;
}

/** Each distinct text once, and its number for each row, −1 where missing. */
function codesOf(
  store: ColumnStore,
  { texts, isToken }: Profiled,
  { size, textOf }: Dictionary,
): { texts: string[]; codes: Int32Array } {
  const found = Array.from(texts, textOf);
  const codeOf = new Int32Array(size).fill(-1);
  for (const [code, id] of texts.entries()) codeOf[id] = code;
  const { ids, spellings, rows } = store;
  const codes = new Int32Array(rows);
  const bySpelling = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    if (spellings === undefined || spellings[row] === 0) codes[row] = codeOf[ids![row]!]!;
    else if (isToken(row)) codes[row] = -1;
    else {
      const text = store.spellingAt(row);
      const code = bySpelling.get(text) ?? found.push(text) - 1;
      bySpelling.set(text, code);
      codes[row] = code;
    }
  }
  return { texts: found, codes };
}

/** The first cell that made a column be refused, with its line. */
function offender(
  store: ColumnStore,
  profiled: Profiled,
  kind: Kind & { kind: 'refused' },
  { places, dictionary }: Reading,
) {
  if (kind.code === 'too-many-levels') return undefined;
  const missing = new Set(profiled.missing.count === 0 ? [] : Object.keys(profiled.missing.tokens));
  const badText = (id: number): string | undefined => {
    const text = dictionary.textOf(id);
    return missing.has(text) || readNumber(text) !== undefined ? undefined : text;
  };
  for (let row = 0; row < store.rows; row++) {
    const cell = store.isNumber(row)
      ? formOf(store.spellings![row]!) === forms.comma && !profiled.isToken(row)
        ? store.spellingAt(row)
        : undefined
      : badText(store.ids![row]!);
    if (cell !== undefined) return { cell, where: places.whereIs(row) };
  }
  return undefined;
}
