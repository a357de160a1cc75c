/**
 * The driver's side of a process that answers in lines of JSON (serve.ts; benchmarks/hosts has the same for Python and
 * R): asks it one thing at a time, and ends it when an answer takes longer than it may. Missing, broken, crashing and
 * hanging are answers: `failed`, with the reason.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Answer, Failure, Question } from './serve.ts';

export interface Conversation<Opened = Answer> {
  /** What it said of itself. */
  readonly opened: Opened | Failure;
  ask(question: Question, limitSeconds: number): Promise<Answer | Failure>;
  close(): Promise<void>;
}

export interface ConversationLimits {
  /** Seconds until it has said what it is. */
  readonly openSeconds: number;
  readonly signal?: AbortSignal | undefined;
}

const linesOfComplaint = 3;
const closeMilliseconds = 5000;

/** Begins to speak with a child whose standard streams are pipes. */
export async function converse<Opened = Answer>(
  child: ChildProcess,
  { openSeconds, signal }: ConversationLimits,
): Promise<Conversation<Opened>> {
  const complaints: string[] = [];
  let waiting: ((answer: unknown) => void) | undefined;
  let dead: Failure | undefined;
  const settle = (answer: unknown): void => {
    waiting?.(answer);
    waiting = undefined;
  };
  const end = (reason: string): void => {
    dead ??= { failed: reason };
    settle(dead);
  };
  createInterface({ input: child.stderr! }).on('line', (line) => {
    complaints.push(line);
    if (complaints.length > linesOfComplaint) complaints.shift();
  });
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (line.startsWith('{')) settle(JSON.parse(line)); // libraries print other lines
  });
  child.stdin!.on('error', () => {}); // it is gone: 'close' says why
  child.on('error', (error) => end(error.message));
  const closed = new Promise<void>((resolve) => {
    child.on('close', (code, killer) => {
      const how = killer === null ? `exit code ${code}` : killer;
      end(`its process ended with ${[how, ...complaints.filter((line) => line.trim() !== '')].join(' | ')}`);
      resolve();
    });
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill);

  const answer = async (limitSeconds: number): Promise<unknown> => {
    const given = await new Promise((resolve) => {
      if (dead !== undefined) return resolve(dead);
      const timer = setTimeout(() => {
        end(`no answer within ${limitSeconds} s`);
        kill();
      }, limitSeconds * 1000);
      waiting = (value) => {
        clearTimeout(timer);
        resolve(value);
      };
    });
    signal?.throwIfAborted();
    return given;
  };

  const opened = (await answer(openSeconds)) as Opened | Failure;
  return {
    opened,
    ask(question, limitSeconds) {
      const answered = answer(limitSeconds);
      if (dead === undefined) child.stdin!.write(`${JSON.stringify(question)}\n`);
      return answered as Promise<Answer | Failure>;
    },
    async close() {
      child.stdin!.end();
      const timer = setTimeout(kill, closeMilliseconds);
      await closed;
      clearTimeout(timer);
      signal?.removeEventListener('abort', kill);
    },
  };
}

/** host.ts beside this file: TypeScript where this is (tests, `npm run bench`), else as tsup names it. */
const fromSource = import.meta.url.endsWith('.ts');
const hostFile = fileURLToPath(new URL(fromSource ? './host.ts' : './bench-host.js', import.meta.url));

/** A process of this Node that runs a program, by default host.ts, with arguments. */
export function startNode(args: readonly string[], file = hostFile): ChildProcess {
  const flags = file.endsWith('.ts') ? ['--import', 'tsx'] : [];
  return spawn(process.execPath, [...flags, file, ...args], { stdio: 'pipe' });
}
