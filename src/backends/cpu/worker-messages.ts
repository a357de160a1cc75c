/** What the library and its workers say to each other: numbered calls of a host's methods, and their replies. */
import type { Host } from './host.ts';

export interface Call {
  readonly id: number;
  readonly method: keyof Host;
  readonly args: readonly unknown[];
}

export type Reply =
  | { readonly id: number; readonly value: unknown }
  /** A LogisticError, which would lose its class on the way. */
  | { readonly id: number; readonly refused: Refusal }
  | { readonly id: number; readonly bug: unknown };

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The reply that a worker gives unasked when it has started. */
export const started = 0;
