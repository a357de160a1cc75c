// Distinct texts, each kept once: a hash table over bytes for all columns together. A text has a number, from 0 in the
// order in which they came; the same bytes in another column are another text. It knows no type and no meaning.
import { allocate } from './memory';

/** Of a text: its address, length and column. */
const entryBytes: usize = 12;
const pageBytes: usize = 1 << 20;

export let entries: usize = 0;
export let texts: u32 = 0;

/** Of a slot: the hash's lower half, and one more than the number of the text, 0 where it is free. */
let slots: usize = 0;
let slotMask: u32 = 0;

let page: usize = 0;
let pageEnd: usize = 0;

/** The number of the text of so many bytes at an address. Up to 7 bytes after it are read. */
export function intern(column: u32, at: usize, length: u32): u32 {
  if (texts >= slotMask >>> 1) grow();
  const hash = hashOf(column, at, length);
  let slot = hash & slotMask;
  for (;;) {
    const place = slots + 8 * <usize>slot;
    const number = load<u32>(place + 4);
    if (number == 0) break;
    if (load<u32>(place) == hash && isText(number - 1, column, at, length)) return number - 1;
    slot = (slot + 1) & slotMask;
  }
  store<u32>(slots + 8 * <usize>slot, hash);
  store<u32>(slots + 8 * <usize>slot + 4, texts + 1);
  const entry = entries + entryBytes * <usize>texts;
  store<u32>(entry, <u32>keep(at, length));
  store<u32>(entry + 4, length);
  store<u32>(entry + 8, column);
  return texts++;
}

function isText(number: u32, column: u32, at: usize, length: u32): bool {
  const entry = entries + entryBytes * <usize>number;
  if (load<u32>(entry + 4) != length || load<u32>(entry + 8) != column) return false;
  let kept = <usize>load<u32>(entry);
  const end = at + <usize>length;
  for (; at + 8 <= end; at += 8, kept += 8) if (load<u64>(at) != load<u64>(kept)) return false;
  return at == end || ((load<u64>(at) ^ load<u64>(kept)) & below(end - at)) == 0;
}

/** A mask for the first bytes of eight. */
@inline
function below(bytes: usize): u64 {
  return ((<u64>1) << (8 * <u64>bytes)) - 1;
}

function keep(at: usize, length: u32): usize {
  const room = (<usize>length + 8) & ~7;
  if (room > pageEnd - page) {
    const bytes = max(room, pageBytes);
    page = allocate(bytes);
    pageEnd = page + bytes;
  }
  const kept = page;
  memory.copy(kept, at, <usize>length);
  page += room;
  return kept;
}

function hashOf(column: u32, at: usize, length: u32): u32 {
  let hash: u64 = (<u64>column << 32) | <u64>length;
  const end = at + <usize>length;
  for (; at + 8 <= end; at += 8) hash = mix(hash ^ load<u64>(at));
  if (at < end) hash = mix(hash ^ (load<u64>(at) & below(end - at)));
  return <u32>(hash >>> 32);
}

@inline
function mix(hash: u64): u64 {
  const product = hash * 0x9e3779b97f4a7c15;
  return product ^ (product >>> 32);
}

function grow(): void {
  const room = max<u32>(slotMask + 1, 512) * 2;
  const from = slots;
  const fromEnd = slots + (slots == 0 ? 0 : 8 * (<usize>slotMask + 1));
  slots = allocate(8 * <usize>room);
  slotMask = room - 1;
  for (let place = from; place < fromEnd; place += 8) {
    if (load<u32>(place + 4) == 0) continue;
    let slot = load<u32>(place) & slotMask;
    while (load<u32>(slots + 8 * <usize>slot + 4) != 0) slot = (slot + 1) & slotMask;
    store<u64>(slots + 8 * <usize>slot, load<u64>(place));
  }
  const moved = allocate(entryBytes * <usize>room);
  memory.copy(moved, entries, entryBytes * <usize>texts);
  entries = moved;
}
