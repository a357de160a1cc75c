/** Rows on a GPU as RowSums: one request after another, said what it is, refused once the rows are closed. */
import { LogisticError } from '../../errors.ts';
import type { RowSums, SumOptions } from '../../rows/contract.ts';
import { measureScores } from '../../rows/measure.ts';
import { summarisePartitions } from '../../rows/source.ts';
import { abortable } from '../../yielding.ts';
import { evaluate, type GpuRows, scoresOf } from './evaluate.ts';

const sumsOf = ['the loss', 'loss and gradient', 'loss, gradient and Hessian'] as const;

export function rowSumsOf(rows: GpuRows): RowSums {
  const { layout, uploaded, source, workspace } = rows;
  let evaluations = 0;
  let closed = false;
  let turn: Promise<unknown> = Promise.resolve();
  const requireOpen = (): void => {
    if (closed) throw new LogisticError('disposed', 'these rows have been closed');
  };
  /** One at a time: requests share a workspace. */
  const inTurn = <T>(options: SumOptions | undefined, work: () => Promise<T>): Promise<T> =>
    abortable(() => {
      const result = turn.then(async () => {
        options?.signal?.throwIfAborted();
        requireOpen();
        return work().catch((error) => {
          requireOpen(); // or buffers went while they were in use
          throw error;
        });
      });
      turn = result.catch(() => {}); // reported to whoever asked
      return result;
    }, options?.signal);
  return {
    features: layout.features,
    scoreVectors: layout.vectors,
    partitions: summarisePartitions(source),
    precisions: ['float32'],
    storagePrecision: 'float32',
    evaluate: (theta, order, _precision, options) =>
      inTurn(options, () => {
        evaluations++;
        return evaluate(rows, order, { theta, options, name: `summing ${sumsOf[order]}, evaluation ${evaluations}` });
      }),
    async measure(theta, threshold, options) {
      const scores = await inTurn(options, () => scoresOf(rows, { theta, options, name: 'scoring rows' }));
      return measureScores(source, scores, threshold, options);
    },
    async close() {
      closed = true;
      uploaded.destroy();
      workspace.destroy();
    },
  };
}
