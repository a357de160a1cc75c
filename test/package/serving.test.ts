/** A model file from `logit train`: raw rows in, in another process, the same probabilities out. */
import { describe, expect, test } from 'vitest';
import { loadScorer } from '../../src/index.ts';
import { emptyFolder } from '../support/command.ts';
import { t8, t8Labels, t8X } from '../support/t8.ts';

const close = (found: number, truth: number, tolerance = 1e-12): void => {
  expect(Math.abs(found - truth)).toBeLessThanOrEqual(tolerance);
};

describe('B51: scaling travels with the model', () => {
  test('raw rows, alone or together, in any order, in another process', async () => {
    const folder = emptyFolder();
    folder.write('d.csv', t8.replace(/^0,/gm, '100,').replace(/^1,/gm, '300,'));
    await folder.train('d.csv', '--target', 'y', '--out', 'm.json');
    const scorer = loadScorer(folder.read('m.json'));
    close(scorer.predictProba([{ x: 100 }])[0]![1]!, 0.25);
    close(scorer.predictProba([{ x: 300 }])[0]![1]!, 0.75);
    const together = scorer.predictProba([{ x: 300 }, { x: 100 }, { x: 300 }]).map(([, p]) => p);
    expect(together).toEqual([together[0], scorer.predictProba([{ x: 100 }])[0]![1], together[0]]);
    folder.write('new.csv', 'x\n300\n100\n');
    const lines = (await folder.logit(['predict', 'm.json', 'new.csv'])).stdout.split('\n');
    expect(Number(lines[1]!.split(',')[2])).toBe(together[0]);
  });
});

describe('B52: columns are matched by name', () => {
  const rows = t8X.flatMap((a, i) =>
    [0, 1].map((k) => ({ a, b: Math.sin(3 * i + k), c: Math.cos(5 * i - k), y: t8Labels[i]! })),
  );

  test('in files too', async () => {
    const folder = emptyFolder();
    const csv = (names: (keyof (typeof rows)[0])[]): string =>
      `${names.join(',')}\n${rows.map((row) => names.map((name) => row[name]).join(',')).join('\n')}\n`;
    folder.write('d.csv', csv(['a', 'b', 'c', 'y']));
    folder.write('turned.csv', csv(['y', 'c', 'a', 'b']));
    folder.write('short.csv', csv(['a', 'c']));
    folder.write('headless.csv', csv(['a', 'b', 'c']).split('\n').slice(1).join('\n'));
    await folder.train('d.csv', '--target', 'y', '--out', 'm.json');
    const straight = await folder.logit(['predict', 'm.json', 'd.csv']);
    const turned = await folder.logit(['predict', 'm.json', 'turned.csv']);
    expect(turned.stdout).toBe(straight.stdout);
    const short = await folder.logit(['predict', 'm.json', 'short.csv']);
    expect(short).toMatchObject({ code: 1, stdout: '' });
    expect(short.stderr).toContain('the model needs the column "b", which the file lacks; it has a, c');
    const headless = await folder.logit(['predict', 'm.json', 'headless.csv', '--no-header']);
    expect(headless).toMatchObject({ code: 1, stdout: '' });
  });
});
