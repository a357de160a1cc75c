/** A problem as a CSV: columns x1, x2, … to six digits and the label y, written once. */
import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs';
import { loadProblem, type PlacedProblem } from './generate.ts';

const digits = 6;
const rowsAtATime = 10_000;

export function placeCsv(placed: PlacedProblem): string {
  const path = placed.matrix.replace(/\.x\.f64$/, '.csv');
  if (existsSync(path)) return path;
  const { columns, y } = loadProblem(placed);
  const file = openSync(`${path}.part`, 'w');
  writeSync(file, `${[...columns.map((_, j) => `x${j + 1}`), 'y'].join(',')}\n`);
  for (let start = 0; start < y.length; start += rowsAtATime) {
    const lines: string[] = [];
    for (let i = start; i < Math.min(y.length, start + rowsAtATime); i++) {
      lines.push([...columns.map((x) => String(Number(x[i]!.toPrecision(digits)))), y[i]].join(','));
    }
    writeSync(file, `${lines.join('\n')}\n`);
  }
  closeSync(file);
  renameSync(`${path}.part`, path);
  return path;
}
