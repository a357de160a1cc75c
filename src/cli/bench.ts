/** `logit bench`: one evaluation on each backend, as a table, as JSON and as a page with charts. */
import { type TimedBackend, timedBackends } from '../bench/backend.ts';
import { type BenchReport, percentOfMemory, bench as run } from '../bench/bench.ts';
import { LogisticError, nearestName } from '../node.ts';
import { requireFolder, writeWhole } from '../platform/write-file.ts';
import { printJson, printText } from './output.ts';
import { createProgress } from './progress.ts';
import { table } from './table.ts';
import { say } from './talk.ts';

export interface BenchFlags {
  readonly backends?: readonly string[];
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
  readonly report?: string;
  readonly json?: boolean;
}

const ranges = { rows: [10, 2 ** 31 - 1], features: [1, 2 ** 16], classes: [2, 100] } as const;

export async function bench(flags: BenchFlags, signal: AbortSignal): Promise<void> {
  const { report: file, json } = flags;
  const backends = requireBackends(flags.backends);
  for (const [name, range] of Object.entries(ranges)) requireWhole(name, flags[name as keyof typeof ranges], range);
  if (file !== undefined) await requireFolder(file);
  const { update, stop } = createProgress('drawing the rows');
  const report = await run({ ...flags, backends, signal, onProgress: update }).finally(stop);
  if (file !== undefined) {
    const { renderReport } = await import('../bench/report.ts');
    await writeWhole(file, renderReport(report, new Date().toISOString().slice(0, 10)));
  }
  await (json === true ? printJson(report) : printText(describe(report)));
  if (file !== undefined) say(`Saved ${file}.`);
}

function requireBackends(names: readonly string[] | undefined): TimedBackend[] {
  const isTimed = (name: string): name is TimedBackend => timedBackends.some((known) => known === name);
  const stranger = names?.find((name) => !isTimed(name));
  if (names?.length === 0 || stranger !== undefined) {
    const near = stranger === undefined ? undefined : nearestName(stranger, timedBackends);
    throw new LogisticError(
      'bad-option',
      `backends should be among ${timedBackends.join(', ')}, found ${stranger === undefined ? 'none' : JSON.stringify(stranger)}`,
      { ...(near !== undefined && { hint: `did you mean ${near}?` }), details: { option: 'backends' } },
    );
  }
  return names === undefined ? timedBackends : [...new Set(names.filter(isTimed))];
}

function requireWhole(option: string, value: number, [least, most]: readonly [number, number]): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new LogisticError('bad-option', `${option} should be a whole number from ${least} to ${most}, found ${value}`, {
    details: { option },
  });
}

function describe({ machine, problem, results }: BenchReport): string {
  const bandwidth = machine.gigabytesPerSecond;
  const figure = (value: number | null, digits = 3): string =>
    value === null ? '' : Number(value.toPrecision(digits)).toLocaleString('en');
  const rows = results.map((result) => [
    result.backend,
    result.kernel,
    figure(result.startupMs),
    figure(result.uploadMs),
    figure(result.firstMs),
    figure(result.medianMs),
    figure(result.spreadMs, 2),
    figure(result.rowsPerSecond),
    figure(result.gigabytesPerSecond),
    percentOfMemory(result, machine),
    result.gradientError?.toExponential(1) ?? '',
  ]);
  const titles = ['', 'kernel', 'start', 'upload', 'first', 'median', 'spread', 'rows/s', 'GB/s', 'of memory', 'error'];
  const { rows: m, features, classes } = problem;
  const read = bandwidth === null ? '' : ` its memory is read at ${figure(bandwidth)} GB/s;`;
  return [
    `${m.toLocaleString('en')} rows × ${features} features, ${classes} classes, float32: loss and gradient, times in ms`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB;${read} Node ${machine.node}\n`,
    table([titles, ...rows]),
    ...results.map(({ backend, device, reason }) => `${backend}: ${device ?? `unavailable: ${reason}`}`),
    '',
  ].join('\n');
}
