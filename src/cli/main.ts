/**
 * Arguments → exit code: 0 success, 1 a mistake of the user (one line that says what to do), 2 a bug
 * (with its stack), 128 + n where signal n ended it: 130 is Ctrl-C. stdout carries data, stderr talk.
 */
import { constants } from 'node:os';
import { CommanderError } from 'commander';
import { LogisticError } from '../errors.ts';
import { cannotBeWritten } from '../platform/write-file.ts';
import { createProgram } from './program.ts';
import { fail } from './talk.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export async function main(args: readonly string[]): Promise<number> {
  const abort = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => abort.abort(new Interrupted(signal));
  for (const signal of signals) process.once(signal, interrupt);
  process.stderr.on('error', () => {}); // nobody listens: what is done is done all the same
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0); // the reader, `head` for instance, has seen enough
    process.exit(report(cannotBeWritten('standard output', error)));
  });
  try {
    await createProgram(abort.signal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return report(error);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}

class Interrupted extends Error {
  readonly signal: (typeof signals)[number];
  constructor(signal: NodeJS.Signals) {
    super(signal);
    this.signal = signal as (typeof signals)[number];
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
  if (error instanceof Interrupted) {
    const { signal } = error;
    fail('interrupted; nothing was written');
    process.stdin.destroy();
    setTimeout(() => process.kill(process.pid, signal), 100).unref(); // where a read of a pipe never ends
    return 128 + constants.signals[signal];
  }
  if (error instanceof LogisticError) {
    fail(`${asTyped(error)}${error.hint === undefined ? '' : `; ${error.hint}`}`);
    return 1;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`logit: this is a bug, please report it\n${stack}\n`);
  return 2;
}

/** An option's name in a message as the command line spells it. */
function asTyped({ message, details }: LogisticError): string {
  const { option } = details;
  if (typeof option !== 'string' || !message.startsWith(option)) return message;
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}${message.slice(option.length)}`;
}
