/**
 * `npm run bench:backends`: runs what `logit bench` runs on four problems, and writes the tables into docs/backends.md
 * between its markers. Where there is no GPU, a software adapter takes its place if the system has one (Vulkan's loader
 * reads the variable VK_ICD_FILENAMES).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { timedBackends } from '../src/bench/backend.ts';
import { type BenchReport, bench } from '../src/bench/bench.ts';
import { tell } from './recorder.ts';
import { replaceSection } from './report.ts';
import { markdown } from './tables.ts';

const page = 'docs/backends.md';
const problems = [
  { rows: 1000, features: 20, classes: 2 },
  { rows: 200_000, features: 32, classes: 2 },
  { rows: 200_000, features: 32, classes: 4 },
  { rows: 1_000_000, features: 32, classes: 2 },
];

const sections: string[] = [];
for (const problem of problems) {
  tell(`${problem.rows} × ${problem.features}, ${problem.classes} classes`);
  sections.push(render(await bench({ ...problem, backends: timedBackends, onProgress: (_, phase) => tell(phase) })));
}
const day = new Date().toISOString().slice(0, 10);
writeFileSync(
  page,
  replaceSection(readFileSync(page, 'utf8'), 'backends', `Measured ${day}.\n\n${sections.join('\n\n')}`),
);

function render({ machine, problem, results }: BenchReport): string {
  const figure = (value: number | null): string =>
    value === null ? '' : Number(value.toPrecision(3)).toLocaleString('en');
  const lines = results.map((result) =>
    result.available
      ? [
          result.backend,
          result.kernel,
          ...[result.startupMs, result.uploadMs, result.firstMs].map(figure),
          `${figure(result.medianMs)} (${figure(Math.min(...result.samplesMs))}–${figure(Math.max(...result.samplesMs))})`,
          figure(result.rowsPerSecond / 1e6),
          figure(result.gigabytesPerSecond),
          result.gradientError.toExponential(1),
          result.device,
        ]
      : [result.backend, result.kernel, ...Array<string>(7).fill(''), result.reason],
  );
  const titles = ['start', 'upload', 'first', 'then', 'million rows/s', 'GB/s', 'error', 'runs on'];
  const bandwidth =
    machine.gigabytesPerSecond === null ? '' : `, which reads ${figure(machine.gigabytesPerSecond)} GB/s`;
  return [
    `**${problem.rows.toLocaleString('en')} rows × ${problem.features} features, ${problem.classes} classes**, times in ms; ` +
      `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB${bandwidth}, Node ${machine.node}.`,
    markdown(['backend', 'kernels', ...titles], lines),
  ].join('\n\n');
}
