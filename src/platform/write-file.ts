/**
 * Files are written whole or not at all: everything goes to a temporary file beside the target, which is renamed over
 * it at the end, or removed if there is no end. Links are followed, modes kept; devices and pipes are written to as
 * they are. It knows bytes, not models.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import { chmod, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
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

/** Begins a file; throws LogisticError 'unwritable' at once when its folder is not there or it is a folder itself. */
export async function beginFile(path: string): Promise<PendingFile> {
  await requireFolder(path);
  const place = await realpath(path).catch(() => path);
  const found = await stat(place).catch(() => undefined);
  if (found !== undefined && !found.isFile()) return beginStream(path);
  const temporary = `${place}.${process.pid}.tmp`;
  const stream = createWriteStream(temporary, { flags: 'wx', ...(found && { mode: found.mode }) });
  await opened(stream, path);
  if (found !== undefined) await chmod(temporary, found.mode); // whatever the process's mask
  return {
    write: (text) => writeTo(stream, text),
    async commit() {
      stream.end();
      await finished(stream);
      await rename(temporary, place);
    },
    async discard() {
      stream.destroy();
      await rm(temporary, { force: true });
    },
  };
}

/** A device or a pipe has no whole: what is written is gone. */
async function beginStream(path: string): Promise<PendingFile> {
  const stream = createWriteStream(path, { flags: 'a' });
  await opened(stream, path);
  return {
    write: (text) => writeTo(stream, text),
    async commit() {
      stream.end();
      await finished(stream);
    },
    async discard() {
      stream.destroy();
    },
  };
}

/** Refuses a path that is one of the files that are read, under whatever name. */
export async function requireOther(path: string, inputs: readonly string[]): Promise<void> {
  const own = await stat(path).catch(() => undefined);
  if (!own?.isFile()) return;
  for (const input of inputs) {
    const other = await stat(input).catch(() => undefined);
    if (other?.ino !== own.ino || other.dev !== own.dev) continue;
    throw new LogisticError('unwritable', `${path}: this file is read, so it cannot be written to`, {
      hint: 'give --out another name',
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
export function writeTo(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
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

function opened(stream: WriteStream, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('open', () => resolve());
    stream.once('error', (error: NodeJS.ErrnoException) => {
      reject(new LogisticError('unwritable', `${path}: cannot be written (${error.code ?? error.message})`));
    });
  });
}
