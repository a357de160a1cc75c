/** Bytes as they come from a server, for formats whose values may be cut anywhere. It knows no format. */
export class Incoming {
  readonly #parts: AsyncIterator<Uint8Array>;
  /** What is at hand, read up to `at`. */
  bytes: Buffer = Buffer.alloc(0);
  at = 0;

  constructor(parts: AsyncIterable<Uint8Array>) {
    this.#parts = parts[Symbol.asyncIterator]();
  }

  /** Puts more bytes behind those that are not read; false where there are no more. */
  async more(): Promise<boolean> {
    const { value, done } = await this.#parts.next();
    if (done === true) return false;
    const part = Buffer.from(value.buffer, value.byteOffset, value.length);
    this.bytes = this.at === this.bytes.length ? part : Buffer.concat([this.bytes.subarray(this.at), part]);
    this.at = 0;
    return true;
  }

  /** The same where there must be more. */
  async requireMore(): Promise<void> {
    if (!(await this.more())) throw new Error('the rows ended early');
  }

  /** Moves the next bytes to `into`. */
  async fill(into: Uint8Array): Promise<void> {
    for (let filled = 0; ; ) {
      const taken = this.bytes.subarray(this.at, this.at + into.length - filled);
      into.set(taken, filled);
      this.at += taken.length;
      filled += taken.length;
      if (filled === into.length) return;
      await this.requireMore();
    }
  }

  /** What `read` finds at `at`, asked again with more bytes as long as it is undefined. */
  async value<T>(read: () => T | undefined): Promise<T> {
    for (;;) {
      const found = read();
      if (found !== undefined) return found;
      await this.requireMore();
    }
  }

  /** Closes what the bytes come from. */
  async end(): Promise<void> {
    await this.#parts.return?.();
  }
}
