/** This library's command: a file in, a model out; and what the command costs on small things. */
import { readFileSync } from 'node:fs';
import type { ProgramContender } from '../contender.ts';

const command = 'dist/cli.js';
const census = ['train', 'examples/data/census-income.csv', '--target', 'income', '--quiet'];

const version = (): string => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  return `tfjs-logistic ${version}`;
};

const run = (args: readonly string[]) => () => ({ program: process.execPath, args: [command, ...args] });
const onCensus = 'logit train, census income, 32,561 rows × 14 columns, to a float64 gradient below 1e-10';

export const oursCommand: readonly ProgramContender[] = [
  {
    name: 'ours-command',
    about: 'logit train: reads, summarises, standardises, fits to a float64 gradient below 1e-10, measures',
    measures: ['csv to model'],
    version,
    command: (csv) => run(['train', csv, '--target', 'y', '--json', '--quiet'])(),
    coefficients: readCoefficients,
  },
  ...(['memory', 'disk'] as const).map(
    (rows): ProgramContender => ({
      name: rows === 'memory' ? 'ours-parquet' : 'ours-parquet-disk',
      about: `logit train --rows ${rows}: a Parquet file in place of the CSV`,
      measures: ['parquet to model'],
      version,
      command: (file) => run(['train', file, '--target', 'y', '--rows', rows, '--json', '--quiet'])(),
      coefficients: readCoefficients,
    }),
  ),
  { name: 'help', about: 'logit --help', measures: ['command'], version, command: run(['--help']) },
  { name: 'census', about: onCensus, measures: ['command'], version, command: run(census) },
  {
    name: 'census-wasm',
    about: "the same on TensorFlow.js's wasm ops (--backend wasm)",
    measures: ['command'],
    version,
    command: run([...census, '--backend', 'wasm']),
  },
  {
    name: 'census-cpu',
    about: "the same on TensorFlow.js's cpu ops (--backend tfjs-cpu)",
    measures: ['command'],
    version,
    command: run([...census, '--backend', 'tfjs-cpu']),
  },
];

function readCoefficients(stdout: string) {
  const { intercept, coefficients } = JSON.parse(stdout) as Model;
  return { intercept, coefficients: Object.values(coefficients) };
}

interface Model {
  readonly intercept: number;
  readonly coefficients: Readonly<Record<string, number>>;
}
