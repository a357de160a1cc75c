/**
 * A contender's own Node process: loads the problem, opens the contender, then answers one line of JSON
 * with one line of JSON until standard input ends. Only the call itself is timed.
 * Arguments: the contender's name, the placed problem as JSON, and the measure.
 */
import { createInterface } from 'node:readline';
import type { SessionMeasure } from '../contender.ts';
import { findSession } from '../contenders.ts';
import { loadProblem, type PlacedProblem } from '../generate.ts';

/** What a contender's process may be asked. */
export type Question = { readonly evaluate: readonly number[] } | { readonly fit: number };

const say = (answer: object): void => {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
};
const failed = (error: unknown): void => say({ failed: error instanceof Error ? error.message : String(error) });
const seconds = (start: number): number => (performance.now() - start) / 1000;

async function serve(name: string, placed: PlacedProblem, measure: SessionMeasure): Promise<void> {
  const data = loadProblem(placed);
  const opening = performance.now();
  const session = await findSession(name).open!(data, measure);
  say({ version: session.version, seconds: seconds(opening) });
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line) as Question;
    try {
      if ('evaluate' in question) {
        const theta = Float64Array.from(question.evaluate);
        const start = performance.now();
        const { loss, gradient } = await session.evaluate!(theta);
        say({ seconds: seconds(start), loss, gradient: Array.from(gradient) });
      } else {
        const start = performance.now();
        const theta = await session.fit!(question.fit);
        say({ seconds: seconds(start), theta: Array.from(theta) });
      }
    } catch (error) {
      failed(error);
    }
  }
  await session.close?.();
}

const [name, placed, measure] = process.argv.slice(2);
try {
  await serve(name!, JSON.parse(placed!) as PlacedProblem, measure as SessionMeasure);
} catch (error) {
  failed(error);
}
