/** Text in columns. */
import { visible } from './visible.ts';

/** Columns side by side, a line each row: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map(visible));
  const widths = shown[0]!.map((_, k) => shown.reduce((most, row) => Math.max(most, row[k]?.length ?? 0), 0));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
      .join('  ')
      .trimEnd();
  return `${shown.map(line).join('\n')}\n`;
}

/** Six digits. */
export function show(value: number): string {
  return value === 0 ? '0' : value.toPrecision(6);
}
