/**
 * What a run of the benchmarks leaves behind: one JSON file a measure. A run of part of a measure replaces
 * that part, unless the machine is another one: figures of two machines never stand in one file.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { Machine } from '../src/bench/machine.ts';
import type { Problem } from './problems.ts';

export const measures = ['evaluation', 'fit', 'csv to model', 'parquet to model', 'scaling', 'command'] as const;
export type Measure = (typeof measures)[number];

export interface Run {
  readonly problem: string;
  readonly contender: string;
  /** The measure, or what was measured beside it: `gap`, `coefficient error`, `peak memory`, … */
  readonly measure: string;
  readonly unit: string;
  readonly median: number | null;
  readonly samples: readonly number[];
  /** The setting that was timed, where a ladder of them was tried. */
  readonly setting?: string;
  /** Why there is no time, or why it does not count. */
  readonly failed?: string;
  /** When, to the minute: parts of a file may be of different hours. */
  readonly at: string;
}

export interface Results {
  readonly machine: Machine;
  /** What ran, by contender. */
  readonly versions: Readonly<Record<string, string>>;
  readonly problems: readonly Problem[];
  readonly runs: readonly Run[];
}

export const resultsFolder = 'benchmarks/results';
export const fileOf = (measure: Measure, folder = resultsFolder): string =>
  `${folder}/${measure.replaceAll(' ', '-')}.json`;

export function readResults(measure: Measure, folder?: string): Results | undefined {
  const file = fileOf(measure, folder);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Results) : undefined;
}

/** New runs replace the old ones of the same problem and contender. */
export function mergeResults(old: Results | undefined, fresh: Results): Results {
  if (old === undefined || !isDeepStrictEqual(old.machine, fresh.machine)) return fresh;
  const key = ({ problem, contender }: Run): string => `${problem}\n${contender}`;
  const replaced = new Set(fresh.runs.map(key));
  const known = new Set(old.problems.map(({ name }) => name));
  return {
    machine: fresh.machine,
    versions: { ...old.versions, ...fresh.versions },
    problems: [
      ...old.problems.map((problem) => fresh.problems.find(({ name }) => name === problem.name) ?? problem),
      ...fresh.problems.filter(({ name }) => !known.has(name)),
    ],
    runs: [...old.runs.filter((run) => !replaced.has(key(run))), ...fresh.runs],
  };
}

export function writeResults(measure: Measure, fresh: Results, folder = resultsFolder): void {
  mkdirSync(folder, { recursive: true });
  const merged = mergeResults(readResults(measure, folder), fresh);
  writeFileSync(fileOf(measure, folder), `${JSON.stringify(merged, null, 2)}\n`);
}
