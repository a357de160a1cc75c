/**
 * What Node and browsers do differently and the library needs in both: worker threads, and packages that are installed
 * rather than bundled. `#runtime` is node.ts or web.ts, by the field `imports` of package.json, so that a bundle for
 * the browser has nothing of Node in it. Whatever else is Node's own is in the room platform, for the entry ./node.
 */

/** What is heard of a worker. */
export interface WorkerListener {
  message(data: unknown): void;
  died(reason: string): void;
}

/** A started worker. */
export interface WorkerLine {
  post(message: unknown, transfer: readonly ArrayBuffer[]): void;
  /** Whether the process is to live as long as the worker does, which is so at first. */
  hold(held: boolean): void;
  end(): Promise<void>;
}

/** Open files by their descriptors, without waiting: bytes of `view` from `offset` on; each call gives how many were moved. */
export interface Files {
  readSync(descriptor: number, view: Uint8Array, offset: number, length: number, position: number): number;
  writeSync(descriptor: number, view: Uint8Array, offset: number, length: number, position: number): number;
}

export type StandIns = Readonly<Record<string, (load: () => object) => object>>;

export interface Runtime {
  /** Threads that this machine runs at the same time. */
  availableThreads(): number;
  /** Undefined where there are none. A worker has them as `self.files`. */
  readonly files: Files | undefined;
  /** Starts a worker from its script, which is written for a browser's: it speaks by `self`. */
  startWorker(script: string, listener: WorkerListener): WorkerLine;
  /** A package that only Node can load, by name; elsewhere undefined. Throws what import() throws where it is missing. */
  importInstalled(name: string): Promise<unknown>;
  /**
   * A CommonJS package that only Node can load, with a stand-in for some of what it requires itself: by the name it
   * requires, what is given instead, made from a way to load the real thing. Elsewhere undefined.
   */
  requireInstalled(name: string, standIns: StandIns): unknown;
  /** Runs a script of Node's in a process of its own: undefined where it ends well within its time, else why it does not. */
  tryScript(script: string, limitSeconds: number): Promise<string | undefined>;
  /** The folder of an installed package's main file, with the slash; undefined where files lie as a bundler put them. */
  folderOf(name: string): string | undefined;
}
