/**
 * Files are written whole or not at all: everything goes to a temporary file beside the target, which is renamed over
 * it at the end, or removed if there is no end. Links are followed, modes kept; devices and pipes are written to as
 * they are. It knows bytes, not models.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import { chmod, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import { LogisticError } from '../errors.ts';

export interface PendingFile {
  /** Writes and waits until the stream wants more. */
  write(text: string): Promise<void>;
  /** Puts the file in its place. */
  commit(): Promise<void>;
  /** Removes what was written; harmless after commit. */
  discard(): Promise<void>;
}

/** Temporary files of this process, and how many there have been. */
const begun = new Set<string>();
let count = 0;

/** Begins a file; throws LogisticError 'unwritable' at once when its folder is not there or it is a folder itself. */
export async function beginFile(path: string): Promise<PendingFile> {
  await requireFolder(path);
  const place = await realpath(path).catch(() => path);
  const found = await stat(place).catch(() => undefined);
  // A device or a pipe has no whole: what is written is gone.
  if (found !== undefined && !found.isFile()) return openStream(path, createWriteStream(path, { flags: 'a' }));
  await removeAbandoned(place);
  const temporary = `${place}.${hostname()}-${process.pid}-${count++}.tmp`;
  begun.add(temporary);
  const stream = createWriteStream(temporary, { flags: 'wx', ...(found && { mode: found.mode }) });
  const { write, commit, discard } = await openStream(path, stream);
  if (found !== undefined) await chmod(temporary, found.mode); // whatever the process's mask
  return {
    write,
    async commit() {
      await commit();
      await rename(temporary, place);
      begun.delete(temporary);
    },
    async discard() {
      await discard();
      await rm(temporary, { force: true });
      begun.delete(temporary);
    },
  };
}

async function openStream(path: string, stream: WriteStream): Promise<PendingFile> {
  await new Promise<void>((resolve, reject) => {
    stream.once('open', () => resolve());
    stream.on('error', (error) => reject(cannotBeWritten(path, error))); // later ones are told by what is waited for
  });
  return {
    write: (text) => writeTo(stream, text, path),
    async commit() {
      stream.end();
      await finished(stream).catch((error) => {
        throw cannotBeWritten(path, error);
      });
    },
    async discard() {
      stream.destroy();
    },
  };
}

/** Removes the temporary files of processes of this machine that were killed before they could. */
async function removeAbandoned(place: string): Promise<void> {
  const [folder, start] = [dirname(place), `${basename(place)}.${hostname()}-`];
  for (const name of await readdir(folder).catch(() => [])) {
    const own = /^(\d+)-\d+\.tmp$/.exec(name.startsWith(start) ? name.slice(start.length) : '');
    const path = join(folder, name);
    if (own !== null && !begun.has(path) && !isRunning(Number(own[1]))) await rm(path, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (pid === process.pid) return false; // an earlier process of this number
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Refuses a path that is one of the files that are read, under whatever name. */
export async function requireOther(path: string, inputs: readonly string[], option = '--out'): Promise<void> {
  const own = await stat(path).catch(() => undefined);
  if (!own?.isFile()) return;
  for (const input of inputs) {
    const other = await stat(input).catch(() => undefined);
    if (other?.ino !== own.ino || other.dev !== own.dev) continue;
    throw new LogisticError('unwritable', `${path}: this file is read, so it cannot be written to`, {
      hint: `give ${option} another name`,
    });
  }
}

/** Writes a file whole. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const file = await beginFile(path);
  try {
    await file.write(text);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

/** Writes to a stream and waits while it is full. */
export function writeTo(stream: NodeJS.WritableStream, text: string, path = 'standard output'): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(cannotBeWritten(path, error)) : resolve()));
  });
}

export function cannotBeWritten(path: string, { code, message }: NodeJS.ErrnoException): LogisticError {
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new LogisticError('unwritable', `${path}: cannot be written (${code ?? message})`, {
    hint: full ? 'no space is left there: make room, or write elsewhere' : 'check that it may be written to',
  });
}

/** Says at once, before any work, that a file could not be written there. */
export async function requireFolder(path: string): Promise<void> {
  if (path === '') {
    throw new LogisticError('unwritable', 'the name of the file to write is empty', { hint: 'give --out a name' });
  }
  const folder = dirname(path);
  const place = await stat(folder).catch(() => undefined);
  if (!place?.isDirectory()) {
    throw new LogisticError('unwritable', `${path}: there is no folder ${folder}`, { hint: 'make it first' });
  }
  if ((await stat(path).catch(() => undefined))?.isDirectory()) {
    throw new LogisticError('unwritable', `${path} is a folder`, { hint: 'give the name of a file' });
  }
}
