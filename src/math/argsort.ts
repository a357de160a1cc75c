/**
 * The order of many numbers, without ever holding up the event loop for long.
 */
import type { Turns } from '../turns.ts';

/** Bits of a digit, lowest first: 64 in all. */
const digits = [11, 11, 10, 11, 11, 10];

/**
 * Positions of the values in ascending order, equal ones in their own order; −0 before 0. No value may be NaN.
 *
 * Least-significant-digit radix sort on the bits of the doubles, which order like integers once negative
 * ones are complemented and the sign bit of the others is set. Six passes, O(m).
 * Source: D. Knuth, The Art of Computer Programming 3, section 5.2.5.
 */
export async function argsort(values: Float64Array, turns: Turns): Promise<Uint32Array> {
  const { length } = values;
  const bits = new Uint32Array(values.slice().buffer);
  const low = littleEndian ? 0 : 1;
  await turns.over(length, (from, to) => {
    for (let at = 2 * from; at < 2 * to; at += 2) {
      const negative = bits[at + 1 - low]! >>> 31 === 1;
      bits[at + low] = negative ? ~bits[at + low]! : bits[at + low]!;
      bits[at + 1 - low] = negative ? ~bits[at + 1 - low]! : bits[at + 1 - low]! | 0x80000000;
    }
  });
  let order = Uint32Array.from({ length }, (_, i) => i);
  let next = new Uint32Array(length);
  let shift = 0;
  for (const width of digits) {
    const word = shift < 32 ? low : 1 - low;
    const by = shift % 32;
    const mask = 2 ** width - 1;
    const place = new Uint32Array(2 ** width + 1);
    await turns.over(length, (from, to) => {
      for (let i = from; i < to; i++) place[((bits[2 * i + word]! >>> by) & mask) + 1]!++;
    });
    for (let digit = 1; digit <= mask; digit++) place[digit]! += place[digit - 1]!;
    const source = order;
    const target = next;
    await turns.over(length, (from, to) => {
      for (let k = from; k < to; k++) {
        const i = source[k]!;
        target[place[(bits[2 * i + word]! >>> by) & mask]!++] = i;
      }
    });
    [order, next] = [next, order];
    shift += width;
  }
  return order;
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
