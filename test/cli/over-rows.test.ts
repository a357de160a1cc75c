/** What `inspect` and `predict` print of a model over the rows of a file: effects, influence, intervals. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { inspect } from '../../src/cli/inspect.ts';
import { predict } from '../../src/cli/predict.ts';
import { type FittedLogisticRegression, LogisticRegression, saveModel } from '../../src/node.ts';
import { keepPrinted, printed } from '../support/printed.ts';

const { signal } = new AbortController();
const rows = 'test/reference/birthwt.csv';
let folder: string;
const at = (name: string): string => join(folder, name);
let model: FittedLogisticRegression;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logistic-'));
  const only = ['age', 'lwt', 'race', 'smoke', 'ptl', 'ht', 'ui'];
  model = await new LogisticRegression({ inference: true, only, categorical: ['race'] }).fit(rows, 'low');
  await saveModel(model, at('model.json'));
  // The first row lacks its label, the third a cell.
  await writeFile(
    at('holes.csv'),
    'low,age,lwt,race,smoke,ptl,ht,ui\n,19,182,2,0,0,0,1\n0,33,155,3,0,0,0,0\n0,,105,1,1,0,0,0\n1,21,108,1,1,0,0,1\n',
  );
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(keepPrinted);

test('effects: a line for each number and for each level against the reference', async () => {
  await inspect(at('model.json'), rows, { effects: true }, signal);
  expect(printed.text).toMatch(/^average effect on P\(1\) +estimate +std\. error +z +p +95% interval$/m);
  expect(printed.text).toMatch(/^lwt +-0\.00270647 +0\.00118347 +-2\.287 +0\.0222 +\[-0\.00502603, -0\.000386906\]$/m);
  expect(printed.text).toMatch(/^race: 3 − 1 +0\.151000 +0\.0760608 /m);
  expect(printed.text).toMatch(/^smoke: 1 − 0 +0\.170465 /m);
});

test('influence: CSV of all rows, the rows that do most, JSON; rows that cannot be used are counted and keep their numbers', async () => {
  await inspect(at('model.json'), rows, { influence: true }, signal);
  const [header, first, ...more] = printed.text.trim().split('\n');
  expect(header).toMatch(
    /^row,label,probability,leverage,pearsonResidual,.*,cooksDistance,dfbetas\(\(intercept\)\),dfbetas\(age\)/,
  );
  expect(first).toMatch(/^1,0,0\.31188250\d+,0\.1005758\d+,-0\.673231/);
  expect(more).toHaveLength(188);
  expect(printed.said).toBe('');

  printed.text = '';
  await inspect(at('model.json'), rows, { influence: true, top: 2 }, signal);
  expect(printed.text).toMatch(
    /^row +label +P +leverage .*\n94 +0 +0\.839232 +0\.129403 +-2\.04913 +0\.0990258 +ptl −0\.81 SE\n13 .*\n$/,
  );

  printed.text = '';
  const singular = inspect(at('model.json'), at('holes.csv'), { influence: true }, signal);
  await expect(singular).rejects.toMatchObject({ code: 'no-influence' });
  expect(printed.said).toMatch(/^1 rows without a label are left out\n1 rows that cannot be predicted are left out/);
});

test('intervals: two columns more, empty where a row cannot be predicted', async () => {
  await predict(at('model.json'), at('holes.csv'), { interval: 0.95, quiet: true }, signal);
  const [header, first, , third] = printed.text.trim().split('\n');
  expect(header).toBe('prediction,P(0),P(1),P(1) low,P(1) high,note');
  const [one] = await model.predictInterval([{ age: 19, lwt: 182, race: 2, smoke: 0, ptl: 0, ht: 0, ui: 1 }]);
  expect(first!.split(',').slice(2, 5).map(Number)).toEqual([one!.probability, one!.low, one!.high]);
  expect(third).toBe(',,,,,age is missing');
  await expect(predict(at('model.json'), rows, { interval: 95 }, signal)).rejects.toMatchObject({ code: 'bad-option' });
});

test('a file without a question, a question without a file', async () => {
  await expect(inspect(at('model.json'), rows, {}, signal)).rejects.toThrow(/what of the rows/);
  await expect(inspect(at('model.json'), undefined, { effects: true }, signal)).rejects.toThrow(/needs a file/);
});
