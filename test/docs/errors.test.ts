/** docs/errors: a page for each code of an error or a warning in src and for no other; its example does what the page says. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Warning } from '../../src/errors.ts';
import * as portable from '../../src/index.ts';
import * as node from '../../src/node.ts';
import * as predict from '../../src/predict.ts';
import * as tfjs from '../../src/tfjs.ts';

const folder = new URL('../../docs/errors/', import.meta.url);
const pages = readdirSync(folder)
  .filter((name) => name !== 'README.md')
  .map((name) => name.replace('.md', ''));
const read = (name: string): string => readFileSync(new URL(`${name}.md`, folder), 'utf8');

const literals = [
  // new LogisticError('code', …), unexpected('code', …), warn('code', …), and one of two: condition ? 'code' : 'code'
  /(?:new LogisticError|unexpected|warn)\(\s*(?:[^,'()]*\?\s*)?'([a-z-]+)'(?:\s*:\s*'([a-z-]+)')?/g,
  /\bcode: '([a-z-]+)'/g,
  /\bcode = [^;]*\? '([a-z-]+)' : '([a-z-]+)'/g,
];

function codesIn(source: string): string[] {
  return literals.flatMap((literal) => [...source.matchAll(literal)].flatMap(([, ...codes]) => codes)).filter(Boolean);
}

test('every code has a page, and every page a code', () => {
  const src = new URL('../../src/', import.meta.url);
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const codes = new Set(
    files.flatMap((name) => codesIn(readFileSync(new URL(name.replaceAll('\\', '/'), src), 'utf8'))),
  );
  expect(pages.sort()).toEqual([...codes].sort());
});

test('the list of pages has each of them once, as error or as warning', () => {
  const [errors, warnings] = read('README').split('## Warnings');
  for (const page of pages) {
    const list = read(page).includes('\n\nError. ') ? errors : warnings;
    expect(list!.split(`| [${page}](${page}.md) |`), page).toHaveLength(2);
  }
  expect(read('README').match(/^\| \[/gm)).toHaveLength(pages.length);
});

/** What a page's example may import. */
const modules: Readonly<Record<string, unknown>> = {
  'tfjs-logistic': portable,
  'tfjs-logistic/node': node,
  'tfjs-logistic/predict': predict,
  'tfjs-logistic/tfjs': tfjs,
};
const require = createRequire(import.meta.url);
const load = (name: string): unknown => modules[name] ?? require(name);

/** Runs an example: the code and message of its error, or the warnings of its model. */
async function outcomes(example: string): Promise<Pick<Warning, 'code' | 'message'>[]> {
  const body = example
    .replace(/^import \* as (\w+) from '(.*)';$/gm, "const $1 = load('$2');")
    .replace(/^import (\{.*\}) from '(.*)';$/gm, "const $1 = load('$2');");
  const run = new Function(
    'load',
    `return (async () => { ${body}\nreturn typeof model === 'undefined' ? [] : model.warnings; })()`,
  );
  try {
    return await run(load);
  } catch (error) {
    expect(error).toBeInstanceOf(portable.LogisticError);
    return [error as portable.LogisticError];
  }
}

describe('an example does what its page says', () => {
  const before = process.cwd();
  const own = mkdtempSync(join(tmpdir(), 'errors-'));
  beforeAll(() => process.chdir(own));
  afterAll(() => {
    process.chdir(before);
    rmSync(own, { recursive: true, force: true });
  });

  // The examples that are not JavaScript need what a test cannot have: another machine, another package.
  const runnable = pages.filter((page) => read(page).includes('```js\n'));
  test.each(runnable)('%s', async (page) => {
    const text = read(page);
    const found = (await outcomes(text.split('```js\n')[1]!.split('```')[0]!)).filter(({ code }) => code === page);
    expect(found).toHaveLength(1);
    const said = /^> (.*)$/m.exec(text)![1]!.split('…');
    for (const part of said) expect(found[0]!.message).toContain(part.trim());
  });
});
