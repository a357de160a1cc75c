/**
 * Files that nobody would write, from a seed: odd files with bytes changed, taken out and put in. Whatever comes of one,
 * it is a table or a mistake that is told, the same in pieces of any size, and no row is lost.
 */
import { createRandom } from '../../src/math/random.ts';
import { oddFile } from './odd-files.ts';
import { outcome } from './support.ts';

const nasty = [0x22, 0x22, 0x0d, 0x0a, 0x2c, 0x3b, 0x20, 0x00, 0x80, 0xc2, 0xff, 0x2d, 0x2e, 0x30, 0x65, 0x23];

export function fuzzedFile(seed: number): Uint8Array {
  const random = createRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const bytes = [...new TextEncoder().encode(oddFile(below(2 ** 30)).text)];
  for (let changes = below(6); changes > 0; changes--) {
    const at = below(bytes.length + 1);
    const byte = random() < 0.8 ? nasty[below(nasty.length)]! : below(256);
    const kind = below(3);
    if (kind === 0) bytes[Math.min(at, bytes.length - 1)] = byte;
    else if (kind === 1) bytes.splice(at, 0, byte);
    else bytes.splice(at, 1 + below(5));
  }
  return Uint8Array.from(bytes);
}

/** Throws where something is wrong with what comes of the file of a seed. */
export async function fuzz(seed: number): Promise<void> {
  const bytes = fuzzedFile(seed);
  const options = { maxBadRows: Number.MAX_SAFE_INTEGER, missingTokens: [] };
  const random = createRandom(seed);
  const whole = await outcome(bytes, { options });
  const cut = await outcome(bytes, { options, piece: 1 + Math.floor(random() * 20) });
  const [one, other] = [JSON.stringify(whole), JSON.stringify(cut)];
  if (one !== other)
    throw new Error(`seed ${seed}: ${one.slice(0, 2000)} in one piece, ${other.slice(0, 2000)} in many`);
  if (!('columns' in whole)) return;
  const lengths = whole.columns.map((column) => (column.kind === 'numeric' ? column.values : column.codes).length);
  if (lengths.some((length) => length !== whole.rows)) throw new Error(`seed ${seed}: columns of ${lengths} cells`);
  // Where no quote hides a line end and no tab may be a delimiter, every line that is not blank is a row, a bad row, or above the rows.
  const text = new TextDecoder().decode(bytes).replace(/^\ufeff/, '');
  if (/["\t]/.test(text)) return;
  const lines = text.split(/\r\n|\n|\r/).filter((line) => !/^[ \t]*$/.test(line)).length;
  const above = lines - whole.rows - whole.badRows;
  const comments = text.split(/[\r\n]/).filter((line) => line.startsWith('#')).length;
  const said = whole.warnings.filter(({ code }) => code === 'units-row').length;
  if (above < 1 || above > 1 + comments + said + (/^sep=/i.test(text) ? 1 : 0)) {
    throw new Error(`seed ${seed}: ${lines} lines, ${whole.rows} rows, ${whole.badRows} bad rows`);
  }
}
