/**
 * Paths → sources of bytes: files, pipes, devices and standard input alike are read once from front to back, and no
 * copy is made. A path that is no file but has * or ? in it is a pattern of names. It knows no format.
 */
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LogisticError } from '../errors.ts';
import type { ByteSource, Chunks } from '../text/source.ts';

const pieceBytes = 2 ** 20;
/** Other names of standard input; a socket cannot be opened by them. */
const standardInput = /^(-|\/dev\/(stdin|fd\/0)|\/proc\/self\/fd\/0)$/;

/** The files that a path stands for, in the order of their names. */
export async function expandPath(path: string): Promise<string[]> {
  if (!/[*?]/.test(path) || (await stat(path).catch(() => undefined)) !== undefined) return [path];
  let found = [path.startsWith('/') ? '/' : ''];
  for (const part of path.split('/').filter((part) => part !== '')) {
    const pattern = new RegExp(
      `^${part
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
      's',
    );
    const next: string[] = [];
    for (const folder of found) {
      if (!/[*?]/.test(part)) next.push(join(folder, part));
      else {
        const names = await readdir(folder === '' ? '.' : folder).catch(() => []);
        const hidden = part.startsWith('.');
        next.push(
          ...names
            .filter((name) => pattern.test(name) && (hidden || !name.startsWith('.')))
            .map((name) => join(folder, name)),
        );
      }
    }
    found = next;
  }
  if (found.length > 0) return found.sort();
  throw new LogisticError('unreadable', `${path}: there is no such file, and no file whose name fits the pattern`, {
    hint: 'give the path of a file, or - for standard input',
  });
}

export async function openPath(path: string, signal: AbortSignal | undefined): Promise<ByteSource> {
  signal?.throwIfAborted();
  let given = 0;
  const counted = async function* (chunks: Chunks): AsyncGenerator<Uint8Array> {
    const iterator = chunks[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { value, done } = await orAborted(iterator.next(), signal);
        if (done === true) return;
        given += value.length;
        yield value;
      }
    } finally {
      const closed = iterator.return?.();
      if (signal?.aborted !== true) await closed;
      else closed?.catch(() => {}); // a read of a pipe may never end
    }
  };
  if (standardInput.test(path)) {
    return { label: 'standard input', size: undefined, given: () => given, chunks: counted(process.stdin) };
  }
  const size = await requireFile(path);
  return { label: path, size, given: () => given, chunks: counted(readFile(path)) };
}

/** The promise's value; the signal's reason where it is aborted first. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

export function unreadable(path: string, { code }: NodeJS.ErrnoException, hint?: string): LogisticError {
  const why = code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})`;
  return new LogisticError('unreadable', `${path}: ${why}`, { hint });
}

/** The size of a regular file; undefined of pipes and devices. */
async function requireFile(path: string): Promise<number | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error, 'give the path of a file, or - for standard input');
  });
  if (found.isDirectory()) {
    throw new LogisticError('unreadable', `${path} is a folder`, { hint: 'give the path of a file' });
  }
  return found.isFile() ? found.size : undefined;
}

/** The file in pieces; the next one is read while the last one is looked at. */
async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  let next: Promise<{ bytesRead: number }> | undefined;
  try {
    let [piece, other] = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)];
    next = file.read(piece, 0, pieceBytes, null);
    for (;;) {
      const { bytesRead } = await next;
      if (bytesRead === 0) return;
      next = file.read(other, 0, pieceBytes, null);
      yield piece.subarray(0, bytesRead);
      [piece, other] = [other, piece];
    }
  } finally {
    await next?.catch(() => {}); // told above; after another error nobody waits for it
    await file.close();
  }
}

/** Node's own unpacking, which reads all members of a file. */
export async function* gunzip(chunks: Chunks): AsyncGenerator<Uint8Array> {
  const unpacked = pipeline(Readable.from(chunks), createGunzip(), () => {}); // an error is told by the iteration
  for await (const chunk of unpacked) yield chunk as Uint8Array;
}
