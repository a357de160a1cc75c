/**
 * The order of many numbers, without ever holding up the event loop for long.
 */
import { overRows } from '../yielding.ts';

/** Where each digit of a word of 32 bits begins, lowest first. */
const shifts = [0, 11, 22];
const digitValues = 2 ** 11;
/** Runs of equal upper words are put in order by insertion up to this length. */
const shortRun = 32;

/**
 * Positions of the values in ascending order, equal ones in their own order; −0 before 0. No value may be NaN.
 *
 * Least-significant-digit radix sort on the upper words of the doubles, which order like integers once negative
 * ones are complemented and the sign bit of the others is set; then on the lower words, within each run of
 * equal upper ones, where among different numbers few are longer than one.
 * Source: D. Knuth, The Art of Computer Programming 3, section 5.2.5.
 */
export async function argsort(values: Float64Array): Promise<Uint32Array> {
  const { length } = values;
  const [upper, lower] = [new Uint32Array(length), new Uint32Array(length)];
  const positions = new Uint32Array(length);
  await overRows(length, (from, to) => writeWords(values, { upper, lower, positions }, from, to));
  const sorted = await sortByWord({ words: upper, positions });

  const longRuns: Run[] = [];
  let start = 0;
  await overRows(length, (from, to) => {
    start = orderRuns(sorted, lower, { start, from, to }, longRuns);
  });
  for (const { from, to } of longRuns) {
    const run = sorted.positions.subarray(from, to);
    const words = run.map((position) => lower[position]!);
    run.set((await sortByWord({ words, positions: run.slice() })).positions);
  }
  return sorted.positions;
}

/** Words under way, and the position that each came from. */
interface Keys {
  readonly words: Uint32Array;
  readonly positions: Uint32Array;
}

interface Words {
  readonly upper: Uint32Array;
  readonly lower: Uint32Array;
  readonly positions: Uint32Array;
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function writeWords(values: Float64Array, { upper, lower, positions }: Words, from: number, to: number): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const high = littleEndian ? 1 : 0;
  for (let i = from; i < to; i++) {
    const word = bits[2 * i + high]!;
    const negative = word >>> 31 === 1;
    upper[i] = negative ? ~word : word | 0x80000000;
    lower[i] = negative ? ~bits[2 * i + 1 - high]! : bits[2 * i + 1 - high]!;
    positions[i] = i;
  }
}

/** Keys in the order of their words, in arrays of their own or the ones that came. A digit that all share is passed over. */
async function sortByWord(keys: Keys): Promise<Keys> {
  const { length } = keys.words;
  const counts = shifts.map(() => new Uint32Array(digitValues));
  await overRows(length, (from, to) => {
    for (const [k, shift] of shifts.entries()) count(keys.words, shift, counts[k]!, from, to);
  });
  let source = keys;
  let target: Keys = { words: new Uint32Array(length), positions: new Uint32Array(length) };
  for (const [k, shift] of shifts.entries()) {
    if (counts[k]!.includes(length)) continue;
    const places = startsOf(counts[k]!);
    await overRows(length, (from, to) => scatter(source, target, { shift, places, from, to }));
    [source, target] = [target, source];
  }
  return source;
}

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
  readonly shift: number;
  readonly places: Uint32Array;
  readonly from: number;
  readonly to: number;
}

function scatter(source: Keys, target: Keys, { shift, places, from, to }: Pass): void {
  for (let i = from; i < to; i++) {
    const word = source.words[i]!;
    const place = places[(word >>> shift) & (digitValues - 1)]!++;
    target.words[place] = word;
    target.positions[place] = source.positions[i]!;
  }
}

interface Run {
  readonly from: number;
  readonly to: number;
}

interface Walk extends Run {
  /** Where the run begins that `from` may stand in. */
  readonly start: number;
}

/** Orders the runs of equal words that end from `from` to `to`, lists the long ones, and gives where the last begins. */
function orderRuns({ words, positions }: Keys, lower: Uint32Array, { start, from, to }: Walk, longRuns: Run[]): number {
  let begin = start;
  for (let i = Math.max(from, 1); i <= to; i++) {
    if (i < words.length && (i === to || words[i] === words[begin])) continue;
    if (i - begin <= shortRun) insert(positions, lower, begin, i);
    else if (!ascends(positions, lower, begin, i)) longRuns.push({ from: begin, to: i });
    begin = i;
  }
  return begin;
}

/** Whether positions are in order already, as those of equal values are. */
function ascends(positions: Uint32Array, lower: Uint32Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) if (lower[positions[i - 1]!]! > lower[positions[i]!]!) return false;
  return true;
}

/** Insertion sort of positions by their lower words. */
function insert(positions: Uint32Array, lower: Uint32Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const position = positions[i]!;
    const word = lower[position]!;
    let at = i;
    for (; at > from && lower[positions[at - 1]!]! > word; at--) positions[at] = positions[at - 1]!;
    positions[at] = position;
  }
}
