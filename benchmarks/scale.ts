/**
 * Rows that memory need not hold: a Parquet file of ROWS × 10 numbers, made by DuckDB, fitted from disk, in memory and in
 * DuckDB, and by scikit-learn's SGDClassifier in chunks; each in a process of its own, with its time, its peak memory, and
 * how far its coefficients are from those that made the rows. Into results/scale.json, an entry a number of rows.
 *
 *   npx tsx benchmarks/scale.ts [ROWS] [ROUTES] [FOLDER]
 *
 * ROUTES: disk,twice,memory,there,sgd,pass (default: all, and of more than 20,000,000 rows disk and there); twice: with
 * another penalty; pass: a gradient from disk against one in DuckDB, of the same rows in one process, in turns. FOLDER: where
 * the file lies (default: the temporary one); one that is there already is used and stays.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { median } from '../src/bench/statistics.ts';
import { checkOptions } from '../src/model/check-options.ts';
import { queriedDataset } from '../src/model/queried.ts';
import { storedDataset } from '../src/model/stored.ts';
import { LogisticRegression } from '../src/node.ts';
import { openConnection, parquetQuery } from '../src/platform/engines/connection.ts';
import type { RowSums } from '../src/rows/contract.ts';
import { steadyConnection } from '../src/sql/steady.ts';

/** Features of unlike sizes, and what they weigh in units of their deviations. */
const features = [
  { mean: 0, deviation: 1, weight: 0.5 },
  { mean: 1, deviation: 0.01, weight: -0.3 },
  { mean: -5, deviation: 2, weight: 0.2 },
  { mean: 10, deviation: 5, weight: 0.1 },
  { mean: 100, deviation: 10, weight: -0.4 },
  { mean: 1e3, deviation: 100, weight: 0.25 },
  { mean: -2e3, deviation: 1000, weight: 0.15 },
  { mean: 1e4, deviation: 50, weight: -0.2 },
  { mean: 3e4, deviation: 300, weight: 0.3 },
  { mean: 1e5, deviation: 0.5, weight: -0.1 },
];
const intercept = -0.3;
const resultsFile = fileURLToPath(new URL('results/scale.json', import.meta.url));

/** What a process says of its fit. */
interface Fitted {
  readonly seconds: number;
  readonly megabytes: number;
  /** Of the features, in units of their deviations. */
  readonly weights: readonly number[];
  readonly meanLogLoss: number;
  readonly passes?: number;
  /** Of a second fit on the same rows with another penalty. */
  readonly secondSeconds?: number;
}

async function makeFile(path: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '1GB' });
  const connection = await instance.connect();
  await connection.run('select setseed(0.5)');
  const units = features.map((_, j) => `(random() + random() - 1) * sqrt(6) as u${j}`); // of deviation 1
  const score = features.map(({ weight }, j) => `${weight} * u${j}`).join(' + ');
  const columns = features.map(({ mean, deviation }, j) => `${mean} + ${deviation} * u${j} as x${j}`);
  const y = `(random() < 1 / (1 + exp(-(${score} + ${intercept}))))::integer as y`;
  await connection.run(
    `copy (select ${columns.join(', ')}, ${y} from (select ${units.join(', ')} from range(${rows}))) to '${path}' (format parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
}

/** Runs in a process of its own, so that its peak memory is its own. */
async function fitRoute(route: string, path: string): Promise<Fitted> {
  const start = performance.now();
  const seconds = (since: number): number => (performance.now() - since) / 1000;
  const rows = route === 'twice' ? 'disk' : (route as 'disk' | 'memory' | 'there');
  const estimator = new LogisticRegression({ rows });
  const stored = route === 'twice' ? await estimator.store(path, 'y') : undefined;
  const model = await estimator.fit(stored ?? path, 'y');
  const first = seconds(start);
  let secondSeconds: number | undefined;
  if (stored !== undefined) {
    const again = performance.now();
    await new LogisticRegression({ l2: 0.01 }).fit(stored, 'y');
    secondSeconds = seconds(again);
    await stored.close();
  }
  return {
    seconds: first,
    megabytes: process.resourceUsage().maxRSS / 1024,
    weights: features.map(({ deviation }, j) => (model.coefficients as Record<string, number>)[`x${j}`]! * deviation),
    meanLogLoss: model.training.meanLogLoss,
    passes: model.training.solver.evaluations,
    ...(secondSeconds !== undefined && { secondSeconds }),
  };
}

/** Seconds of gradients from disk, once the rows have been standardised, and in DuckDB. */
interface Passes {
  readonly disk: readonly number[];
  readonly there: readonly number[];
}

async function timePasses(path: string): Promise<Passes> {
  const options = checkOptions({});
  const stored = await new LogisticRegression().store(path, 'y');
  const { query, connection } = await parquetQuery(path);
  const engine = steadyConnection(await openConnection(connection), { passes: 1, timeout: undefined });
  const asked = { connection: engine, query, source: path };
  const times: Record<keyof Passes, number[]> = { disk: [], there: [] };
  const time = async (where: keyof Passes, rows: RowSums, theta: Float64Array): Promise<Float64Array> => {
    const start = performance.now();
    const { gradient } = await rows.evaluate(theta, 1, 'float64');
    times[where].push((performance.now() - start) / 1000);
    return gradient!;
  };
  await storedDataset(stored, { again: true }).withPlaced('y', options, {}, async (disk) =>
    queriedDataset(asked).withPlaced('y', options, {}, async (there) => {
      const places = { disk: await disk.rows, there: await there.rows };
      const thetaOf = (turn: number) => new Float64Array(features.length + 1).fill(0.1 / (1 + turn));
      for (const rows of Object.values(places)) await rows.evaluate(thetaOf(0), 1, 'float64');
      for (let turn = 1; turn <= 7; turn++) {
        const ours = await time('disk', places.disk, thetaOf(turn));
        const theirs = await time('there', places.there, thetaOf(turn));
        const apart = Math.max(...ours.map((g, j) => Math.abs(g - theirs[j]!))) / Math.max(...ours.map(Math.abs));
        if (!(apart < 1e-9)) throw new Error(`gradients are ${apart} apart`);
      }
    }),
  );
  await engine.close();
  await stored.close();
  return times;
}

function describePasses({ disk, there }: Passes): string {
  const ratios = there.map((seconds, turn) => seconds / disk[turn]!);
  const range = `${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)}`;
  const [ours, theirs] = [median(disk).toFixed(3), median(there).toFixed(3)];
  return `pass    ${ours} s from disk, ${theirs} s in DuckDB: ${median(ratios).toFixed(1)} times (${range})`;
}

/** In a process of its own: this file again, or Python. */
function runSelf<T>(...more: readonly string[]): T {
  const own = ['--import', 'tsx', fileURLToPath(import.meta.url), ...more];
  return JSON.parse(execFileSync(process.execPath, own).toString()) as T;
}

function runRoute(route: string, path: string): Fitted {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const python = join(folder, '.venv/bin/python');
  if (route !== 'sgd') return runSelf('--fit', route, path);
  const output = execFileSync(python, [join(folder, 'contenders/sgd-chunks.py'), path]).toString();
  const { raw, ...rest } = JSON.parse(output) as Fitted & { readonly raw: readonly number[] };
  return { ...rest, weights: raw.map((w, j) => w * features[j]!.deviation) };
}

const largest = (values: readonly number[]): number => Math.max(...values.map(Math.abs));

/** With how far its weights are from those that made the rows, and from those of the fit from disk. */
interface Compared extends Fitted {
  readonly error: number;
  readonly apart?: number;
}

interface Entry {
  readonly rows: number;
  readonly bytes: number;
  readonly machine: object;
  readonly date: string;
  readonly fits: Readonly<Record<string, Compared>>;
  readonly passes?: Passes;
}

async function main(): Promise<void> {
  const rows = Number(process.argv[2] ?? 10_000_000);
  const usual = rows > 20_000_000 ? 'disk,there' : 'disk,twice,memory,there,sgd,pass';
  const routes = (process.argv[3] ?? usual).split(',');
  const path = join(process.argv[4] ?? tmpdir(), `scale-${rows}.parquet`);
  const there = existsSync(path);
  try {
    if (!there) await makeFile(path, rows);
    const before = existsSync(resultsFile) ? (JSON.parse(readFileSync(resultsFile, 'utf8')) as Entry[]) : [];
    const last = before.find((other) => other.rows === rows);
    const fits: Record<string, Compared> = { ...last?.fits };
    let passes = last?.passes;
    for (const route of routes) {
      if (route === 'pass') {
        passes = runSelf<Passes>('--pass', path);
        console.log(describePasses(passes));
        continue;
      }
      const fitted = runRoute(route, path);
      const error = largest(fitted.weights.map((w, j) => w - features[j]!.weight));
      const disk = fits.disk?.weights;
      const apart = disk && largest(fitted.weights.map((w, j) => w - disk[j]!));
      fits[route] = { ...fitted, error, ...(apart !== undefined && { apart }) };
      const apartText = apart === undefined ? '' : `, ${apart.toExponential(1)} from disk`;
      console.log(
        `${route.padEnd(7)} ${fitted.seconds.toFixed(1)} s, ${fitted.megabytes.toFixed(0)} MB, weights within ${error.toExponential(1)}${apartText}, log loss ${fitted.meanLogLoss}${fitted.secondSeconds === undefined ? '' : `, again ${fitted.secondSeconds.toFixed(2)} s`}`,
      );
    }
    const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem(), node: process.version };
    const entry: Entry = {
      rows,
      bytes: statSync(path).size,
      machine,
      date: new Date().toISOString().slice(0, 10),
      fits,
      ...(passes && { passes }),
    };
    mkdirSync(fileURLToPath(new URL('results', import.meta.url)), { recursive: true });
    const all = [...before.filter((other) => other.rows !== rows), entry].sort((a, b) => a.rows - b.rows);
    writeFileSync(resultsFile, `${JSON.stringify(all, null, 2)}\n`);
  } finally {
    if (!there) rmSync(path, { force: true });
  }
}

if (process.argv[2] === '--fit') {
  const [route, path] = process.argv.slice(3) as [string, string];
  console.log(JSON.stringify(await fitRoute(route, path)));
  process.exit(0);
} else if (process.argv[2] === '--pass') {
  console.log(JSON.stringify(await timePasses(process.argv[3]!)));
  process.exit(0);
} else if (process.argv[2] === '--make') await makeFile(process.argv[3]!, Number(process.argv[4]));
else await main();
