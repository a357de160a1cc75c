/** Collects the runs of one measure and says on standard error how it is going. */
import { thisMachine } from '../src/bench/machine.ts';
import { median } from '../src/bench/statistics.ts';
import type { Problem } from './problems.ts';
import type { Results, Run } from './results.ts';

export interface Sample {
  readonly problem: string;
  readonly contender: string;
  readonly measure: string;
  readonly unit: string;
  readonly samples: readonly number[];
  readonly setting?: string | undefined;
  readonly failed?: string | undefined;
}

export interface Recorder {
  add(sample: Sample): void;
  version(contender: string, version: string): void;
  results(): Results;
}

/** Absolute paths say nothing to a reader and do not belong into a repository. */
const withoutPaths = (text: string): string => text.replaceAll(/(?<![\w.])\/[\w.+@/-]*\//g, '');

export function createRecorder(problems: readonly Problem[]): Recorder {
  const runs: Run[] = [];
  const versions: { [contender: string]: string } = {};
  return {
    add({ failed, setting, samples, ...rest }) {
      runs.push({
        ...rest,
        median: samples.length > 0 ? median(samples) : null,
        samples,
        ...(setting === undefined ? {} : { setting }),
        ...(failed === undefined ? {} : { failed: withoutPaths(failed) }),
        at: `${new Date().toISOString().slice(0, 16)}Z`,
      });
      const figure = samples.length > 0 ? `${median(samples).toPrecision(4)} ${rest.unit}` : '';
      tell(`${rest.problem} · ${rest.contender} · ${rest.measure}: ${figure} ${failed ?? ''}`.trimEnd());
    },
    version(contender, version) {
      versions[contender] = version;
    },
    results: () => ({ machine: thisMachine(), versions, problems, runs }),
  };
}

export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
