/**
 * Pages of rows in a temporary file that has no name, so that nothing is left behind however the process ends. Where a
 * file cannot be made without a name (O_TMPFILE, of Linux), its name is removed as soon as it is open; where names of open
 * files stay, when it is closed.
 */
import { randomUUID } from 'node:crypto';
import { constants, type FileHandle, open, statfs, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PageFile } from '../data/stored-table.ts';
import { LogisticError } from '../errors.ts';

/** As of asm-generic/fcntl.h, without O_DIRECTORY: Node does not name it. */
const O_TMPFILE = 0o20000000;

/** `bytes` are expected: what the folder cannot hold is refused before anything is written. */
export async function openPageFile(bytes: number, folder = tmpdir()): Promise<PageFile> {
  const { bavail, bsize } = await statfs(folder).catch((error: NodeJS.ErrnoException) => {
    throw unusable(folder, error);
  });
  if (bavail * bsize < bytes) {
    const gigabytes = (count: number): string => `${(count / 2 ** 30).toFixed(1)} GiB`;
    throw new LogisticError(
      'no-space',
      `${folder} has ${gigabytes(bavail * bsize)} left; the rows take ${gigabytes(bytes)}`,
      { hint: 'name a folder with more space in the variable TMPDIR' },
    );
  }
  const nameless = await openNameless(folder);
  if (nameless !== undefined) return new FileOfPages(nameless, folder);
  const path = join(folder, `tfjs-logistic-${randomUUID()}.rows`);
  const file = await open(path, 'wx+', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw unusable(folder, error);
  });
  const named = await unlink(path).then(
    () => false,
    () => true,
  );
  return new FileOfPages(file, folder, named ? path : undefined);
}

/** Not every file system of Linux has such files. */
async function openNameless(folder: string): Promise<FileHandle | undefined> {
  const { O_DIRECTORY, O_RDWR } = constants;
  return process.platform === 'linux'
    ? open(folder, O_RDWR | O_DIRECTORY | O_TMPFILE, 0o600).catch(() => undefined)
    : undefined;
}

function unusable(folder: string, { code }: NodeJS.ErrnoException): LogisticError {
  return new LogisticError('no-space', `${folder}: no temporary file can be made there (${code})`, {
    hint: 'name another folder in the variable TMPDIR',
  });
}

function unwritten(code: string): LogisticError {
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new LogisticError(
    full ? 'no-space' : 'unwritable',
    `the temporary file of the rows cannot be written (${code})`,
    {
      hint: `name ${full ? 'a folder with more space' : 'another folder'} in the variable TMPDIR`,
    },
  );
}

class FileOfPages implements PageFile {
  readonly #file: FileHandle;
  readonly #folder: string;
  /** The name that is left to be removed. */
  readonly #path: string | undefined;
  #lent = 0;
  #closed: Promise<void> | undefined;
  #allGivenBack = (): void => {};

  constructor(file: FileHandle, folder: string, path?: string) {
    this.#file = file;
    this.#folder = folder;
    this.#path = path;
  }

  async write(at: number, numbers: Float64Array): Promise<void> {
    const { bytesWritten } = await this.#open()
      .write(numbers, 0, numbers.byteLength, 8 * at)
      .catch((error) => {
        throw unwritten(error.code);
      });
    if (bytesWritten < numbers.byteLength) throw unwritten('ENOSPC'); // a full disk takes what it still can
  }

  async read(at: number, into: Float64Array): Promise<void> {
    const { bytesRead } = await this.#open().read(into, 0, into.byteLength, 8 * at);
    if (bytesRead < into.byteLength) throw new Error(`${bytesRead} of ${into.byteLength} bytes were read`);
  }

  lend(): { readonly descriptor: number; giveBack(): void } {
    const { fd: descriptor } = this.#open();
    this.#lent++;
    return {
      descriptor,
      giveBack: () => {
        if (--this.#lent === 0) this.#allGivenBack();
      },
    };
  }

  openBeside(bytes: number): Promise<PageFile> {
    return openPageFile(bytes, this.#folder);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #open(): FileHandle {
    if (this.#closed === undefined) return this.#file;
    throw new LogisticError('disposed', 'these rows have been closed', { hint: 'store them again' });
  }

  async #close(): Promise<void> {
    if (this.#lent > 0) {
      await new Promise<void>((resolve) => {
        this.#allGivenBack = resolve;
      });
    }
    await this.#file.close();
    if (this.#path !== undefined) await unlink(this.#path).catch(() => {});
  }
}
