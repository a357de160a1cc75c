/**
 * The worker's side: does what it is called for, one call after another where they share rows, and answers with the number
 * of the call. Steps of a path are told as they come, at most every 25 ms.
 */
import { LogisticRegression } from '../../../../src/browser.ts';
import { LogisticError } from '../../../../src/errors.ts';
import { setScript } from '../script.ts';
import type { Call, Calls, FitRequest, Message, Problem, Reply, Step } from './messages.ts';
import { evaluate, surface, train, update } from './paths.ts';
import { placeRows, readProfile } from './rows.ts';

const telling = 25;

declare function importScripts(address: string): void;

export function serve(scope: {
  onmessage: ((event: MessageEvent<Message>) => void) | null;
  postMessage(reply: Reply): void;
}): void {
  const running = new Map<number, AbortController>();
  scope.onmessage = async ({ data }) => {
    if ('script' in data) {
      setScript(data.script);
      return;
    }
    if ('stop' in data) {
      running.get(data.stop)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(data.id, controller);
    try {
      scope.postMessage({ id: data.id, value: await answer(data, controller.signal, scope) });
    } catch (error) {
      scope.postMessage({ id: data.id, problem: problemOf(error) });
    } finally {
      running.delete(data.id);
    }
  };
}

async function answer(
  { id, name, args }: Call,
  signal: AbortSignal,
  scope: { postMessage(reply: Reply): void },
): Promise<unknown> {
  const calls: Calls = {
    async provide(own, text) {
      const script = new Blob([`(globalThis.besides??={})[${JSON.stringify(own)}]=(${text})()`]);
      importScripts(URL.createObjectURL(script));
    },
    read: readProfile,
    place: placeRows,
    evaluate,
    update,
    async train(request) {
      let steps: Step[] = [];
      let told = performance.now();
      const tell = (): void => {
        if (steps.length > 0) scope.postMessage({ id, steps });
        steps = [];
        told = performance.now();
      };
      const visit = (step: Step): void => {
        steps.push(step);
        if (performance.now() - told > telling) tell();
      };
      try {
        return await train(request, visit, signal);
      } finally {
        tell();
      }
    },
    surface: (request) => surface(request, signal),
    fit: (request) => fit(request, signal),
  };
  return (calls[name] as (...args: readonly unknown[]) => unknown)(...args);
}

/** The model file of the library's estimator. Own points are penalised in their own units, as the lab does. */
async function fit({ rows, l2, backend }: FitRequest, signal: AbortSignal): Promise<string> {
  if (rows.kind === 'file') {
    const options = { l2, backend, ...(rows.only && { only: rows.only }) };
    return JSON.stringify(await new LogisticRegression(options).fit(rows.file, rows.target, { signal }), null, 2);
  }
  const columns = Object.fromEntries(rows.x.map((values, j) => [`x${j + 1}`, values]));
  const estimator = new LogisticRegression({ l2, backend, standardize: false });
  return JSON.stringify(await estimator.fit({ ...columns, y: rows.y }, 'y', { signal }), null, 2);
}

function problemOf(error: unknown): Problem {
  if (error instanceof LogisticError) return { message: error.message, hint: error.hint, code: error.code };
  return { message: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}
