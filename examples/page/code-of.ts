/** Lines of the library as they stand in its files: the page quotes the code it runs. */
import { readFileSync } from 'node:fs';

export interface Quoted {
  readonly path: string;
  readonly name: string;
  readonly text: string;
}

/** The text of a function, or its first line with some words. Throws where there is none: the page must not name what is gone. */
export function codeOf(path: string, name: string, words = ''): Quoted {
  const lines = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8').split('\n');
  const start = lines.findIndex((line) => new RegExp(`^(export )?(async )?(function|const) ${name}\\b`).test(line));
  const length = lines.slice(start).findIndex((line) => /^}/.test(line)) + 1;
  const own = start < 0 ? [] : lines.slice(start, start + length);
  const text = words === '' ? own.join('\n').replace(/^export /, '') : own.find((line) => line.includes(words))?.trim();
  if (!text) throw new Error(`${path} has no ${name} with ${words || 'a body'}`);
  return { path, name, text };
}
