/**
 * Files are written whole or not at all: everything goes to a temporary file beside the target, which
 * is renamed over it at the end, or removed if there is no end. It knows bytes, not models.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
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
  const temporary = `${path}.${process.pid}.tmp`;
  const stream = createWriteStream(temporary, { flags: 'wx' });
  await opened(stream, path);
  return {
    write: (text) => writeTo(stream, text),
    async commit() {
      stream.end();
      await finished(stream);
      await rename(temporary, path);
    },
    async discard() {
      stream.destroy();
      await rm(temporary, { force: true });
    },
  };
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
