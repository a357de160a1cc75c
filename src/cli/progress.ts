/** The progress bar: on a terminal only, on standard error, gone without a trace at the end. */
import { SingleBar } from 'cli-progress';
import type { FitOptions } from '../node.ts';

export function createProgress(
  quiet: boolean,
): Required<Pick<FitOptions, 'onProgress' | 'onIteration'>> & { stop(): void } {
  const bar =
    quiet || process.stderr.isTTY !== true
      ? undefined
      : new SingleBar({ format: '{bar} {phase}', stream: process.stderr, clearOnComplete: true, hideCursor: true });
  bar?.start(1, 0, { phase: 'reading' });
  return {
    onProgress: (fraction) => bar?.update(fraction, { phase: 'reading' }),
    onIteration: ({ iteration, value, gradientNorm }) =>
      bar?.update(1, {
        phase: `fitting: iteration ${iteration}, loss ${value.toPrecision(6)}, gradient ${gradientNorm.toExponential(1)}`,
      }),
    stop: () => bar?.stop(),
  };
}
