/**
 * The driver's side of a contender's process: starts it, asks it one thing at a time, and ends it when an
 * answer takes longer than it may. Whatever goes wrong is an answer too: `failed`, with the reason.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { SessionContender, SessionMeasure } from './contender.ts';
import type { PlacedProblem } from './generate.ts';
import type { Question } from './hosts/host.ts';

export interface Answer {
  readonly seconds: number;
  readonly version?: string;
  readonly loss?: number;
  readonly gradient?: number[];
  readonly theta?: number[];
}
export interface Failure {
  readonly failed: string;
}

export interface ContenderProcess {
  /** How opening went: which version runs, and the seconds from the rows in memory to being ready. */
  readonly opened: Answer | Failure;
  ask(question: Question, limitSeconds: number): Promise<Answer | Failure>;
  close(): Promise<void>;
}

export const python = 'benchmarks/.venv/bin/python';
const interpreters = { py: [python], R: ['Rscript', '--vanilla'] };
const openLimitSeconds = 300;
const linesOfComplaint = 3;

/** numpy's OpenBLAS chooses its kernels by the processor: where a machine sets these two variables, they name slow ones. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...rest } = process.env;
  return { ...rest, PYTHONPATH: 'benchmarks/hosts', PYTHONDONTWRITEBYTECODE: '1' };
}

export async function startContender(
  contender: SessionContender,
  placed: PlacedProblem,
  measure: SessionMeasure,
): Promise<ContenderProcess> {
  const child = launch(contender, placed, measure);
  const complaints: string[] = [];
  let waiting: ((answer: Answer | Failure) => void) | undefined;
  let dead: string | undefined;
  const settle = (answer: Answer | Failure): void => {
    waiting?.(answer);
    waiting = undefined;
  };
  const end = (reason: string): void => {
    dead ??= reason;
    settle({ failed: dead });
  };
  createInterface({ input: child.stderr! }).on('line', (line) => {
    complaints.push(line);
    if (complaints.length > linesOfComplaint) complaints.shift();
  });
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (line.startsWith('{')) settle(JSON.parse(line) as Answer | Failure); // libraries print other lines
  });
  child.stdin!.on('error', () => {}); // it is gone: 'close' says why
  child.on('error', (error) => end(error.message));
  const closed = new Promise<void>((resolve) => {
    child.on('close', (code, signal) => {
      end(`ended with ${signal ?? `exit code ${code}`}: ${complaints.join(' | ')}`);
      resolve();
    });
  });

  const answer = (limitSeconds: number): Promise<Answer | Failure> =>
    new Promise((resolve) => {
      if (dead !== undefined) return resolve({ failed: dead });
      const timer = setTimeout(() => {
        end(`no answer within ${limitSeconds} s`);
        child.kill('SIGKILL');
      }, limitSeconds * 1000);
      waiting = (given) => {
        clearTimeout(timer);
        resolve(given);
      };
    });

  const opened = await answer(openLimitSeconds);
  return {
    opened,
    ask(question, limitSeconds) {
      const answered = answer(limitSeconds);
      if (dead === undefined) child.stdin!.write(`${JSON.stringify(question)}\n`);
      return answered;
    },
    async close() {
      child.stdin!.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await closed;
      clearTimeout(timer);
    },
  };
}

function launch({ name, script }: SessionContender, placed: PlacedProblem, measure: SessionMeasure): ChildProcess {
  const json = JSON.stringify(placed);
  if (script === undefined) {
    return spawn(process.execPath, ['--import', 'tsx', 'benchmarks/hosts/host.ts', name, json, measure]);
  }
  const language = script.file.endsWith('.R') ? 'R' : 'py';
  const [program, ...flags] = interpreters[language];
  const options = language === 'py' ? { env: plainEnvironment() } : {}; // R's own libraries may need what is set
  return spawn(program!, [...flags, `benchmarks/contenders/${script.file}`, script.variant, json], options);
}
