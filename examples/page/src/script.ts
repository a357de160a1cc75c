/**
 * The page's one script, which its workers run too: the one that trains, and those that the library starts to sum and to
 * read. What a copy does is told by the first line that it is given.
 */
export type Role = 'page' | 'lab' | 'sums' | 'text';

declare global {
  var pageRole: Role | undefined;
}

export const role: Role = globalThis.pageRole ?? 'page';

/** A worker has no document to find its own text in: it is told. */
let text = role === 'page' && typeof document !== 'undefined' ? document.getElementById('script')!.textContent! : '';

export function setScript(script: string): void {
  text = script;
}

export const scriptText = (): string => text;

/** The script for another role. */
export function scriptFor(other: Role): string {
  return `var pageRole=${JSON.stringify(other)};${text}`;
}
