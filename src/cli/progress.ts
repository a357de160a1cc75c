/** The progress bar: on a terminal only, on standard error, gone without a trace at the end. */
import { SingleBar } from 'cli-progress';
import type { FitOptions } from '../node.ts';

interface Progress {
  update(fraction: number, phase: string): void;
  stop(): void;
}

export function createProgress(phase: string, quiet = false): Progress {
  const bar =
    quiet || process.stderr.isTTY !== true
      ? undefined
      : new SingleBar({ format: '{bar} {phase}', stream: process.stderr, clearOnComplete: true, hideCursor: true });
  bar?.start(1, 0, { phase });
  return {
    update: (fraction, phase) => bar?.update(fraction, { phase }),
    stop: () => bar?.stop(),
  };
}

/** Of a fit: the file or the queries first, then the iterations. */
export function createFitProgress(
  quiet: boolean,
): Required<Pick<FitOptions, 'onProgress' | 'onIteration'>> & { stop(): void } {
  const { update, stop } = createProgress('reading', quiet);
  let [step, done] = ['', 1];
  return {
    onProgress(fraction, pass) {
      if (pass === undefined) update(fraction, 'reading');
      else {
        done = (pass.pass - 1 + fraction) / pass.about;
        update(done, `${pass.over === 'disk' ? 'pass' : 'query'} ${pass.pass} of about ${pass.about}${step}`);
      }
    },
    onIteration({ iteration, value, gradientNorm }) {
      step = `: iteration ${iteration}, loss ${value.toPrecision(6)}, gradient ${gradientNorm.toExponential(1)}`;
      update(done, `fitting${step}`);
    },
    stop,
  };
}
