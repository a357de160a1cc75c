// A block of whole rows → columns: each cell a number where numbers.ts can tell, else a text of the dictionary. Rows
// with more or fewer cells than there are columns, and cells that go on after their closing quote, are told and leave
// nothing behind. It knows neither names nor what a column will be in the end.
import { intern } from './dictionary';
import { allocate } from './memory';
import { delta, formBit, long, readNumber, readShort, spelling, value } from './numbers';
import { countLineEnds, ends, findEnds, isBlank, lineEndsInQuotes, reserveText, text, unclosed } from './structure';

const lineFeed: u8 = 10;
const carriageReturn: u8 = 13;
const quote: u8 = 34;

/** What a column's cells are read for. */
const skipped: u32 = 0;
const numbersAndTexts: u32 = 1;
const textsOnly: u32 = 2;
const mustBeEmpty: u32 = 3;

/** One byte for each column: what it is read for. The host fills them in. */
export let uses: usize = 0;
let width: u32 = 0;
let delimiter: u32 = 0;

export function describe(columns: u32, separator: u32): void {
  width = columns;
  delimiter = separator;
  uses = allocate(<usize>columns);
  textCounts = allocate(4 * <usize>columns);
  formsSeen = allocate(<usize>columns);
}

/**
 * What came of a block, by column: `stride` cells apart. A cell is a float64 with its spelling, or, where the spelling
 * is 0, the number of a text in the lower 32 bits.
 */
export let stride: u32 = 0;
export let cells: usize = 0;
export let spellings: usize = 0;
export let deltas: usize = 0;
/** Of each column in the block: its texts, and which forms of numbers it has besides the common one (see formBit). */
export let textCounts: usize = 0;
export let formsSeen: usize = 0;
/** That a host may ask for. */
const mostColumns: usize = 0x10000;

/** Room for a block of so many bytes. */
export function reserve(bytes: usize): void {
  if (!reserveText(bytes)) return;
  jumps = allocate(8 * (bytes + 1));
  faults = allocate(faultBytes * <usize>maxFaults);
  // A row takes a byte for each of its cells, so there are no more cells than bytes, and one unused row.
  const room = bytes + mostColumns;
  cells = allocate(8 * room);
  spellings = allocate(room);
  deltas = allocate(2 * room);
}

/** Where lines do not follow rows one by one: pairs of a row and its line, both from 0 in the block. */
export let jumps: usize = 0;
export let jumpCount: u32 = 0;
/** Lines of the block. */
export let lines: u32 = 0;

/** Rows that were left out: line, cells found, where the row begins and ends. */
export let faults: usize = 0;
export let faultCount: u32 = 0;
export const faultBytes: usize = 16;
/** As many are told; all are counted. */
const maxFaults: u32 = 8;
/** Found in place of a number of cells: something after a closing quote; something in a column that must be empty. */
const afterQuote: u32 = 0xffffffff;
const notEmpty: u32 = 0xfffffffe;

let row: u32 = 0;

/** Reads the block; returns its rows, −1 after a byte that is no text. */
export function readRows(length: usize): i32 {
  const count = findEnds(length, delimiter);
  if (count < 0) return -1;
  if (unclosed != 0) return 0;
  stride = <u32>(length / <usize>width) + 1;
  memory.fill(textCounts, 0, 4 * <usize>width);
  memory.fill(formsSeen, 0, <usize>width);
  row = 0;
  lines = 0;
  jumpCount = 0;
  faultCount = 0;
  let expected: u32 = 0; // line of the next row if lines follow rows
  const last = ends + 4 * <usize>count;
  let start = text;
  for (let next = ends; next < last; ) {
    const after = rowEnd(next, last);
    const found = <u32>((after - next) >>> 2);
    const end = <usize>load<u32>(after - 4);
    const line = lines++;
    if (lineEndsInQuotes != 0) lines += countLineEnds(start, end);
    if (found > 1 || !isBlank(start, end)) {
      const problem = found == width ? readRow(next, start) : found;
      if (problem == width) {
        if (line != expected) {
          store<u32>(jumps + 8 * <usize>jumpCount, row);
          store<u32>(jumps + 8 * <usize>jumpCount + 4, line);
          jumpCount++;
        }
        expected = line + 1;
        row++;
      } else tellFault(line, problem, start, end);
    }
    start = end + 1;
    next = after;
    if (load<u8>(end) == carriageReturn && load<u8>(start) == lineFeed) {
      start++;
      next += 4;
    }
  }
  return <i32>row;
}

/** Past the place in the ends where the row ends that has the end of its first cell at `next`. */
@inline
function rowEnd(next: usize, last: usize): usize {
  for (; next < last; next += 4) {
    const byte: u32 = load<u8>(<usize>load<u32>(next));
    if (byte == lineFeed || byte == carriageReturn) break;
  }
  return next + 4;
}

function tellFault(line: u32, found: u32, start: usize, end: usize): void {
  if (faultCount < maxFaults) {
    const fault = faults + faultBytes * <usize>faultCount;
    store<u32>(fault, line);
    store<u32>(fault + 4, found);
    store<u32>(fault + 8, <u32>(start - text));
    store<u32>(fault + 12, <u32>(end - text));
  }
  faultCount++;
}

/** Cells of one row into the columns. Gives `width`, or what is wrong. */
function readRow(next: usize, start: usize): u32 {
  const last = next + 4 * <usize>width;
  const step = <usize>stride;
  let use = uses;
  let cell = cells + 8 * <usize>row;
  let spelled = spellings + <usize>row;
  for (; next < last; next += 4, use++, cell += 8 * step, spelled += step) {
    const end = <usize>load<u32>(next);
    if (load<u8>(use) != numbersAndTexts || !readShort(start, end, cell, spelled)) {
      const problem = readOther(<u32>(use - uses), start, end);
      if (problem != 0) return problem;
    }
    start = end + 1;
  }
  return width;
}

/** A cell of any kind; gives what is wrong with it, or 0. */
function readOther(column: u32, start: usize, end: usize): u32 {
  const use: u32 = load<u8>(uses + <usize>column);
  const at = <usize>column * <usize>stride + <usize>row;
  if (use == skipped && (end == start || load<u8>(start) > quote)) return 0;
  if (isPlainText(start, end)) {
    if (use == mustBeEmpty) return start == end ? 0 : notEmpty;
    addText(column, at, start, end);
    return 0;
  }
  if (!cut(start, end)) return afterQuote;
  if (use == skipped) return 0;
  if (use == mustBeEmpty) return cellStart == cellEnd ? 0 : notEmpty;
  if (use == numbersAndTexts && readNumber(cellStart, cellEnd)) {
    store<f64>(cells + 8 * at, value);
    store<u8>(spellings + at, <u8>spelling);
    if ((spelling & long) != 0) store<i16>(deltas + 2 * at, <i16>delta);
    const forms = formsSeen + <usize>column;
    store<u8>(forms, load<u8>(forms) | formBit(spelling));
    return 0;
  }
  addText(column, at, cellStart, cellEnd);
  return 0;
}

/** Whether a cell needs no cutting and is no number, as its first and last byte tell. */
@inline
function isPlainText(start: usize, end: usize): bool {
  if (start == end) return true;
  const first: u32 = load<u8>(start);
  const last: u32 = load<u8>(end - 1);
  return first > 0x39 && first < 0x80 && last > 0x20 && last < 0x80;
}

@inline
function addText(column: u32, at: usize, start: usize, end: usize): void {
  store<u64>(cells + 8 * at, <u64>intern(column, start, <u32>(end - start)));
  store<u8>(spellings + at, 0);
  const counts = textCounts + 4 * <usize>column;
  store<u32>(counts, load<u32>(counts) + 1);
}

/** The cell that was cut last: without spaces around it and without its quotes. */
export let cellStart: usize = 0;
export let cellEnd: usize = 0;
/** For cells with doubled quotes. */
let unquoted: usize = 0;
let unquotedRoom: usize = 0;

/** Cuts a cell; false where something follows its closing quote. */
export function cut(start: usize, end: usize): bool {
  let from = start;
  while (from < end && (load<u8>(from) == 0x20 || load<u8>(from) == 9)) from++;
  if (from < end && load<u8>(from) == quote) {
    while (load<u8>(end - 1) == 0x20 || load<u8>(end - 1) == 9) end--;
    from++;
    end--;
    if (end < from || load<u8>(end) != quote) return false;
    const doubled = doubledQuotes(from, end);
    if (doubled < 0) return false;
    if (doubled > 0) {
      end = copyUnquoted(from, end);
      from = unquoted;
    }
  }
  trim(from, end);
  return true;
}

/** How many quotes stand doubled in a stretch; −1 where one stands alone. */
function doubledQuotes(from: usize, end: usize): i32 {
  let count: i32 = 0;
  for (; from < end; from++) {
    if (load<u8>(from) != quote) continue;
    if (from + 1 == end || load<u8>(from + 1) != quote) return -1;
    from++;
    count++;
  }
  return count;
}

function copyUnquoted(from: usize, end: usize): usize {
  if (end - from + 8 > unquotedRoom) {
    unquotedRoom = 2 * (end - from) + 64;
    unquoted = allocate(unquotedRoom);
  }
  let to = unquoted;
  for (; from < end; from++) {
    const byte = load<u8>(from);
    store<u8>(to++, byte);
    if (byte == quote) from++;
  }
  return to;
}

/** Cuts off what JavaScript's trim() does (ECMA-262, WhiteSpace and LineTerminator). */
function trim(from: usize, end: usize): void {
  while (from < end) {
    const bytes = spaceAt(from, end);
    if (bytes == 0) break;
    from += bytes;
  }
  while (from < end) {
    let back: usize = 1;
    while (back < 3 && end - back > from && (load<u8>(end - back) & 0xc0) == 0x80) back++;
    if (spaceAt(end - back, end) != back) break;
    end -= back;
  }
  cellStart = from;
  cellEnd = end;
}

/** Bytes of the white space that begins there, 0 where none does. */
function spaceAt(at: usize, end: usize): usize {
  const byte: u32 = load<u8>(at);
  if (byte == 0x20 || (byte >= 9 && byte <= 13)) return 1;
  if (byte == 0xc2) return end - at >= 2 && load<u8>(at + 1) == 0xa0 ? 2 : 0;
  if ((byte != 0xe1 && byte != 0xe2 && byte != 0xe3 && byte != 0xef) || end - at < 3) return 0;
  const rest = (<u32>load<u8>(at + 1) << 8) | <u32>load<u8>(at + 2);
  if (byte == 0xe1) return rest == 0x9a80 ? 3 : 0; // U+1680
  if (byte == 0xe3) return rest == 0x8080 ? 3 : 0; // U+3000
  if (byte == 0xef) return rest == 0xbbbf ? 3 : 0; // U+FEFF
  if (rest >= 0x8080 && rest <= 0x808a) return 3; // U+2000 … U+200A
  return rest == 0x80a8 || rest == 0x80a9 || rest == 0x80af || rest == 0x819f ? 3 : 0; // U+2028, 2029, 202F, 205F
}
