/**
 * The order of many numbers, without ever holding up the event loop for long.
 */
import type { Turns } from '../turns.ts';

/** Where each digit of the 64 bits begins, lowest first. */
const digits = [
  { word: 0, shift: 0 },
  { word: 0, shift: 11 },
  { word: 0, shift: 22 },
  { word: 1, shift: 0 },
  { word: 1, shift: 11 },
  { word: 1, shift: 22 },
] as const;
const digitValues = 2 ** 11;

/** Values under way: the two words of each key, and where the value stood. */
interface Keys {
  readonly words: readonly [Uint32Array, Uint32Array];
  readonly positions: Uint32Array;
}

/**
 * Positions of the values in ascending order, equal ones in their own order; −0 before 0. No value may be NaN.
 *
 * Least-significant-digit radix sort on the bits of the doubles, which order like integers once negative
 * ones are complemented and the sign bit of the others is set. A digit that all values share is passed over.
 * Source: D. Knuth, The Art of Computer Programming 3, section 5.2.5.
 */
export async function argsort(values: Float64Array, turns: Turns): Promise<Uint32Array> {
  const { length } = values;
  let keys = emptyKeys(length);
  const counts = digits.map(() => new Uint32Array(digitValues));
  await turns.over(length, (from, to) => {
    writeKeys(values, keys, from, to);
    for (const [k, { word, shift }] of digits.entries()) count(keys.words[word], shift, counts[k]!, from, to);
  });
  let next = emptyKeys(length);
  for (const [k, { word, shift }] of digits.entries()) {
    if (counts[k]!.includes(length)) continue;
    const places = startsOf(counts[k]!);
    await turns.over(length, (from, to) => {
      scatter(keys, next, { digits: keys.words[word], shift, places, from, to });
    });
    [keys, next] = [next, keys];
  }
  return keys.positions;
}

function emptyKeys(length: number): Keys {
  return { words: [new Uint32Array(length), new Uint32Array(length)], positions: new Uint32Array(length) };
}

function writeKeys(values: Float64Array, { words: [low, high], positions }: Keys, from: number, to: number): void {
  const bits = new DataView(values.buffer, values.byteOffset);
  for (let i = from; i < to; i++) {
    const upper = bits.getUint32(8 * i + (littleEndian ? 4 : 0), littleEndian);
    const lower = bits.getUint32(8 * i + (littleEndian ? 0 : 4), littleEndian);
    const negative = upper >>> 31 === 1;
    low[i] = negative ? ~lower : lower;
    high[i] = negative ? ~upper : upper | 0x80000000;
    positions[i] = i;
  }
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function count(words: Uint32Array, shift: number, counts: Uint32Array, from: number, to: number): void {
  for (let i = from; i < to; i++) counts[(words[i]! >>> shift) & (digitValues - 1)]!++;
}

/** Where the first value of each digit goes. */
function startsOf(counts: Uint32Array): Uint32Array {
  let start = 0;
  return counts.map((size) => {
    start += size;
    return start - size;
  });
}

interface Pass {
  readonly digits: Uint32Array;
  readonly shift: number;
  readonly places: Uint32Array;
  readonly from: number;
  readonly to: number;
}

function scatter(source: Keys, target: Keys, { digits, shift, places, from, to }: Pass): void {
  const [low, high] = source.words;
  const [targetLow, targetHigh] = target.words;
  for (let i = from; i < to; i++) {
    const place = places[(digits[i]! >>> shift) & (digitValues - 1)]!++;
    targetLow[place] = low[i]!;
    targetHigh[place] = high[i]!;
    target.positions[place] = source.positions[i]!;
  }
}
