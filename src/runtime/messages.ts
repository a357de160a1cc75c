/** What a thread and its worker say to each other: numbered calls of methods, and their replies. */

export interface Call {
  readonly id: number;
  readonly method: string;
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
