/**
 * Seeded random numbers, the same on every machine: sfc32 (Chris Doty-Humphrey's small fast chaotic
 * generator, from PractRand), seeded by twelve rounds. Nothing in the library draws from Math.random.
 */

/** A generator of numbers in [0, 1), 32 bits each. */
export function createRandom(seed: number): () => number {
  let a = seed >>> 0;
  let b = Math.floor(seed / 2 ** 32) >>> 0;
  let c = 0x9e3779b9;
  let counter = 1;
  const next = (): number => {
    const result = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + result) >>> 0;
    return result / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}

/** Fisher and Yates's shuffle, in place, or its steps from … to: runs that follow one another are the whole. */
export function shuffle<T extends { readonly length: number; [index: number]: unknown }>(
  items: T,
  random: () => number,
  from = 0,
  to = items.length - 1,
): T {
  const list: { [index: number]: unknown } = items;
  for (let i = items.length - 1 - from; i > items.length - 1 - to; i--) {
    const j = Math.floor(random() * (i + 1));
    [list[i], list[j]] = [list[j], list[i]];
  }
  return items;
}
