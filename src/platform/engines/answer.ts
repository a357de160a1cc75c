/** What asking has in common in every engine: an abort cancels the query there, and errors are in the engine's words. */
import { LogisticError } from '../../errors.ts';

export interface Asking {
  readonly signal: AbortSignal | undefined;
  /** Ends the query in the engine. */
  cancel(): void;
  /** Starts to tell the share that is done; what it gives ends that. */
  readonly follow?: (() => () => void) | undefined;
  /** What the engine or its driver says, told. */
  failed(error: unknown): LogisticError;
}

/** The pieces of an answer as they come. It can be cancelled, and can fail, up to its end. */
export async function* answered<T>(
  { signal, cancel, follow, failed }: Asking,
  ask: () => AsyncIterable<T>,
): AsyncGenerator<T> {
  signal?.throwIfAborted();
  signal?.addEventListener('abort', cancel);
  const unfollow = follow?.();
  try {
    yield* ask();
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof LogisticError || error instanceof TypeError ? error : failed(error);
  } finally {
    unfollow?.();
    signal?.removeEventListener('abort', cancel);
  }
}

/** An answer of one piece. */
export async function answeredOnce<T>(asking: Asking, ask: () => Promise<T>): Promise<T> {
  const pieces: T[] = [];
  const once = async function* () {
    yield await ask();
  };
  for await (const piece of answered(asking, once)) pieces.push(piece);
  return pieces[0] as T;
}
