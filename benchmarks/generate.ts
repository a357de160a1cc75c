/**
 * The numbers of a problem (src/bench/problem.ts), written once as raw little-endian float64, feature-major, into
 * benchmarks/data, from where every contender loads them.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { generate, split } from '../src/bench/problem.ts';
import type { Data } from './contender.ts';
import type { Problem } from './problems.ts';

const folder = 'benchmarks/data';

export interface PlacedProblem {
  readonly problem: Problem;
  readonly matrix: string;
  readonly labels: string;
}

/** Where the problem's numbers lie; they are made when they do not yet exist. */
export function placeProblem(problem: Problem): PlacedProblem {
  const stem = `${folder}/${problem.name}-${problem.rows}x${problem.features}`;
  const described = JSON.stringify(problem);
  const placed = { problem, matrix: `${stem}.x.f64`, labels: `${stem}.y.f64` };
  const made = existsSync(`${stem}.json`) && readFileSync(`${stem}.json`, 'utf8') === described;
  if (!made) {
    mkdirSync(folder, { recursive: true });
    for (const kind of ['csv', 'parquet']) rmSync(`${stem}.${kind}`, { force: true }); // made from the numbers before
    const { columns, y } = generate(problem);
    const buffer = columns[0]!.buffer as ArrayBuffer;
    writeFileSync(placed.matrix, new Uint8Array(buffer));
    writeFileSync(placed.labels, new Uint8Array(y.buffer as ArrayBuffer));
    writeFileSync(`${stem}.json.part`, described);
    renameSync(`${stem}.json.part`, `${stem}.json`); // the description appears only when the numbers are whole
  }
  return placed;
}

/** The columns and labels of a placed problem. */
export function loadProblem({ problem, matrix, labels }: PlacedProblem): Data {
  const x = readFileSync(matrix).buffer as ArrayBuffer;
  const y = readFileSync(labels);
  return {
    problem,
    columns: split(new Float64Array(x), problem.rows),
    y: Float64Array.from(new Float64Array(y.buffer, y.byteOffset, problem.rows)),
  };
}
