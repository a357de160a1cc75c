/** What was found last of the pages of a file, for who asks the same again: a fit with another penalty, for one. */

/** What is found of pages: one of each kind is kept. */
export type FindingKind = 'values of the target' | 'all rows' | 'training rows' | 'computed terms';

export class Findings {
  readonly #last = new Map<FindingKind, { readonly key: string; readonly value: unknown }>();

  /** What was found last where the key is the same; else, and without a key, what is found now. */
  async find<T>(kind: FindingKind, key: string | undefined, find: () => Promise<T>): Promise<T> {
    const last = this.#last.get(kind);
    if (key !== undefined && last?.key === key) return last.value as T;
    const value = await find();
    if (key !== undefined) this.#last.set(kind, { key, value });
    return value;
  }
}
