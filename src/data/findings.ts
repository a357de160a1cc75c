/** What was found last of the pages of a file, for who asks the same again: a fit with another penalty, for one. */

/** Findings that are kept: the target's values, sums of all rows and sums of the training rows. */
const kept = 3;

export class Findings {
  #last: readonly { readonly key: string; readonly value: unknown }[] = [];

  /** What was found by this key or, where nothing is known of it or nobody can say it, what is found now. */
  async find<T>(key: string | undefined, find: () => Promise<T>): Promise<T> {
    if (key === undefined) return find();
    const known = this.#last.find((finding) => finding.key === key) ?? { key, value: await find() };
    this.#last = [known, ...this.#last.filter((finding) => finding.key !== key)].slice(0, kept);
    return known.value as T;
  }
}
