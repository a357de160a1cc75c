/**
 * MD5 (RFC 1321), which every database has and no browser does: so that a text falls to the same side of a split wherever
 * it is. For splits only, not for secrets.
 */

/** Bits that a word is rotated by, for each step of the four rounds. */
const turns = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21] as const;
/** ⌊2³²·|sin(step)|⌋ */
const sines = Int32Array.from({ length: 64 }, (_, k) => Math.floor(2 ** 32 * Math.abs(Math.sin(k + 1))));

const encoder = new TextEncoder();

/** The first 32 bits of the digest of a text's UTF-8, as the number that the first 8 hexadecimal digits spell. */
export function md5Prefix(text: string): number {
  const bytes = encoder.encode(text);
  const words = new Int32Array(16 * Math.ceil((bytes.length + 9) / 64));
  for (const [i, byte] of bytes.entries()) words[i >> 2]! |= byte << (8 * (i & 3));
  words[bytes.length >> 2]! |= 0x80 << (8 * (bytes.length & 3));
  words[words.length - 2] = bytes.length << 3;
  words[words.length - 1] = Math.floor(bytes.length / 2 ** 29);
  const state = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let at = 0; at < words.length; at += 16) addBlock(state, words.subarray(at, at + 16));
  const [a] = state as [number];
  return (((a & 0xff) << 24) | ((a & 0xff00) << 8) | ((a >>> 8) & 0xff00) | (a >>> 24)) >>> 0;
}

function addBlock(state: number[], block: Int32Array): void {
  let [a, b, c, d] = state as [number, number, number, number];
  for (let k = 0; k < 64; k++) {
    const round = k >> 4;
    const mixed =
      round === 0 ? (b & c) | (~b & d) : round === 1 ? (b & d) | (c & ~d) : round === 2 ? b ^ c ^ d : c ^ (b | ~d);
    const word = block[(round === 0 ? k : round === 1 ? 5 * k + 1 : round === 2 ? 3 * k + 5 : 7 * k) & 15]!;
    const sum = (a + mixed + sines[k]! + word) | 0;
    const turn = turns[4 * round + (k & 3)]!;
    [a, d, c, b] = [d, c, b, (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0];
  }
  for (const [i, value] of [a, b, c, d].entries()) state[i] = (state[i]! + value) | 0;
}
