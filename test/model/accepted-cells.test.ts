/** What a model accepts of cells that it cannot read as they are is counted wherever rows are measured. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { evaluate } from '../../src/cli/evaluate.ts';
import { inspect } from '../../src/cli/inspect.ts';
import { LogisticRegression, saveModel } from '../../src/node.ts';
import { keepPrinted, printed } from '../support/printed.ts';

beforeEach(keepPrinted);

const rows = Array.from({ length: 60 }, (_, i) => ({
  x: i % 7 === 0 ? null : (i * 7) % 13,
  g: ['a', 'b', 'c'][i % 3]!,
  h: i % 4 === 1,
  y: (i * i) % 5 < 2 ? 'no' : 'yes',
}));
const given = [
  { x: 3, g: 'a', h: true, y: 'no' },
  { x: null, g: 'new', h: false, y: 'yes' },
  { x: '', g: 'other', h: 'maybe', y: 'yes' },
  { x: 2, g: 'b', h: true, y: 'no' },
];
const cells = { imputed: { x: 2 }, unseen: { g: 2, h: 1 } };
const notes = [
  '2 missing cells in x took the stored value',
  '3 cells in g, h with a category that training never saw counted as the reference',
];
const model = await new LogisticRegression({ missing: 'impute', unseen: 'ignore', inference: true }).fit(rows, 'y');
const plain = await new LogisticRegression({ only: ['h'] }).fit(rows, 'y');

test('by evaluate, compareAuc, marginalEffects and influence', async () => {
  expect((await model.evaluate(given, 'y')).cells).toEqual(cells);
  expect(await model.evaluate(rows.slice(1, 7), 'y')).not.toHaveProperty('cells');
  const against = await model.compareAuc(plain, given, 'y', { unseen: 'ignore' });
  expect(against.cells).toEqual(cells);
  expect(against.otherCells).toEqual({ imputed: {}, unseen: { h: 1 } });
  expect((await model.marginalEffects(given)).notes).toEqual(notes);
  expect((await model.influence([...rows, ...given], 'y')).notes.slice(-2)).toEqual([
    '11 missing cells in x took the stored value',
    notes[1],
  ]);
});

test('a category that is not accepted is an error, by the model or by the call', async () => {
  const refused = { code: 'unpredictable-row', message: 'row 2: g: unseen category `new`' };
  await expect(model.evaluate(given, 'y', { unseen: 'error' })).rejects.toMatchObject(refused);
  await expect(plain.compareAuc(model, given, 'y')).rejects.toMatchObject({
    message: 'row 3: h: unseen category `maybe`',
  });
});

test('by the command', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'logistic-'));
  const at = (name: string): string => join(folder, name);
  try {
    await saveModel(model, at('model.json'));
    await saveModel(plain, at('plain.json'));
    await writeFile(at('d.csv'), `x,g,h,y\n${given.map((row) => Object.values(row).join()).join('\n')}\n`);
    const { signal } = new AbortController();
    await evaluate(at('model.json'), at('d.csv'), { compare: at('plain.json'), unseen: 'ignore', json: true }, signal);
    expect(JSON.parse(printed.text)).toMatchObject({ cells, otherCells: { imputed: {}, unseen: { h: 1 } } });
    for (const note of notes) expect(printed.said).toContain(note);
    expect(printed.said).toContain('plain.json: 1 cell in h with a category');
    keepPrinted();
    await inspect(at('model.json'), at('d.csv'), { effects: true }, signal);
    expect(printed.text.split('\n').slice(-3, -1)).toEqual(notes);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('columns of any name', async () => {
  const named = rows.map(({ x, y }) => ({ constructor: x, y }));
  const other = await new LogisticRegression({ missing: 'impute' }).fit(named, 'y');
  const { cells } = await other.evaluate(
    [
      { constructor: null, y: 'no' },
      { constructor: 2, y: 'yes' },
    ],
    'y',
  );
  expect(Object.entries(cells!.imputed)).toEqual([['constructor', 1]]);
});
