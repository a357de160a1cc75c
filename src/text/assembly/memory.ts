// Memory of the text kernel: handed out from the bottom up and never given back. What grows (tables, arenas) moves to
// a place twice as large, so what is lost is never more than what is used. It knows nothing of what it holds.

/** Where the tables of numbers.ts lie. Constants, because an address in a variable would be loaded for each cell. */
export const tables: usize = 0x10000;
const tableBytes: usize = 0x4000;

let top: usize = tables + tableBytes;

/** Zeroed memory of so many bytes, aligned to 16. Traps where there is none left. */
export function allocate(bytes: usize): usize {
  const at = top;
  top = (at + bytes + 15) & ~15;
  const wanted = <i32>((top + 0xffff) >>> 16);
  const missing = wanted - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();
  return at;
}
