/**
 * What gives or takes a number for each row of one kernel memory: block after block, in float64, by way of lines of the
 * buffer. It knows no formula.
 */
import { panelWidth, sumOffsets, writeHeader } from './layout.ts';
import { clearSums, growTo, type KernelMemory } from './memory.ts';
import { countRows, type Run, runsOf, type Spans } from './runs.ts';
import { readSums } from './sums.ts';
import { writeVectors } from './write.ts';

export function scores(rows: KernelMemory, theta: Float64Array, spans: Spans | undefined): Float64Array {
  const { kernels, layout } = rows;
  const { scoreVectors: k } = layout;
  writeVectors(rows, { at: layout.theta, vectors: theta, precision: 'float64' });
  const count = countRows(layout, spans);
  const z = new Float64Array(k * count);
  overBlocks(rows, { spans }, ({ at, rows: length, from, to }, done) => {
    kernels.blockScores(layout.header);
    for (let c = 0; c < k; c++) z.set(line(rows, c, length).subarray(from - at, to - at), c * count + done);
  });
  return z;
}

export function gradientOf(rows: KernelMemory, r: Float64Array, spans: Spans | undefined): Float64Array {
  const { kernels, memory, layout } = rows;
  const { scoreVectors: k, panels } = layout;
  clearSums(rows, sumOffsets(k, panels * panelWidth).border);
  overBlocks(rows, { spans }, (run, done) => {
    fillLines(rows, { lines: k, given: r, run, done });
    kernels.blockGradients(layout.header);
  });
  return readSums(memory.buffer, layout, k, 1).gradient!;
}

/** As the Hessian of two classes, whatever their number. */
export function gramOf(rows: KernelMemory, d: Float64Array, spans: Spans | undefined): Float64Array {
  const { kernels, memory, layout } = rows;
  clearSums(rows, sumOffsets(1, layout.panels * panelWidth).count);
  overBlocks(rows, { spans, scoreVectors: 1 }, (run, done) => {
    fillLines(rows, { lines: 1, given: d, run, done });
    kernels.blockGram(layout.header);
  });
  return readSums(memory.buffer, layout, 1, 2).hessian!;
}

export function quadraticForms(rows: KernelMemory, matrix: Float64Array, spans: Spans | undefined): Float64Array {
  const { kernels, memory, layout } = rows;
  // The matrix lies where sums do elsewhere: this operation has none.
  growTo(memory, layout, layout.sums + 8 * (layout.features + 1) * (layout.panels * panelWidth + 1));
  writeVectors(rows, { at: layout.sums, vectors: matrix, precision: 'float64' });
  const forms = new Float64Array(countRows(layout, spans));
  overBlocks(rows, { spans, theta: layout.sums }, ({ at, rows: length, from, to }, done) => {
    kernels.blockForms(layout.header);
    forms.set(line(rows, 0, length).subarray(from - at, to - at), done);
  });
  return forms;
}

interface Visits {
  readonly spans: Spans | undefined;
  /** Where theta lies, or what stands for it. */
  readonly theta?: number;
  readonly scoreVectors?: number;
}

/** Visits block after block; `done` counts the rows that were asked for before it. */
function overBlocks(
  { memory, layout }: KernelMemory,
  { spans, theta = layout.theta, scoreVectors = layout.scoreVectors }: Visits,
  visit: (run: Run, done: number) => void,
): void {
  let done = 0;
  for (const run of runsOf(layout, spans, 1)) {
    writeHeader(memory.buffer, layout, { ...run, theta, scoreVectors });
    visit(run, done);
    done += run.to - run.from;
  }
}

/** A line of the buffer in float64. */
function line({ memory, layout }: KernelMemory, index: number, rows: number): Float64Array {
  return new Float64Array(memory.buffer, layout.buffer + index * layout.lineBytes, rows);
}

interface GivenNumbers {
  readonly lines: number;
  /** [lines, all rows that are asked for] */
  readonly given: Float64Array;
  readonly run: Run;
  readonly done: number;
}

/** Writes given numbers of a run's rows into lines of the buffer, with 0 for the rows that are not asked for. */
function fillLines(memory: KernelMemory, { lines, given, run, done }: GivenNumbers): void {
  const { at, rows, from, to } = run;
  const count = given.length / lines;
  for (let c = 0; c < lines; c++) {
    const numbers = line(memory, c, rows).fill(0);
    numbers.set(given.subarray(c * count + done, c * count + done + to - from), from - at);
  }
}
