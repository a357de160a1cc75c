/**
 * The derivation says which function computes a step and which test checks it, and gives numbers. Here is checked that
 * the functions and tests exist where it is said, and every number is computed anew.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { explainBatch, explainNumbers } from '../../src/index.ts';

const text = readFileSync('docs/derivation.md', 'utf8');
/** Each "> **Code** … · **Test** …" under a step, as one line. */
const references = [...text.matchAll(/^> \*\*Code\*\*.*(?:\n> .*)*/gm)].map(([block]) => {
  const [code, tests] = block.replace(/\n> /g, ' ').split('**Test**');
  return { code: code!, tests: tests! };
});

/** What is named between backticks before each path, with the path. */
function named(part: string, folder: string): { readonly name: string; readonly path: string }[] {
  const pairs: { name: string; path: string }[] = [];
  let names: string[] = [];
  for (const [, quoted] of part.matchAll(/`([^`]+)`/g)) {
    if (quoted!.startsWith(`${folder}/`)) {
      pairs.push(...names.map((name) => ({ name, path: quoted! })));
      names = [];
    } else names.push(quoted!);
  }
  expect(names, `named without a place: ${part}`).toEqual([]);
  return pairs;
}

test('every formula is there, (B1) to (B23), and its label stands in the code', () => {
  const files = [
    'math/logistic',
    'math/softmax',
    'backends/portable',
    'objective/objective',
    'fitting/separation',
    'objective/firth',
  ];
  const explain = ['explain/numbers', 'explain/losses', 'explain/batch'];
  const code = [...files, ...explain].map((name) => readFileSync(`src/${name}.ts`, 'utf8')).join('');
  for (let k = 1; k <= 23; k++) {
    expect(text).toContain(`**(B${k})**`);
    expect(code).toMatch(new RegExp(`\\(B${k}\\)|'B${k}'`));
  }
});

test('every formula names its code and a test', () => {
  const parts = text.split(/\*\*\(B(\d+)\)\*\*/).slice(1);
  for (let k = 0; k < parts.length; k += 2) expect(parts[k + 1], `(B${parts[k]})`).toContain('> **Code**');
  expect(references.every(({ tests }) => tests !== undefined)).toBe(true);
});

test('every function that is named exists where it is said to be', () => {
  const functions = references.flatMap(({ code }) => named(code, 'src'));
  expect(functions.length).toBeGreaterThanOrEqual(30);
  for (const { name, path } of functions) {
    expect(readFileSync(path, 'utf8'), `${name} in ${path}`).toMatch(
      new RegExp(`export (async )?(function|const) ${name}\\b`),
    );
  }
});

test('every test that is named exists where it is said to be', () => {
  const tests = references.flatMap(({ tests }) => named(tests, 'test'));
  expect(tests.length).toBeGreaterThanOrEqual(30);
  for (const { name, path } of tests) {
    expect(existsSync(path), path).toBe(true);
    expect(readFileSync(path, 'utf8').includes(`'${name}'`), `${name} in ${path}`).toBe(true);
  }
});

describe('numbers', () => {
  const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
  const lossOf = (z: number, y: number): number => -Math.log(y === 1 ? sigmoid(z) : 1 - sigmoid(z));
  const score = ([w1, w2, b]: readonly number[], [x1, x2]: readonly number[]): number => w1! * x1! + w2! * x2! + b!;

  const theta = [0.5, -0.25, 0.1];
  const [x, second] = [
    [1, 2],
    [3, -1],
  ] as const;
  const z = score(theta, x);
  const a = sigmoid(z);
  const gradient = [1 * (a - 1), 2 * (a - 1), a - 1];
  const stepped = theta.map((weight, j) => weight - 0.1 * gradient[j]!);
  const z2 = score(theta, second);
  const dZ = [a - 1, sigmoid(z2)];
  const e = [1, Math.E, Math.exp(-0.5)];
  const total = e[0]! + e[1]! + e[2]!;

  /** The blocks of numbers in the order of the page. */
  const blocks: readonly Readonly<Record<string, readonly number[]>>[] = [
    { z: [z], a: [a], L: [lossOf(z, 1)] },
    { '∂L/∂a': [-1 / a], '∂a/∂z': [a * (1 - a)], '∂z/∂w_1': [1], '∂z/∂w_2': [2], '∂z/∂b': [1] },
    { '∂L/∂z': [a - 1], '∂L/∂w_1': [gradient[0]!], '∂L/∂w_2': [gradient[1]!], '∂L/∂b': [gradient[2]!] },
    {
      w_1: [stepped[0]!],
      w_2: [stepped[1]!],
      b: [stepped[2]!],
      z: [score(stepped, x)],
      a: [sigmoid(score(stepped, x))],
      L: [lossOf(score(stepped, x), 1)],
    },
    {
      Z: [z, z2],
      A: [a, sigmoid(z2)],
      loss: [(lossOf(z, 1) + lossOf(z2, 0)) / 2],
      dZ,
      dW: [(dZ[0]! * 1 + dZ[1]! * 3) / 2, (dZ[0]! * 2 - dZ[1]! * 1) / 2],
      db: [(dZ[0]! + dZ[1]!) / 2],
    },
    {
      a_0: [e[0]! / total],
      a_1: [e[1]! / total],
      a_2: [e[2]! / total],
      L: [-Math.log(e[2]! / total)],
      dz_1: [e[1]! / total],
      dz_2: [e[2]! / total - 1],
    },
  ];
  const nudged = (w1: number): number => lossOf(score([w1, -0.25, 0.1], x), 1);
  const inProse = [
    1 / Math.LN10,
    2 * (sigmoid(-10) - 1) * sigmoid(-10) * sigmoid(10),
    sigmoid(-10) - 1,
    lossOf(z, 1) - lossOf(score(stepped, x), 1),
    0.1 * gradient.reduce((sum, g) => sum + g * g, 0),
    nudged(0.501),
    nudged(0.499),
    (nudged(0.501) - nudged(0.5)) / 0.001,
    (nudged(0.501) - nudged(0.499)) / 0.002,
  ];
  const given = [0.001, 0.002, 0.499, 0.501];

  const printed = [...text.matchAll(/```numbers\n(.*?)```/gs)].map(([, block]) =>
    block!
      .trim()
      .split('\n')
      .map((line) => line.split(' = ') as [string, string]),
  );
  /** Six decimals are printed. */
  const half = 0.5e-6 + 2 ** -50;

  test('in blocks', () => {
    expect(printed.map((lines) => lines.map(([name]) => name))).toEqual(blocks.map((block) => Object.keys(block)));
    printed.forEach((lines, at) => {
      for (const [name, values] of lines) {
        const found = values.split(' ').map(Number);
        expect(found.length).toBe(blocks[at]![name]!.length);
        found.forEach((value, i) => {
          expect(Math.abs(value - blocks[at]![name]![i]!), `${name} of block ${at + 1}`).toBeLessThanOrEqual(half);
        });
      }
    });
  });

  test('in sentences', () => {
    const known = [...inProse, ...given, ...blocks.flatMap((block) => Object.values(block).flat())].map(Math.abs);
    const decimals = text.replace(/```numbers.*?```/gs, '').match(/\b\d+\.\d{3,}/g)!;
    expect(decimals.length).toBeGreaterThanOrEqual(20);
    for (const decimal of decimals) {
      const off = Math.min(...known.map((value) => Math.abs(value - Number(decimal))));
      expect(off, decimal).toBeLessThanOrEqual(half);
    }
    for (const value of inProse) expect(decimals).toContain(Math.abs(value).toFixed(6));
    expect(text).toContain(`says ${(100 * a).toFixed(0)} %`);
    expect(text).toContain(`risen to ${(100 * sigmoid(score(stepped, x))).toFixed(0)} %`);
  });

  test('as the library explains them', () => {
    const { nodes } = explainNumbers({ x, weights: [[0.5, -0.25]], biases: [0.1], label: 1 });
    const by = new Map(nodes.map((node) => [node.id, node]));
    const [forward, , backward] = blocks;
    const close = (found: number, truth: number): void =>
      expect(Math.abs(found - truth)).toBeLessThanOrEqual(8 * 2 ** -53 * Math.max(1, Math.abs(truth)));
    for (const [id, [value]] of Object.entries(forward!)) close(by.get(id)!.value, value!);
    for (const [name, [value]] of Object.entries(backward!)) close(by.get(name.split('∂')[2]!)!.gradient.value, value!);
    const batch = explainBatch({
      x: [
        [1, 3],
        [2, -1],
      ],
      weights: [[0.5, -0.25]],
      biases: [0.1],
      labels: [1, 0],
    });
    for (const [id, values] of Object.entries(blocks[4]!)) {
      const found = batch.find((matrix) => matrix.id === id)!.values.flat();
      expect(found.length).toBe(values.length);
      found.forEach((value, i) => {
        close(value, values[i]!);
      });
    }
    const three = explainNumbers({ x: [], weights: [[], []], biases: [1, -0.5], label: 2 }).nodes;
    for (const c of [0, 1, 2]) close(three.find(({ id }) => id === `a_${c}`)!.value, blocks[5]![`a_${c}`]![0]!);
    for (const c of [1, 2]) close(three.find(({ id }) => id === `z_${c}`)!.gradient.value, blocks[5]![`dz_${c}`]![0]!);
  });
});
