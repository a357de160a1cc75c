/**
 * Where the rows of a file or a query are fitted that nobody named a place for: in memory, or on disk where they would take
 * more memory than is allowed. What was chosen otherwise than usual is said.
 */
import type { Warning } from '../errors.ts';
import type { CheckedOptions } from './options.ts';
import { unserved } from './unserved.ts';

export interface ChosenRows {
  readonly rows: 'memory' | 'disk';
  readonly warnings: readonly Warning[];
}

/** Cells as they are read and as they are summed, each a float64. */
const bytesPerCell = 16;

/** `cells`: about how many there are, undefined where nobody knows; `allowed`: bytes. */
export function chooseRows(cells: number | undefined, allowed: number, options: CheckedOptions): ChosenRows {
  const needed = (cells ?? 0) * bytesPerCell;
  if (needed <= allowed) return { rows: 'memory', warnings: [] };
  const size = `about ${gigabytes(needed)} of ${gigabytes(allowed)} allowed`;
  const refused = unserved(options);
  if (refused === undefined) {
    const message = `rows are kept on disk: ${size}; --memory allows more`;
    return { rows: 'disk', warnings: [{ code: 'rows-on-disk', message }] };
  }
  const message = `rows are kept in memory though they take ${size}: ${refused.message}`;
  return { rows: 'memory', warnings: [{ code: 'much-memory', message }] };
}

const gigabytes = (bytes: number): string =>
  bytes < 1e8 ? `${(bytes / 1e6).toPrecision(2)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
