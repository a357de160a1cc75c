/**
 * What the command costs as a user meets it: whole processes, wall time and peak memory, the median of
 * several runs with their spread. Writes benchmarks/results/command-line.json and prints a table.
 * Needs GNU time (Debian package `time`) for the memory. Not a test: nothing fails for being slow.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';

const runs = 7;
const census = ['train', 'examples/data/census-income.csv', '--target', 'income', '--quiet'];
const measures = [
  { problem: 'logit --help', args: ['--help'] },
  { problem: 'logit train, census income (32,561 × 14)', args: census },
  { problem: 'logit train, census income, tfjs wasm ops', args: [...census, '--backend', 'wasm'] },
  { problem: 'logit train, census income, tfjs cpu ops', args: [...census, '--backend', 'tfjs-cpu'] },
];

interface Result {
  readonly problem: string;
  readonly seconds: { readonly median: number; readonly samples: number[] };
  readonly peakMegabytes: { readonly median: number; readonly samples: number[] };
}

function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function measure({ problem, args }: (typeof measures)[number]): Result {
  const seconds: number[] = [];
  const megabytes: number[] = [];
  for (let run = -1; run < runs; run++) {
    const start = performance.now();
    const { status, stderr } = spawnSync('/usr/bin/time', ['-f', '%M', process.execPath, 'dist/cli.js', ...args], {
      encoding: 'utf8',
    });
    const elapsed = (performance.now() - start) / 1000;
    if (status !== 0) throw new Error(`${problem}: exit ${status}\n${stderr}`);
    if (run < 0) continue; // the first one warms the disk's cache
    seconds.push(elapsed);
    megabytes.push(Number(stderr.trim().split('\n').at(-1)) / 1024);
  }
  return {
    problem,
    seconds: { median: median(seconds), samples: seconds },
    peakMegabytes: { median: median(megabytes), samples: megabytes },
  };
}

execFileSync('npm', ['run', 'build'], { stdio: 'ignore' });
const results = measures.map(measure);
const machine = {
  cpu: cpus()[0]?.model,
  cores: cpus().length,
  memoryGB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
};
mkdirSync('benchmarks/results', { recursive: true });
writeFileSync('benchmarks/results/command-line.json', `${JSON.stringify({ machine, results }, null, 2)}\n`);
for (const { problem, seconds, peakMegabytes } of results) {
  const spread = `${Math.min(...seconds.samples).toFixed(2)}–${Math.max(...seconds.samples).toFixed(2)}`;
  process.stdout.write(
    `${problem}: ${seconds.median.toFixed(2)} s (${spread}), ${peakMegabytes.median.toFixed(0)} MB\n`,
  );
}
