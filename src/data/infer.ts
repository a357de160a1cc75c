/**
 * What a column of delimited text is, decided on all of its cells: numbers, booleans, categories, or nothing that
 * can be learned from. docs/data.md has the rules. It sees counts, never a file, so that every
 * reader of text decides alike.
 */
import { brief, LogisticError, type Warning } from '../errors.ts';
import { booleanPairs, type NumberStyle, plainNumbers } from '../predict/cell.ts';
import { argument } from './names.ts';
import type { ColumnHead } from './table.ts';

/** From 2^53 on a float64 skips whole numbers: it is what 2^53 + 1 is rounded to. */
export const inexactFrom = 2 ** 53;

/** Counts over the trimmed cells of a column. */
export interface Profile {
  readonly name: string;
  /** Cells that are not missing. */
  readonly present: number;
  /** Plain decimal numbers that float64 holds. */
  readonly numbers: number;
  /** Of them: spelled with a leading zero, as codes are. */
  readonly leadingZeros: number;
  /** Of them: whole numbers from `inexactFrom` on. */
  readonly beyondExact: number;
  /** Counted only where some cell is no number. */
  readonly texts?: TextProfile | undefined;
}

export interface TextProfile {
  /** Different texts. Counted when asked for: it takes long, and most columns are decided without it. */
  readonly distinct: () => number;
  /** Cells that are a word of each of booleanPairs, in any case. */
  readonly pairs: readonly number[];
  /** Cells that are any boolean word, or 0 or 1. */
  readonly anyBoolean: number;
  /** Cells that are numbers with a decimal comma, with commas between thousands, with points between thousands. */
  readonly decimalComma: number;
  readonly commaThousands: number;
  readonly pointThousands: number;
  /** Cells without a comma that are whole numbers: from 1 to 999 in size, and of 1000 and more. */
  readonly wholesBelow1000: number;
  readonly wholesFrom1000: number;
  /** Digits dressed up: separators, a currency, a per cent sign. */
  readonly dressed: number;
  readonly dates: number;
}

export interface Asked {
  readonly as: 'numeric' | 'categorical' | 'target' | undefined;
  /** How a comma is meant where it could be either. */
  readonly comma: 'decimal' | 'thousands' | undefined;
  /** What is asked once all other columns are decided, where this one cannot be without it. */
  readonly rest?: RestOfFile;
}

/** What the rest of a file says of a comma that may be decimal or group thousands. */
export interface RestOfFile {
  readonly delimiter: string;
  /** A column whose decimals stand after a point; one whose decimals stand after a comma. */
  readonly pointColumn: string | undefined;
  readonly commaColumn: string | undefined;
}

export type Kind =
  | { readonly kind: 'numeric'; readonly style: NumberStyle; readonly warning?: Warning }
  | { readonly kind: 'boolean' | 'categorical'; readonly warning?: Warning }
  | { readonly kind: 'left-out'; readonly warning: Warning }
  /** Every cell is a number in two readings: the rest of the file is to be asked. */
  | { readonly kind: 'undecided' }
  | {
      readonly kind: 'refused';
      readonly code: 'not-a-number' | 'date-column' | 'too-many-levels';
      readonly why: string;
      readonly hint: string;
    };

const commaStyle: NumberStyle = { decimal: ',', thousands: '' };
const groupedStyle: NumberStyle = { decimal: '.', thousands: ',' };

/** A category has no more levels than this. */
export const maxLevels = 1000;
/** From this many rows on, strings that never repeat are an identifier. */
const idRows = 5;

export function decideKind(profile: Profile, asked: Asked): Kind {
  const { name, present, numbers, texts } = profile;
  const target = asked.as === 'target';
  const warn = (code: string, message: string): Warning => ({ code, message: `${name}: ${message}`, columns: [name] });
  if (asked.as === 'categorical') return { kind: 'categorical' };
  if (present === 0) {
    if (target) return { kind: 'categorical' };
    return { kind: 'left-out', warning: warn('empty-column', 'every cell is missing, so it is left out') };
  }
  if (numbers === present) {
    if (asked.as === 'numeric') return { kind: 'numeric', style: plainNumbers };
    if (profile.leadingZeros > 0) {
      return {
        kind: 'categorical',
        warning: warn(
          'leading-zeros',
          'numbers with leading zeros are codes, so they are read as text; --numeric reads them as numbers',
        ),
      };
    }
    if (profile.beyondExact > 0) {
      if (target) return { kind: 'categorical' };
      return {
        kind: 'left-out',
        warning: warn(
          'id-like',
          'whole numbers beyond 2^53 lose digits and look like an identifier, so it is left out; --numeric or --categorical keeps it',
        ),
      };
    }
    return { kind: 'numeric', style: plainNumbers };
  }
  const refused = (code: 'not-a-number' | 'date-column' | 'too-many-levels', why: string, hint: string): Kind =>
    target ? { kind: 'categorical' } : { kind: 'refused', code, why, hint };
  const commas = texts === undefined ? undefined : styleWithSeparators(texts, present, asked);
  const separated = (style: NumberStyle | 'either'): Kind =>
    style === 'either'
      ? chooseReading(name, texts!, asked.rest)
      : { kind: 'numeric', style, ...styleWarning(style, name, asked) };
  if (asked.as === 'numeric' || texts === undefined) {
    if (commas !== undefined) return separated(commas);
    return {
      kind: 'refused',
      code: 'not-a-number',
      why: 'is not a number',
      hint: 'fix the cell, or name its text with --missing-tokens',
    };
  }
  if (texts.pairs.some((count) => count === present)) return { kind: 'boolean' };
  if (texts.anyBoolean === present) {
    return {
      kind: 'categorical',
      warning: warn('mixed-booleans', 'boolean words of several pairs, so it is read as text'),
    };
  }
  if (commas !== undefined) {
    if (target) return { kind: 'categorical' };
    return separated(commas);
  }
  if (texts.dates === present) {
    return refused(
      'date-column',
      'is a date, which is not a number and has too many values for a category',
      `leave it out (--drop ${argument(name)}), or keep it as text (--categorical ${argument(name)})`,
    );
  }
  if (numbers + texts.dressed > present / 2) {
    const hint = `fix the cells, or name their text with --missing-tokens, or keep the column as text (--categorical ${argument(name)}), or leave it out (--drop ${argument(name)})`;
    const others = numbers === 0 ? '' : `, in a column where ${numbers} of ${present} cells are numbers`;
    return refused('not-a-number', `is not a number${others}`, hint);
  }
  if (target) return { kind: 'categorical' };
  const distinct = texts.distinct();
  if (distinct === present && present >= idRows) {
    return {
      kind: 'left-out',
      warning: warn(
        'id-like',
        'a new text in every row looks like an identifier, so it is left out; --categorical keeps it',
      ),
    };
  }
  if (distinct > maxLevels) {
    return refused(
      'too-many-levels',
      `has ${distinct} different texts; a category may have ${maxLevels}`,
      `leave it out (--drop ${argument(name)})`,
    );
  }
  return { kind: 'categorical' };
}

/**
 * The style in which every cell is a number though not all are plain ones; undefined where there is none. A comma may
 * be decimal or group thousands: what fits every cell decides, then what is asked for.
 */
function styleWithSeparators(texts: TextProfile, present: number, asked: Asked): NumberStyle | 'either' | undefined {
  const decimal = texts.decimalComma === present;
  const thousands = texts.commaThousands === present;
  if (decimal && thousands && asked.comma === undefined) return 'either';
  if (decimal && (!thousands || asked.comma === 'decimal')) return commaStyle;
  if (thousands) return groupedStyle;
  return texts.pointThousands === present ? { decimal: ',', thousands: '.' } : undefined;
}

/** What is a choice is said. */
function styleWarning({ decimal, thousands }: NumberStyle, name: string, asked: Asked): { warning?: Warning } {
  const inWords = { ',': 'commas', '.': 'points' };
  if (thousands === '') {
    if (asked.comma === 'decimal') return {};
    const message = `${name}: read with a decimal comma, the only reading that fits every cell`;
    return { warning: { code: 'decimal-comma', message, columns: [name] } };
  }
  if (asked.comma === 'thousands' && thousands === ',') return {};
  const also = decimal === ',' ? ' and a decimal comma' : '';
  const message = `${name}: read with ${inWords[thousands]} between thousands${also}, the only reading that fits every cell`;
  return { warning: { code: 'thousands', message, columns: [name] } };
}

/** A file is spelled in one way: of two readings that fit, the one that the other cells speak for, and a warning. */
function chooseReading(name: string, cells: TextProfile, rest: RestOfFile | undefined): Kind {
  if (rest === undefined) return { kind: 'undecided' };
  const { delimiter, pointColumn, commaColumn } = rest;
  // 950 beside 3,500; between semicolons commas are often decimal.
  const grouped = cells.wholesBelow1000 > 0 && cells.wholesFrom1000 === 0 && delimiter !== ';';
  if (commaColumn === undefined && (pointColumn !== undefined || grouped)) {
    const why = pointColumn === undefined ? 'numbers without one are below 1000' : `${pointColumn} has decimal points`;
    const message = `${name}: read with commas between thousands (1,234 is 1234), since ${why}; if they are decimal, say so (--decimal-comma)`;
    return { kind: 'numeric', style: groupedStyle, warning: { code: 'thousands', message, columns: [name] } };
  }
  if (commaColumn !== undefined && pointColumn === undefined) {
    const message = `${name}: read with a decimal comma (1,234 is 1.234), since ${commaColumn} has decimal commas; if they group thousands, say so (--thousands ,)`;
    return { kind: 'numeric', style: commaStyle, warning: { code: 'decimal-comma', message, columns: [name] } };
  }
  return {
    kind: 'refused',
    code: 'not-a-number',
    why: 'is not a number as it stands: its comma may group thousands or be decimal, every cell fits both, and nothing in the file speaks for one',
    hint: `say which with --thousands , or with --decimal-comma, or keep the column as text (--categorical ${argument(name)}), or leave it out (--drop ${argument(name)})`,
  };
}

/** The error for a refused column; `cell` and `where` are the first offender, where they are known. */
export function refusal(
  name: string,
  kind: Kind & { kind: 'refused' },
  offender: { cell: string; where: string } | undefined,
): LogisticError {
  const subject =
    kind.code === 'too-many-levels' || offender === undefined
      ? `column ${name}`
      : `column ${name}: \`${brief(offender.cell)}\``;
  const where = offender === undefined ? '' : `${offender.where}: `;
  return new LogisticError(kind.code, `${where}${subject} ${kind.why}`, {
    hint: kind.hint,
    details: { column: name },
  });
}

export const booleanWords: readonly string[] = booleanPairs.flat();

/** Why a column of strings that came with its type should be left out; throws when it has too many levels. */
export function judgeCategory(column: ColumnHead, rows: number): Warning | undefined {
  if (column.kind !== 'categorical') return undefined;
  const { name, levels, missing } = column;
  const present = rows - missing.count;
  if (levels.length === present && present >= idRows) {
    return {
      code: 'id-like',
      message: `${name}: a new text in every row looks like an identifier, so it is left out`,
      columns: [name],
    };
  }
  if (levels.length <= maxLevels) return undefined;
  throw new LogisticError(
    'too-many-levels',
    `column ${name} has ${levels.length} different texts; a category may have ${maxLevels}`,
    {
      hint: `leave it out (--drop ${argument(name)})`,
      details: { column: name },
    },
  );
}
