/** The derivation says which function computes a step and which test checks it; here is checked that it is so. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { referenceRows } from '../../src/rows/reference.ts';
import { rowsOf } from '../support/data.ts';

const text = readFileSync('docs/derivation.md', 'utf8');
const flat = text.replace(/\s+/g, ' ');
/** Each "— … ; tests …" under a step. */
const references = [...flat.matchAll(/— (.*?)(?=\*\*\(B|##|###|Newton's|Sums in|$)/g)].map(
  ([, reference]) => reference!,
);

test('every formula is there, (B1) to (B21), and its label stands in the code', () => {
  const code = ['math/logistic', 'math/softmax', 'backends/portable', 'objective/objective']
    .map((name) => readFileSync(`src/${name}.ts`, 'utf8'))
    .join('');
  for (let k = 1; k <= 21; k++) expect(text).toContain(`**(B${k})**`);
  for (const label of [2, 3, 5, 7, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21])
    expect(code).toContain(`(B${label})`);
});

test('every formula names a function and a test', () => {
  const parts = flat.split(/\*\*\(B(\d+)\)\*\*/).slice(1);
  for (let k = 0; k < parts.length; k += 2) {
    expect(parts[k + 1], `(B${parts[k]})`).toMatch(/— [^"]*`\w+` in `src\/.*tests? "/);
  }
});

test('every function that is named exists where it is said to be', () => {
  const named = [...flat.matchAll(/((?:`\w+`(?:, | and )?)+) in `(src\/[\w/-]+\.ts)`/g)];
  expect(named.length).toBeGreaterThanOrEqual(16);
  for (const [, names, path] of named) {
    for (const [, name] of names!.matchAll(/`(\w+)`/g)) {
      expect(readFileSync(path!, 'utf8'), `${name} in ${path}`).toMatch(
        new RegExp(`export (async )?(function|const) ${name}\\b`),
      );
    }
  }
});

test('every test that is named exists where it is said to be', () => {
  const files = new Map<string, string>();
  let titles = 0;
  for (const reference of references) {
    let waiting: string[] = [];
    for (const [, title, path] of reference.matchAll(/"([^"]+)"|`(test\/[\w./-]+\.ts)`/g)) {
      if (title !== undefined) waiting.push(title);
      else if (path !== undefined) {
        expect(existsSync(path), path).toBe(true);
        const source = files.get(path) ?? readFileSync(path, 'utf8');
        files.set(path, source);
        for (const name of waiting) expect(source, `${name} in ${path}`).toContain(`'${name}'`);
        titles += waiting.length;
        waiting = [];
      }
    }
    expect(waiting).toEqual([]);
  }
  expect(titles).toBeGreaterThanOrEqual(18);
});

test('the numbers of the example are those that the code computes', async () => {
  const block = /```numbers\n(.*?)```/s.exec(text)![1]!;
  const printed = Object.fromEntries(
    block
      .trim()
      .split('\n')
      .map((line) => [line.split(' = ')[0]!, line.split(' = ')[1]!.split(' ').map(Number)]),
  ) as Record<'Z' | 'A' | 'loss' | 'dZ' | 'dW' | 'db', number[]>;
  const columns = [Float64Array.of(1, 3), Float64Array.of(2, -1)] as const;
  const rows = rowsOf({ numbers: columns, labels: [1, 0] });
  const { loss, gradient } = await referenceRows(rows).evaluate(Float64Array.of(0.5, -0.25, 0.1), 1, 'float64');
  const half = 0.5e-6; // six digits are printed
  const close = (found: number, truth: number): void => expect(Math.abs(found - truth)).toBeLessThanOrEqual(half);
  close(printed.loss[0]!, loss / 2);
  close(printed.dW[0]!, gradient![0]! / 2);
  close(printed.dW[1]!, gradient![1]! / 2);
  close(printed.db[0]!, gradient![2]! / 2);
  printed.Z.forEach((z, i) => {
    close(z, 0.5 * columns[0][i]! - 0.25 * columns[1][i]! + 0.1);
    close(printed.A[i]!, 1 / (1 + Math.exp(-z)));
    close(printed.dZ[i]!, 1 / (1 + Math.exp(-z)) - rows.labels[i]!);
  });
});
