/** The other end of thread.ts: what runs in a worker, a browser's or one that Node gave its `self`. */
import { LogisticError } from '../errors.ts';
import { type Call, type Reply, started } from './messages.ts';

declare const self: {
  postMessage(message: Reply, transfer?: readonly ArrayBuffer[]): void;
  onmessage: (event: { readonly data: Call }) => void;
};

/** What any of the methods gives. */
type Value<T> = { [K in keyof T]: T[K] extends (...args: never) => Promise<infer V> ? V : never }[keyof T];

/** Answers calls of methods; `buffersOf` says what memory a value hands over instead of being copied. */
export function serve<T extends object>(methods: T, buffersOf: (value: Value<T>) => readonly ArrayBuffer[]): void {
  const byName = methods as Record<string, (...args: readonly unknown[]) => Promise<Value<T>>>;
  self.onmessage = async ({ data: { id, method, args } }) => {
    try {
      const value = await byName[method]!(...args);
      self.postMessage({ id, value }, buffersOf(value));
    } catch (error) {
      if (!(error instanceof LogisticError)) return self.postMessage({ id, bug: error });
      const { code, message, hint, details } = error;
      self.postMessage({ id, refused: { code, message, ...(hint === undefined ? {} : { hint }), details } });
    }
  };
  self.postMessage({ id: started, value: undefined });
}
