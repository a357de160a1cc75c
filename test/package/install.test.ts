/** The tarball alone in an empty folder: what npm installs with it, that each entry loads, and that its types compile. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { installInto, npm } from '../support/install.ts';

const entries = ['', '/node', '/browser', '/predict', '/tfjs'].map((path) => `tfjs-logistic${path}`);
/** The only entry whose types are TensorFlow.js's. */
const needsTensorFlow = 'tfjs-logistic/tfjs';

let alone: string;
beforeAll(() => {
  alone = join(mkdtempSync(join(dirname(inject('tarball')), 'alone-')), 'b');
  installInto(alone, [inject('tarball')]);
});

const run = (args: readonly string[], cwd: string): string =>
  execFileSync(process.execPath, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

test('TensorFlow.js is not installed with it', () => {
  expect(npm(['ls', '--all', '--parseable'], alone)).not.toContain('@tensorflow');
});

test('every entry of package.json is listed here', () => {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, unknown> };
  const paths = Object.keys(exports).filter((path) => path !== './package.json');
  expect(paths.map((path) => path.replace('.', 'tfjs-logistic')).sort()).toEqual([...entries].sort());
});

describe.each(entries)('%s', (entry) => {
  const names = (code: string, ...args: string[]): string[] => JSON.parse(run([...args, '-e', code], alone));

  test('is imported and required, with the same names', () => {
    const imported = names(`console.log(JSON.stringify(Object.keys(await import('${entry}')).sort()))`);
    const required = names(
      `console.log(JSON.stringify(Object.keys(require('${entry}')).sort()))`,
      '--input-type=commonjs',
    );
    expect(required).toEqual(imported);
    expect(imported).not.toEqual([]);
  });
});

const options: ts.CompilerOptions = {
  strict: true,
  skipLibCheck: false,
  noEmit: true,
  types: [],
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
};

/** Of both kinds of modules: .ts are the package's, which are those of import; .cts are those of require. */
test.each([
  { title: 'where TensorFlow.js is', folder: () => inject('installed'), imported: entries },
  { title: 'where it is not', folder: () => alone, imported: entries.filter((entry) => entry !== needsTensorFlow) },
])('programs that name every export compile, with all declarations checked, $title', ({ folder, imported }) => {
  const programs = imported.flatMap((entry, k) =>
    ['ts', 'cts'].map((extension) => ({ entry, path: join(folder(), `names${k}.${extension}`) })),
  );
  const paths = programs.map(({ path }) => path);
  for (const { path, entry } of programs) writeFileSync(path, `export * from '${entry}';\n`);
  const first = ts.createProgram(paths, options);
  const checker = first.getTypeChecker();
  for (const { path, entry } of programs) {
    const all = checker.getExportsOfModule(checker.getSymbolAtLocation(first.getSourceFile(path)!)!);
    expect(all).not.toHaveLength(0);
    writeFileSync(path, `export { ${all.map(({ name }) => name).join(', ')} } from '${entry}';\n`);
  }
  const messages = ts
    .getPreEmitDiagnostics(ts.createProgram(paths, options, undefined, first))
    .filter(({ file }) => !file?.fileName.includes('/node_modules/@tensorflow/')) // which do not compile among themselves
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
  expect(messages).toEqual([]);
});
