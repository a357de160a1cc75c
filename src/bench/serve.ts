/**
 * A session's own process: opens it, then answers one line of JSON with one line of JSON until standard input ends. The
 * clock runs here, around the call alone, with its result awaited. Whatever goes wrong is an answer too.
 */
import { createInterface } from 'node:readline';
import type { Session } from './session.ts';

/** What a session's process may be asked. */
export type Question = { readonly evaluate: readonly number[] } | { readonly fit: number };

export interface Answer {
  readonly seconds: number;
  readonly version?: string;
  readonly uploadSeconds?: number;
  readonly loss?: number;
  readonly gradient?: number[];
  readonly theta?: number[];
}

export interface Failure {
  readonly failed: string;
}

export const say = (answer: object): void => {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
};
const secondsSince = (start: number): number => (performance.now() - start) / 1000;

/** Opens a session and serves it. */
export async function serve(open: () => Promise<Session>): Promise<void> {
  try {
    const start = performance.now();
    const session = await open();
    const { version, uploadSeconds } = session;
    say({ version, uploadSeconds, seconds: secondsSince(start) });
    for await (const line of createInterface({ input: process.stdin })) {
      say(await answer(session, JSON.parse(line) as Question).catch(failure));
    }
    await session.close?.();
  } catch (error) {
    say(failure(error));
  }
}

/** The answer to one question, timed. */
export async function answer(session: Session, question: Question): Promise<Answer> {
  if ('fit' in question) {
    const start = performance.now();
    const theta = await session.fit!(question.fit);
    return { seconds: secondsSince(start), theta: Array.from(theta) };
  }
  const theta = Float64Array.from(question.evaluate);
  const start = performance.now();
  const { loss, gradient } = await session.evaluate!(theta);
  return { seconds: secondsSince(start), loss, gradient: Array.from(gradient) };
}

export function failure(error: unknown): Failure {
  if (!(error instanceof Error)) return { failed: String(error) };
  const { hint } = error as { hint?: string };
  return { failed: hint === undefined ? error.message : `${error.message}; ${hint}` };
}
