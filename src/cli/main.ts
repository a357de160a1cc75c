/**
 * Arguments → exit code: 0 success, 1 a mistake of the user (one line that says what to do), 2 a bug
 * (with its stack), 130 Ctrl-C. stdout carries data, stderr talk.
 */
import { CommanderError } from 'commander';
import { LogisticError } from '../errors.ts';
import { createProgram } from './program.ts';

export async function main(args: readonly string[]): Promise<number> {
  const abort = new AbortController();
  const interrupt = (): void => abort.abort(new Interrupted());
  process.once('SIGINT', interrupt);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0); // the reader, `head` for instance, has seen enough
    throw error;
  });
  try {
    await createProgram(abort.signal).parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    return report(error);
  } finally {
    process.off('SIGINT', interrupt);
  }
}

class Interrupted extends Error {}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
  if (error instanceof Interrupted) {
    process.stderr.write('logit: interrupted; nothing was written\n');
    return 130;
  }
  if (error instanceof LogisticError) {
    const hint = error.hint === undefined ? '' : `; ${error.hint}`;
    process.stderr.write(`logit: ${asTyped(error)}${hint}\n`);
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
