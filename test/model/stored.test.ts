/**
 * Rows on disk, rows summed in DuckDB and rows in memory give the same coefficients, whatever is read and asked; and files
 * of every kind are read to disk as they are read to memory.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../../src/math/random.ts';
import type { Options } from '../../src/model/options.ts';
import { LogisticRegression } from '../../src/node.ts';

let connection: DuckDBConnection;
let folder: string;
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
  folder = mkdtempSync(join(tmpdir(), 'logit-stored-'));
});
afterAll(() => {
  connection.closeSync();
  rmSync(folder, { recursive: true });
});

interface Case {
  readonly csv: string;
  readonly options: Options;
}

/** A seeded table as text, with numbers of every size, categories, booleans, gaps, weights, and what is asked of it. */
function drawCase(seed: number): Case {
  const random = createRandom(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const intercept = random() < 0.8;
  const m = 600 + below(1500);
  const numbers = Array.from({ length: 1 + below(5) }, () => ({
    mean: (intercept ? [0, 1e5, -3, 40] : [0, 0.5, -1, 2])[below(4)]!,
    deviation: (intercept ? [1, 0.01, 1000] : [1, 2, 0.5])[below(3)]!,
  }));
  const levels = Array.from({ length: below(3) }, () => 2 + below(5));
  const classes = 2 + below(3);
  const weighted = random() < 0.5;
  const gaps = random() < 0.5;
  const sorted = random() < 0.3;
  const rows = Array.from({ length: m }, () => {
    const units = numbers.map(() => random() + random() + random() - 1.5);
    const chosen = levels.map((count) => below(count));
    const score = units.reduce((z, u, j) => z + u * (1 - 0.4 * j), 0) + chosen.reduce((z, level) => z + 0.3 * level, 0);
    const y = Math.max(0, Math.min(classes - 1, Math.floor(score + 1.5 * (random() + random() - 1) + classes / 2)));
    return [
      ...units.map((u, j) => (gaps && random() < 0.01 ? '' : numbers[j]!.mean + numbers[j]!.deviation * u)),
      ...chosen.map((level) => (gaps && random() < 0.01 ? 'NA' : `level ${'dacbe'[level]}`)),
      ...(weighted ? [random() < 0.03 ? 0 : 0.25 + below(8) / 4] : []),
      `class ${y}`,
    ];
  });
  if (sorted) rows.sort((a, b) => Number(a[0]) - Number(b[0]));
  const names = [...numbers.map((_, j) => `x${j}`), ...levels.map((_, j) => `c${j}`), ...(weighted ? ['s'] : []), 'y'];
  return {
    csv: [names, ...rows].map((row) => row.join(',')).join('\n'),
    options: {
      ...(weighted && { weights: 's' }),
      ...(random() < 0.3 && { classWeight: 'balanced' as const }),
      ...(random() < 0.3 && { l2: 0.01, standardize: random() < 0.5 }),
      intercept,
      ...(random() < 0.3 && { reference: 'class 1' }),
      tolerance: 1e-13,
    },
  };
}

const relative = (a: number, b: number): number => Math.abs(a - b) / Math.max(1, Math.abs(b));

test('coefficients are those of rows in memory to 1e-10', async () => {
  let converged = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const { csv, options } = drawCase(seed);
    const path = join(folder, `${seed}.csv`);
    writeFileSync(path, csv);
    const query = `select * from read_csv('${path}', nullstr = ['', 'NA'])`;
    const fit = (rows: 'memory' | 'disk' | 'there', data: string | { query: string; connection: unknown }) =>
      new LogisticRegression({ ...options, rows, trainingMetrics: true }).fit(data, 'y');
    const memory = await fit('memory', path);
    const others = [
      await fit('disk', path),
      await fit('disk', { query, connection }),
      await fit('there', { query, connection }),
    ];
    const expected = memory.toJSON();
    for (const model of others) {
      const actual = model.toJSON();
      expect(model.training.rows).toEqual(memory.training.rows);
      expect(actual.terms.map(({ name }) => name)).toEqual(expected.terms.map(({ name }) => name));
      const worst = Math.max(
        ...actual.terms.flatMap(({ standardized }, j) =>
          standardized.map((w, c) => relative(w, expected.terms[j]!.standardized[c]!)),
        ),
        ...actual.standardizedIntercepts.map((b, c) => relative(b, expected.standardizedIntercepts[c]!)),
      );
      expect(worst, `seed ${seed}, ${model.toJSON().madeBy.detail}`).toBeLessThan(1e-10);
      expect(relative(model.training.meanLogLoss, memory.training.meanLogLoss)).toBeLessThan(1e-13);
    }
    if ([memory, ...others].every(({ certificate }) => certificate.outcome === 'converged')) converged++;
  }
  expect(converged).toBeGreaterThan(5); // the comparison is not of fits that have no optimum
}, 120_000);

test('columns of CSV are decided on disk as in memory: words, codes, commas, gaps and what looks like an identifier', async () => {
  const random = createRandom(3);
  const rows = Array.from({ length: 3000 }, (_, i) => {
    const x = random() - 0.5;
    return [
      `"${(1000 * x).toFixed(1).replace('.', ',')}"`,
      i % 90 === 7 ? 'NA' : 10 + Math.floor(40 * random()),
      random() < 0.4 ? 'Yes' : 'no',
      ['A1', '13', '007'][Math.floor(3 * random())],
      `row ${i}`,
      3 * x + 2 * random() - 1 > 0 ? 'good' : 'bad',
    ];
  });
  const csv = [['decimal', 'age', 'smokes', 'code', 'id', 'y'], ...rows].map((row) => row.join(',')).join('\n');
  const [plain, packed] = [join(folder, 'odd.csv'), join(folder, 'odd.csv.gz')];
  writeFileSync(plain, csv);
  writeFileSync(packed, gzipSync(csv));
  const memory = await new LogisticRegression({ categorical: ['code'] }).fit(plain, 'y');
  const names = memory.toJSON().terms.map(({ name }) => name);
  expect(names).toEqual(['decimal', 'age', 'smokes=Yes', 'code=13', 'code=A1']);
  for (const path of [plain, packed]) {
    const disk = await new LogisticRegression({ rows: 'disk', categorical: ['code'] }).fit(path, 'y');
    expect(disk.toJSON().features).toEqual(memory.toJSON().features);
    expect(disk.warnings).toEqual(memory.warnings);
    expect(disk.training.missing).toEqual(memory.training.missing);
    expect(disk.training.rows).toEqual(memory.training.rows);
    for (const [name, value] of Object.entries(memory.coefficients)) {
      expect(relative(disk.coefficients[name]!, value)).toBeLessThan(1e-8); // both end at gradients of 1e-10
    }
  }
});

test('rows that would take more memory than they may are kept on disk, and it is said', async () => {
  const path = join(folder, 'much.csv');
  const random = createRandom(5);
  const rows = Array.from({ length: 2000 }, () => {
    const x = random() - 0.5;
    return `${x},${random()},${Number(x + random() > 0.5)}`;
  });
  writeFileSync(path, ['x,z,y', ...rows].join('\n'));
  const query = { query: `select * from read_csv('${path}')`, connection };
  const codes = async (data: string | typeof query, options: Options): Promise<string[]> => {
    const model = await new LogisticRegression(options).fit(data, 'y');
    expect(model.toJSON().madeBy.detail.endsWith('rows on disk')).toBe(model.warnings[0]?.code === 'rows-on-disk');
    return model.warnings.map(({ code }) => code);
  };
  for (const data of [path, query]) {
    expect(await codes(data, {})).toEqual([]);
    expect(await codes(data, { memory: 2000 * 3 * 8 })).toEqual(['rows-on-disk']);
    expect(await codes(data, { memory: 2000 * 3 * 8, rows: 'memory' })).toEqual([]);
    expect(await codes(data, { memory: 2000 * 3 * 8, firth: true })).toEqual(['much-memory']);
  }
  const { warnings } = await new LogisticRegression({ memory: 20_000 }).fit(query, 'y');
  expect(warnings[0]!.message).toBe('rows are kept on disk: about 0.096 MB of 0.020 MB allowed; --memory allows more');
});

test('rows that are stored once are fitted with other options as files are, and are gone when they are closed', async () => {
  const path = join(folder, 'stored.csv');
  writeFileSync(path, drawCase(1).csv);
  const stored = await new LogisticRegression().store(path, 'y');
  expect(stored.columns).toContain('y');
  for (const options of [{}, { l2: 0.1 }, { l2: 0.1, classWeight: 'balanced' as const, reference: 'class 1' }]) {
    const [disk, file] = [
      await new LogisticRegression(options).fit(stored, 'y'),
      await new LogisticRegression(options).fit(path, 'y'),
    ];
    expect(disk.training.rows).toEqual(file.training.rows);
    for (const { name, standardized } of disk.toJSON().terms) {
      const same = file.toJSON().terms.find((term) => term.name === name)!.standardized;
      const worst = Math.max(...standardized.map((w, c) => relative(w, same[c]!)));
      expect(worst).toBeLessThan(1e-8); // gradients of 1e-10 both
    }
  }
  await stored.close();
  await expect(new LogisticRegression().fit(stored, 'y')).rejects.toThrow();
});

test('a fit of stored rows is that of rows that were just stored, to 1e-10, whatever was fitted before', async () => {
  const random = createRandom(11);
  const one = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  let fromLast = 0;
  for (let seed = 21; seed <= 24; seed++) {
    const { csv, options } = drawCase(seed);
    const path = join(folder, `again ${seed}.csv`);
    writeFileSync(path, csv);
    const stored = await new LogisticRegression().store(path, 'y');
    let asked: Options = options;
    for (let fit = 0; fit < 5; fit++) {
      asked = {
        ...asked,
        l2: one([0.01, 0.0101, 0.012, 0.3]),
        ...(random() < 0.2 && { standardize: random() < 0.5 }),
        ...(random() < 0.2 && { classWeight: one(['balanced', { 'class 0': 2, 'class 1': 1 }] as const) }),
        ...(random() < 0.2 && { holdout: one([0, 0.25]), seed: one([1, 2]) }),
        ...(random() < 0.2 && { drop: one([[], ['x0']]) }),
        ...(random() < 0.2 && { solver: one(['auto', 'newton', 'lbfgs'] as const) }),
        ...(random() < 0.2 && { precision: one(['float32', 'float64'] as const) }),
        ...(random() < 0.2 && { missing: one(['drop', 'impute'] as const) }),
        ...(random() < 0.3 && { formula: one(['y ~ poly(x0, 2)', 'y ~ poly(x0, 3)', 'y ~ x0']), drop: [] }),
      };
      if (asked.drop?.length) delete (asked as { formula?: string }).formula;
      const fresh = await new LogisticRegression().store(path, 'y');
      const [again, first] = [
        await new LogisticRegression(asked).fit(stored, 'y'),
        await new LogisticRegression(asked).fit(fresh, 'y'),
      ];
      await fresh.close();
      expect(again.certificate.outcome).toBe(first.certificate.outcome);
      expect(again.warnings).toEqual(first.warnings);
      const [own, expected] = [again.toJSON(), first.toJSON()];
      const worst = Math.max(
        ...own.terms.flatMap(({ name, standardized }, j) => {
          expect(name).toBe(expected.terms[j]!.name);
          return standardized.map((w, c) => relative(w, expected.terms[j]!.standardized[c]!));
        }),
        ...own.standardizedIntercepts.map((b, c) => relative(b, expected.standardizedIntercepts[c]!)),
      );
      expect(worst, `seed ${seed}, ${JSON.stringify(asked)}`).toBeLessThan(1e-10);
      fromLast += Number(again.training.solver.evaluations < first.training.solver.evaluations);
    }
    await stored.close();
  }
  expect(fromLast).toBeGreaterThan(1); // of rows on which the last fit is a better start than a sample
}, 60_000);

test('JSON is stored as it is read into memory: numbers, booleans, texts, gaps, and keys that turn up late', async () => {
  const random = createRandom(9);
  const rows = Array.from({ length: 2500 }, (_, i) => {
    const x = random() - 0.5;
    const row = { x: i % 80 === 3 ? null : x, flag: random() < 0.4, plan: ['a', 'b', 'NA'][Math.floor(3 * random())] };
    return { ...row, ...(i > 20 && { late: random() }), y: x + random() > 0.5 };
  });
  const path = join(folder, 'rows.jsonl');
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  const [memory, disk] = [
    await new LogisticRegression({ rows: 'memory' }).fit(path, 'y'),
    await new LogisticRegression({ rows: 'disk' }).fit(path, 'y'),
  ];
  expect(disk.toJSON().features).toEqual(memory.toJSON().features);
  expect(disk.warnings).toEqual(memory.warnings);
  expect(disk.training.missing).toEqual(memory.training.missing);
  expect(disk.training.rows).toEqual(memory.training.rows);
  for (const [name, value] of Object.entries(memory.coefficients)) {
    expect(relative(disk.coefficients[name]!, value)).toBeLessThan(1e-8); // both end at gradients of 1e-10
  }
  writeFileSync(path, '{"x": 1, "y": 0}\n{"x": [2], "y": 1}\n');
  await expect(new LogisticRegression({ rows: 'disk' }).fit(path, 'y')).rejects.toMatchObject({ code: 'bad-type' });
});

test('what cannot be fitted on disk is refused before anything is read', async () => {
  const path = join(folder, 'never read.csv');
  const fit = new LogisticRegression({ rows: 'disk', firth: true }).fit(path, 'y');
  await expect(fit).rejects.toMatchObject({ code: 'bad-option', details: { option: 'firth' } });
});

test('stored rows are fitted as they were read, and not otherwise', async () => {
  const path = join(folder, 'reading.csv');
  const random = createRandom(8);
  const rows = Array.from({ length: 300 }, (_, i) => `${i % 90 === 3 ? 'gap' : random()},${10 + (i % 3)},${i % 2}`);
  writeFileSync(path, ['x,zip,y', ...rows].join('\n'));
  const stored = await new LogisticRegression({ missingTokens: ['gap'], categorical: ['zip'] }).store(path, 'y');
  const model = await new LogisticRegression().fit(stored, 'y');
  expect(model.toJSON().missingTokens).toEqual(['gap']);
  expect(model.toJSON().features.map(({ kind }) => kind)).toEqual(['numeric', 'categorical']);
  expect(model.training.rows.dropped.missing).toBe(4);
  for (const options of [{ missingTokens: ['-'] }, { delimiter: ';' }, { numeric: ['zip'] }, { categorical: ['x'] }]) {
    const fit = new LogisticRegression(options).fit(stored, 'y');
    await expect(fit).rejects.toMatchObject({ code: 'bad-option', details: { option: Object.keys(options)[0] } });
  }
  await stored.close();
});

test('stored rows say what they are, and which column was left out of them', async () => {
  const stored = await new LogisticRegression({ only: ['wt'] }).store('test/reference/mtcars.csv', 'am');
  expect(inspect(stored)).toBe('StoredRows { 32 rows of wt, am }');
  await expect(new LogisticRegression({ weights: 'hp' }).fit(stored, 'am')).rejects.toMatchObject({
    code: 'unknown-column',
    message: 'the column "hp" was left out when the rows were read',
  });
  await stored.close();
});

test('two terms of one name are refused as in memory', async () => {
  const path = join(folder, 'names.csv');
  const random = createRandom(8);
  const rows = Array.from(
    { length: 200 },
    (_, i) => `${'pq'[i % 2]}${i % 3},${random()},${random()},${random()},${i % 2}`,
  );
  writeFileSync(path, ['a,a=q1,b,b:c,y', ...rows].join('\n'));
  for (const where of ['memory', 'disk'] as const) {
    const fit = new LogisticRegression({ rows: where }).fit(path, 'y');
    await expect(fit).rejects.toMatchObject({ code: 'duplicate-terms' });
  }
});

test('what stands beside values in memory is refused of rows that are read', async () => {
  const file = 'test/reference/mtcars.csv';
  const estimator = new LogisticRegression();
  const query = { query: 'select 1', connection: {} };
  const stored = await estimator.store(file, 'am');
  try {
    for (const beside of [{ sampleWeight: [1, 2] }, { featureNames: ['a'] }]) {
      const [option] = Object.keys(beside);
      const refused = { code: 'bad-option', message: `${option} is for values in memory, and these rows are read` };
      for (const data of [file, query, stored]) {
        await expect(estimator.fit(data as string, 'am', beside)).rejects.toMatchObject(refused);
        await expect(estimator.crossValidate(data as string, 'am', beside)).rejects.toMatchObject(refused);
      }
      await expect(estimator.store(file, 'am', beside)).rejects.toMatchObject(refused);
    }
  } finally {
    await stored.close();
  }
});
