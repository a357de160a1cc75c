/**
 * The examples as a user would run them: copied beside the installed package, so that their imports find
 * what npm would publish, and held to numbers that were known before they ran.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadScorer, type ModelFile, type RowScore } from '../../src/predict.ts';
import { emptyFolder, type Folder } from '../support/command.ts';

const examples = new URL('../../examples/', import.meta.url);
const typescript = pathToFileURL(createRequire(import.meta.url).resolve('tsx/esm')).href;

let folder: Folder;
beforeAll(() => {
  folder = emptyFolder();
  for (const name of ['quickstart', 'csv-to-model', 'save-and-load', 'http-scorer', 'derivation', 'formulas']) {
    cpSync(new URL(`${name}.ts`, examples), join(folder.path, `${name}.ts`));
  }
  cpSync(new URL('data/titanic.csv', examples), join(folder.path, 'data/titanic.csv'));
});

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--import', typescript, ...args], { cwd: folder.path, stdio: 'pipe' });
}

/** What an example prints, as lines; it must succeed and complain of nothing. */
async function lines(...args: string[]): Promise<string[]> {
  const child = start(...args);
  const output = { stdout: '', stderr: '' };
  child.stdout!.on('data', (data) => {
    output.stdout += data;
  });
  child.stderr!.on('data', (data) => {
    output.stderr += data;
  });
  const [code] = await once(child, 'close');
  expect({ code, stderr: output.stderr }).toEqual({ code: 0, stderr: '' });
  return output.stdout.trimEnd().split('\n');
}

const lineOf = (printed: string[], opening: string): string => {
  const line = printed.find((candidate) => candidate.startsWith(`${opening} `));
  if (line === undefined) throw new Error(`no line begins with ${opening}:\n${printed.join('\n')}`);
  return line.slice(opening.length + 1);
};
/** The number after the opening words of a line. */
const numberOf = (printed: string[], opening: string): number => Number.parseFloat(lineOf(printed, opening));
const expectClose = (found: number, truth: number, tolerance: number): void => {
  expect(Math.abs(found - truth), `${found} against ${truth}`).toBeLessThanOrEqual(tolerance);
};

/** Fits are refined to gradients of 1e−16 and the condition numbers here are below 1e3, which leaves 1e−13; 1e−9 is room. */
const fitted = 1e-9;

test('quickstart: closed forms', async () => {
  const printed = await lines('quickstart.ts');
  expectClose(numberOf(printed, 'intercept'), -Math.log(3), fitted);
  expectClose(numberOf(printed, 'dose'), 2 * Math.log(3), fitted);
  const [low, high] = JSON.parse(lineOf(printed, 'P(1)')) as [number, number];
  expectClose(low, 1 / 4, fitted);
  expectClose(high, 3 / 4, fitted);
  const metrics = JSON.parse(lineOf(printed, 'metrics')) as Record<string, number>;
  expect(metrics.accuracy).toBe(6 / 8);
  // 9 of the 16 pairs in order, 6 tied.
  expect(metrics.auc).toBe((9 + 6 / 2) / 16);
  // The entropy of 1/4 in nats.
  expectClose(metrics.meanLogLoss!, -(Math.log(1 / 4) + 3 * Math.log(3 / 4)) / 4, fitted);
  expect(lineOf(printed, 'separated:')).toContain('--l2');
  expectClose(numberOf(printed, 'with l2 = 0.1'), penalisedCoefficient(0.1), fitted);
  expect(lineOf(printed, 'with l2 = 0.1')).toContain('converged');
});

test('formulas: the digits of R 4.2.2', async () => {
  const printed = await lines('formulas.ts');
  expect(lineOf(printed, 'rows')).toBe('714');
  // Seven digits, as printed.
  expectClose(numberOf(printed, 'sex=male:pclass=3'), 2.28587231188, 1e-7);
  expectClose(numberOf(printed, 'ns(age, df=3)2'), -5.302068938977, 1e-7);
  expect(lineOf(printed, 'the same')).toBe('true');
  expect(lineOf(printed, 'product')).toBe('34.839695 2');
  expectClose(numberOf(printed, 'P(survived)'), 0.392009928484, 1e-8);
});

/**
 * Rows at standardised x = ±1 whose label is the sign of x: minimise ln(1 + e^−v) + ½·λ·v², so
 * v = σ(−v)/λ, and the raw coefficient is v over the scale ½. Bisection, since v·λ − σ(−v) increases.
 */
function penalisedCoefficient(l2: number): number {
  let [low, high] = [0, 1 / l2];
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2;
    if (middle * l2 < 1 / (1 + Math.exp(middle))) low = middle;
    else high = middle;
  }
  return 2 * low;
}

/** Every number of docs/derivation.md for its row, to the six decimals that both print. */
test('derivation: the numbers of the page', async () => {
  const printed = await lines('derivation.ts');
  const a = 1 / (1 + Math.exp(-0.1));
  const [z1, z2] = [0.385012487512636, 0.101]; // after the step, and after the nudge
  const shows = (opening: string, ...values: number[]): void => {
    const line = printed.find((candidate) => candidate.trimStart().startsWith(opening));
    const found = line!.slice(line!.indexOf(opening) + opening.length).match(/-?\d+\.\d{6}/g)!;
    expect(found, line).toEqual(values.map((value) => value.toFixed(6)));
  };
  const after = (opening: string): string => printed[printed.findIndex((line) => line.includes(opening)) + 1]!.trim();
  expect(after('(B1) z')).toBe('= 0.5·1 + (−0.25)·2 + 0.1 = 0.100000');
  expect(after('(B2) a')).toBe(`= σ(0.1) = ${a.toFixed(6)}`);
  expect(after('(B3) L')).toMatch(new RegExp(`= ${(-Math.log(a)).toFixed(6)}$`));
  shows('(B4) ∂L/∂a', -1 / a);
  shows('(B5) ∂a/∂z', a * (1 - a));
  shows('(B6) ∂z/∂w_2', 2);
  shows('(B7) ∂L/∂z', a - 1);
  expect(after('(B8) ∂L/∂w_2')).toBe(
    `= ${(-1 / a).toFixed(6)} · ${(a * (1 - a)).toFixed(6)} · 2.000000 = x_2·(a − y) = ${(2 * (a - 1)).toFixed(6)}`,
  );
  shows('L: ', -Math.log(a), Math.log1p(Math.exp(-z1)));
  const nudged = Math.log1p(Math.exp(-z2));
  shows('A nudge', nudged);
  shows('a slope of', (nudged + Math.log(a)) / 0.001, a - 1);
});

/**
 * Titanic, 713 training rows: Newton's method in plain float64 in another language, with the generator,
 * the stratified shuffle and the mean age of the training rows (29.505469…) worked out anew; gradient 1e−12.
 */
const titanic = {
  intercept: 4.174265604754754,
  'sex=male': -2.801209591808489,
  age: -0.04237464565350508,
  sibsp: -0.3006286298064342,
  'class=Second': -1.3589740148513396,
  'class=Third': -2.3001930925338754,
};

test('csv-to-model: titanic', async () => {
  const printed = await lines('csv-to-model.ts', 'titanic model.json');
  // Both solutions are of gradients below 1e−11 of a problem whose condition is below 1e3.
  for (const [name, truth] of Object.entries(titanic)) {
    expectClose(numberOf(printed, name), truth, 1e-10 * Math.max(1, Math.abs(truth)));
  }
  expect(printed).toContain('converged: 713 rows for training, 178 held out');
  const holdout = JSON.parse(lineOf(printed, 'holdout')) as Record<string, number>;
  expectClose(holdout.meanLogLoss!, 0.4621187696575795, 1e-10);
  expect(holdout.accuracy).toBe(133 / 178);
  expectClose(holdout.auc!, 0.852807486631016, 1e-14);
  expect(printed.at(-1)).toBe('saved titanic model.json');
  const model = JSON.parse(folder.read('titanic model.json')) as ModelFile;
  expectClose(model.features.find(({ column }) => column === 'age')!.impute as number, 29.505469026548674, 1e-12);
});

test('save-and-load: the same to the last bit, and the rows that have no score', async () => {
  const printed = await lines('save-and-load.ts', 'm.json');
  expect(numberOf(printed, 'loaded: largest difference')).toBe(0);
  expect(numberOf(printed, 'scorer: largest difference')).toBeLessThanOrEqual(1e-12);
  // From the same independent Newton's method, penalised on standardised columns.
  expectClose(numberOf(printed, 'P(male | Biscoe, 4500 g)'), 0.7424182564390146, fitted);
  expect(printed).toContain('{"island":"Torgersen","mass":4000} → island: unseen category `Torgersen`');
  expect(printed).toContain('{"island":"Dream","mass":null} → mass is missing');
  // The reference is Biscoe: the same probability as above.
  expectClose(numberOf(printed, 'ignored:'), 0.7424182564390146, fitted);
  expect(lineOf(printed, 'ignored:')).toContain('taken as the reference');
  const [imputed, mean] = lineOf(printed, 'imputed:').split(' ').map(Number);
  expect(imputed).toBeGreaterThan(0);
  expect(imputed).toBe(mean);
});

describe('http-scorer', () => {
  let server: ChildProcess;
  let address: string;
  let scorer: ReturnType<typeof loadScorer>;

  beforeAll(async () => {
    await lines('csv-to-model.ts', 'served.json');
    scorer = loadScorer(readFileSync(join(folder.path, 'served.json'), 'utf8'));
    server = start('http-scorer.ts', 'served.json', '0');
    const [line] = await once(server.stdout!.setEncoding('utf8'), 'data');
    address = String(line).trim();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:[1-9][0-9]*$/);
  });
  afterAll(() => {
    server?.kill('SIGKILL');
  });

  const post = async (body: string) => {
    const response = await fetch(`${address}/predict`, { method: 'POST', body });
    const text = await response.text();
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(text.endsWith('\n') && !text.slice(0, -1).includes('\n')).toBe(true);
    return { status: response.status, ...(JSON.parse(text) as Answer) };
  };

  test('GET /health', async () => {
    const response = await fetch(`${address}/health`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: 'ok',
      target: 'survived',
      columns: ['sex', 'age', 'sibsp', 'class'],
    });
  });

  const second = { sex: 'female', age: 30, sibsp: 0, class: 'Second' };
  const third = { class: 'Third', sibsp: 1, sex: 'male', age: null };

  test('one row, and a list of rows in its order', async () => {
    const z = titanic.intercept + 30 * titanic.age + titanic['class=Second'];
    const one = await post(JSON.stringify(second));
    expect(one).toMatchObject({ status: 200, classes: [0, 1] });
    expectClose(one.probabilities![0]![1], 1 / (1 + Math.exp(-z)), fitted);
    const list = await post(JSON.stringify([third, second]));
    expect(list.probabilities).toEqual(
      [third, second].map((row) => [...(scorer.scoreRow(row) as RowScore).probabilities]),
    );
    expect((await post('[]')).probabilities).toEqual([]);
  });

  test.each([
    ['bad JSON', '{"sex":', /not JSON/],
    ['no object', '[1]', /row 1 is not an object/],
    ['a missing column', '{"sex":"male","age":1,"class":"First"}', /"sibsp"/],
    ['an unseen category', JSON.stringify([second, { ...second, class: 'Fourth' }]), /row 2: class.*Fourth/],
    ['no number', JSON.stringify({ ...second, age: 'old' }), /row 1: age: `old` is not a finite number/],
    ['a row of the wrong width', '[[1, 2]]', /needs 4: sex, age, sibsp, class/],
  ])('%s is a 400 with its reason', async (_, body, reason) => {
    expect(await post(body)).toMatchObject({ status: 400, error: expect.stringMatching(reason) });
  });

  test('a body over the limit is a 413, and the server goes on', async () => {
    expect(await post(`[${' '.repeat(1_000_000)}]`)).toMatchObject({ status: 413 });
    expect((await post(JSON.stringify(second))).status).toBe(200);
  });

  test('other addresses are a 404', async () => {
    expect((await fetch(`${address}/predict`)).status).toBe(404);
  });

  test('SIGTERM ends it in order', async () => {
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
    await expect(fetch(`${address}/health`)).rejects.toThrow();
  });
});

interface Answer {
  readonly classes?: [number, number];
  readonly probabilities?: [number, number][];
  readonly error?: string;
}
