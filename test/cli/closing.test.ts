/** Commands that read rows close their file whatever ends them, and end when they are interrupted. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { evaluate } from '../../src/cli/evaluate.ts';
import { predict } from '../../src/cli/predict.ts';
import * as cliRows from '../../src/cli/rows.ts';
import { LogisticRegression, saveModel } from '../../src/node.ts';
import { t8Labels, t8X } from '../support/t8.ts';

const rows = { closed: 0, reached: () => {} };
const { openRows } = cliRows;

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'logistic-'));
  const data = t8X.map((x, i) => ({ x, y: t8Labels[i]! }));
  await saveModel(await new LogisticRegression().fit(data, 'y'), at('model.json'));
  await writeFile(at('rows.csv'), `x,y\n${data.map(({ x, y }) => `${x},${y}\n`).join('')}`);
  await writeFile(at('unlabelled.csv'), 'x\n1\n');
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  Object.assign(rows, { closed: 0, reached: () => {} });
  vi.spyOn(cliRows, 'openRows').mockImplementation(async (...args) => {
    const opened = await openRows(...args);
    return {
      ...opened,
      async *read(others) {
        for await (const chunk of opened.read(others)) {
          rows.reached();
          yield chunk;
        }
      },
      async close() {
        rows.closed++;
        await opened.close();
      },
    };
  });
});

const { signal } = new AbortController();

test('evaluate, of a file without labels or without the weights that were asked for', async () => {
  const missing = { code: 'missing-column' };
  await expect(evaluate(at('model.json'), at('unlabelled.csv'), {}, signal)).rejects.toMatchObject(missing);
  const weighed = evaluate(at('model.json'), at('rows.csv'), { weights: 's' }, signal);
  await expect(weighed).rejects.toMatchObject(missing);
  expect(rows.closed).toBe(2);
});

test('evaluate, interrupted while it has rows to score', async () => {
  const interrupt = new AbortController();
  rows.reached = () => interrupt.abort(new Error('interrupted'));
  await expect(evaluate(at('model.json'), at('rows.csv'), {}, interrupt.signal)).rejects.toThrow('interrupted');
  expect(rows.closed).toBe(1);
});

test('predict, to a folder that is not there', async () => {
  const out = at(join('nowhere', 'predictions.csv'));
  const predicted = predict(at('model.json'), at('rows.csv'), { out }, signal);
  await expect(predicted).rejects.toMatchObject({ code: 'unwritable' });
  expect(rows.closed).toBe(1);
});
