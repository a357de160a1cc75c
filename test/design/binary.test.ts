/** Numbers that stand for two levels are told from all others, in memory, on disk and in a database. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { LogisticRegression } from '../../src/node.ts';

const rows = Array.from({ length: 300 }, (_, i) => ({
  two: i % 5 === 0 ? 1 : 0,
  rare: i === 7 ? 1 : 0,
  // Of the same mean and variance as numbers 0 and 1 would have, or nearly.
  tiny: i * 1e-13,
  small: (i - 150) * 1e-9,
  balanced: [-0.5, 0.5, 0.5, 0.5][i % 4]!,
  whole: i % 3,
  signs: i % 2 === 0 ? 1 : -1,
  fraction: [0, 1, 1, 0.5][i % 4]!,
  y: (i * i) % 7 < 3 ? 'a' : 'b',
}));

test('two levels are 0 and 1 and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'logistic-'));
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const file = join(folder, 'd.csv');
    await writeFile(
      file,
      `${Object.keys(rows[0]!).join()}\n${rows.map((row) => Object.values(row).join()).join('\n')}\n`,
    );
    const query = { query: `select * from read_csv('${file}')`, connection };
    for (const [where, data] of [
      ['memory', file],
      ['disk', file],
      ['there', query],
    ] as const) {
      for (const more of [{}, { weights: 'whole' }, { classWeight: 'balanced' }] as const) {
        const model = await new LogisticRegression({ ...more, rows: where, l2: 1 }).fit(data, 'y');
        const binary = model.toJSON().features.flatMap((feature) => ('binary' in feature ? [feature.column] : []));
        expect(binary, `${where}, ${JSON.stringify(more)}`).toEqual(['two', 'rare']);
      }
    }
  } finally {
    connection.closeSync();
    await rm(folder, { recursive: true });
  }
});
