/** Delimited files with odd cells, from a seed: what is in them, and how that is spelled. */
import { createRandom } from '../../src/math/random.ts';

export interface OddFile {
  readonly text: string;
  readonly delimiter: string;
  /** The cells as they are meant, without quotes; the header first. */
  readonly rows: readonly (readonly string[])[];
}

const words = [
  'a',
  'b"c',
  '5" pipe',
  'x,y',
  'x;y',
  'two\nlines',
  'two\r\nlines',
  'cr\rcell',
  '',
  ' ',
  'NA',
  '?',
  'é',
  '€',
  '𝕏',
  '"',
  '""',
  '\u00a0nb',
  'yes',
  'No',
  '007',
  '-0',
  '1_000',
  'inf',
  '2024-01-05',
  "it's",
  'a|b',
  'tab\tcell',
];
const numbers = [
  '0',
  '1',
  '-1',
  '1.0',
  '1.50',
  '0.1',
  '.5',
  '5.',
  '-.25',
  '+3',
  '1e5',
  '1.5e-05',
  '1E5',
  '123456789012345678',
  '0.30000000000000004',
  '1,5',
  '1,234',
  '1.234',
  '9007199254740993',
  '1e400',
  '5e-324',
  '00',
  '12 %',
  '$5',
];

export function oddFile(seed: number): OddFile {
  const random = createRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const width = 1 + Math.floor(random() * 6);
  const delimiter = pick([',', ';', '\t', '|']);
  const kinds = Array.from({ length: width }, () => random());
  const cell = (k: number): string => {
    const kind = kinds[k]!;
    if (kind < 0.3) return String(Math.round(random() * 2000 - 1000) / pick([1, 10, 1000]));
    return random() < kind ? pick(words) : pick(numbers);
  };
  const rows = [Array.from({ length: width }, (_, k) => `c${k}`)];
  const count = 1 + Math.floor(random() * 30);
  for (let i = 0; i < count; i++) rows.push(Array.from({ length: width }, (_, k) => cell(k)));
  const eol = pick(['\n', '\r\n', '\r', 'mixed']);
  const ends = ['\n', '\r\n', '\r'];
  const always = random() < 0.2;
  const spell = (text: string): string => {
    const must = text.includes(delimiter) || /[\r\n]/.test(text) || /^[ \t]*"/.test(text);
    return must || always || random() < 0.1 ? `"${text.replaceAll('"', '""')}"` : text;
  };
  let text = random() < 0.1 ? '\ufeff' : '';
  for (const [i, row] of rows.entries()) {
    const line = row.map(spell).join(delimiter);
    // A lone empty cell would be a blank line.
    text += width === 1 && line.trim() === '' ? '""' : line;
    if (i + 1 < rows.length || random() < 0.8) text += eol === 'mixed' ? pick(ends) : eol;
  }
  return { text, delimiter, rows };
}
