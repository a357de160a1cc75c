/** Offsets, reference levels and terms of every kind in whole fits: relations between models, and SQL against the scorer. */
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../src/math/random.ts';
import {
  bs,
  category,
  center,
  cross,
  interaction,
  LogisticRegression,
  log,
  log1p,
  ns,
  type Options,
  offset,
  poly,
  sqrt,
} from '../../src/node.ts';

const random = createRandom(14);
const names = { g: 'the "group"', h: "it's", x: 'x; drop table t', z: 'größe' } as const;
const { g, h, x, z } = names;
const rows = Array.from({ length: 400 }, () => {
  const row = {
    [g]: 'abc'[Math.floor(3 * random())]!,
    [h]: random() < 0.4,
    [x]: 10 * random(),
    [z]: 2 * random() - 0.9,
  };
  const score = 0.2 * Number(row[x]) - 1 + (row[g] === 'b' ? 0.8 : 0) + (row[h] ? -0.5 : 0) + Number(row[z]);
  return { ...row, zero: 0, y: random() < 1 / (1 + Math.exp(-score)) ? 'yes' : 'no' };
});
const fitted = (options: Options) => new LogisticRegression(options).fit(rows, 'y');
/** Refits stop at a gradient of 1e−12; coefficients are of size 1, with a condition below 100. */
const tolerance = 1e-9;
const near = (own: number, truth: number, most = tolerance): void => {
  expect(Math.abs(own - truth)).toBeLessThanOrEqual(most);
};

describe('an offset that is a term too takes 1 off its coefficient and changes nothing else', () => {
  const terms = [x, z, category(g)];
  test.each<[string, Options]>([
    ['maximum likelihood', { inference: true }],
    ['robust', { robust: 'HC1' }],
    ['Firth', { firth: true, inference: true }],
    ['weights of classes', { classWeight: 'balanced', l2: 0 }],
    ['float32 rows', { precision: 'float32', inference: true }],
    ['L-BFGS', { solver: 'lbfgs', tolerance: 1e-11 }],
    ['without an intercept', { intercept: false, inference: true }],
  ])('%s', async (_, options) => {
    const plain = await fitted({ ...options, terms });
    const shifted = await fitted({ ...options, terms: [...terms, offset(x)] });
    expect(shifted.coefficients[`offset(${x})`]).toBe(1);
    // An offset up to 10 is stored to 2^−24 of itself, and no coefficient makes up for it.
    const most = options.precision === 'float32' ? 10 * 2 ** -24 : tolerance;
    for (const [name, coefficient] of Object.entries(plain.coefficients)) {
      near(shifted.coefficients[name]! + Number(name === x), coefficient, most);
    }
    near(shifted.intercept, plain.intercept, most);
    const [own, truth] = [shifted.predictProba(rows), plain.predictProba(rows)];
    near(Math.max(...own.map(([p], i) => Math.abs(p! - truth[i]![0]!))), 0, most);
    if (!options.inference && !options.robust) return;
    const [a, b] = [shifted.summary(), plain.summary()];
    near(a.logLikelihood!, b.logLikelihood!, rows.length * most);
    for (const coefficient of b.coefficients) {
      const other = a.coefficients.find(({ name }) => name === coefficient.name)!;
      near(other.standardError!, coefficient.standardError!, most);
      const shift = Number(coefficient.name === x);
      other.confidenceInterval!.forEach((end, i) => {
        near(end + shift, coefficient.confidenceInterval![i]!, 10 * most);
      });
    }
    expect(a.parameters).toBe(b.parameters);
    expect(a.coefficients.find(({ name }) => name.startsWith('offset'))).toMatchObject({
      note: 'offset',
      standardError: null,
    });
  });

  test('cross-validation and a holdout measure the same', async () => {
    const options = { holdout: 0.2, folds: 4, seed: 3 };
    const plain = await fitted({ ...options, terms });
    const shifted = await fitted({ ...options, terms: [...terms, offset(x)] });
    const losses = (model: typeof plain) => [
      model.training.metrics.holdout!.meanLogLoss,
      ...model.training.crossValidation!.folds.map(({ metrics }) => metrics.meanLogLoss),
    ];
    losses(shifted).forEach((loss, i) => {
      near(loss!, losses(plain)[i]!);
    });
  });

  test('intervals, influence and marginal effects are the same, but the effect of its own column', async () => {
    const plain = await fitted({ inference: true, terms });
    const shifted = await fitted({ inference: true, terms: [...terms, offset(x)] });
    const few = rows.slice(0, 5);
    const ends = async (model: typeof plain) =>
      (await model.predictInterval(few)).flatMap(({ low, high }) => [low, high]);
    const known = await ends(plain);
    (await ends(shifted)).forEach((end, i) => {
      near(end, known[i]!);
    });
    const effects = async (model: typeof plain) =>
      (await model.marginalEffects(rows)).effects.map(({ estimate }) => estimate);
    const truth = await effects(plain);
    (await effects(shifted)).forEach((effect, i) => {
      near(effect, truth[i]!);
    });
    const leverages = async (model: typeof plain) =>
      (await model.influence(rows, 'y')).rows.map(({ leverage }) => leverage);
    near(Math.max(...(await leverages(shifted))), Math.max(...(await leverages(plain))));
  });
});

test('separation is found beside an offset', async () => {
  const apart = rows.map((row) => ({ ...row, apart: row.y === 'yes' && Number(row[x]) > 5 }));
  const model = await new LogisticRegression({ terms: [z, 'apart', offset(x)] }).fit(apart, 'y');
  expect(model.training.separation!.coefficients.map(({ name, sign }) => [name, sign])).toEqual([['apart=true', 1]]);
});

test('an offset is not penalised', async () => {
  const model = await fitted({ terms: [z, offset(x)], l2: 1e6 });
  const scores = model.decisionFunction(rows);
  const beside = scores.map((score, i) => score - Number(rows[i]![x]));
  // The coefficient of z is about 1/l2.
  expect(Math.max(...beside) - Math.min(...beside)).toBeLessThanOrEqual(1e-5);
});

test('an offset by option is one by function; other columns stay terms', async () => {
  const byOption = await fitted({ offset: x });
  const byFunction = await fitted({ terms: [g, h, z, 'zero', offset(x)] });
  expect(Object.keys(byOption.coefficients)).toEqual(Object.keys(byFunction.coefficients));
  near(byOption.intercept, byFunction.intercept);
});

test('offsets are refused where they are not there', async () => {
  await expect(new LogisticRegression({ offset: x, solver: 'gd' }).fit(rows, 'y')).rejects.toMatchObject({
    code: 'bad-option',
  });
  await expect(new LogisticRegression({ offset: x }).fit(rows, g)).rejects.toMatchObject({ code: 'two-classes-only' });
  await expect(new LogisticRegression({ offset: g }).fit(rows, 'y')).rejects.toMatchObject({
    code: 'bad-term',
    message: `the offset ${g} is no column of numbers`,
  });
});

describe('the reference level', () => {
  test('changes coefficients by differences and no prediction', async () => {
    const plain = await fitted({ inference: true });
    const other = await fitted({ inference: true, referenceLevels: { [g]: 'b', [h]: true } });
    const level = (name: string): number => plain.coefficients[`${g}=${name}`]!;
    near(other.coefficients[`${g}=a`]!, -level('b'));
    near(other.coefficients[`${g}=c`]!, level('c') - level('b'));
    near(other.coefficients[`${h}=false`]!, -plain.coefficients[`${h}=true`]!);
    near(other.summary().logLikelihood!, plain.summary().logLikelihood!);
  });

  test.each<[string, Options]>([
    ['its indicators', { referenceLevels: { [g]: 'b' } }],
    ['in a product without it', { terms: [interaction(category(g, { reference: 'b' }), x), z] }],
    ['without an intercept', { terms: [category(g, { reference: 'b' }), x], intercept: false }],
  ])('is what an unseen category counts as: %s', async (_, options) => {
    const model = await fitted({ ...options, unseen: 'ignore' });
    const [row] = rows;
    expect(model.predictProba({ ...row!, [g]: 'never seen' })).toEqual(model.predictProba({ ...row!, [g]: 'b' }));
  });

  test('a level that no row has is refused with the nearest', async () => {
    await expect(fitted({ referenceLevels: { [g]: 'B' } })).rejects.toMatchObject({
      code: 'unknown-level',
      hint: 'did you mean "b"?',
    });
  });
});

test('a reference level of a column that is not among the terms', () => {
  const options = { terms: [x, z], referenceLevels: { [g]: 'b' } };
  expect(() => new LogisticRegression({ formula: 'y ~ . - zero', referenceLevels: { zero: 0 } })).toThrow(
    'reference: "zero" is not among the terms',
  );
  expect(() => new LogisticRegression(options)).toThrow(`reference: ${JSON.stringify(g)} is not among the terms`);
});

test('of many levels that tell a class apart six are named', async () => {
  const many = rows.map((row, i) => ({ ...row, own: i < 10 ? `level ${i}` : 'common' }));
  const { warnings } = await new LogisticRegression({ terms: [x, 'own'] }).fit(many, 'y');
  const { message } = warnings.find(({ code }) => code === 'quasi-separation')!;
  expect(message).toContain('own=level 5 (1 row, ');
  expect(message).not.toContain('own=level 6');
  expect(message).toContain('; 4 more such levels: ');
});

test('a formula reads what it names: rows that lack another cell are used', async () => {
  const holed = rows.map((row, i) => (i % 2 === 0 ? { ...row, [z]: null } : row));
  const model = await new LogisticRegression({ formula: `y ~ \`${x}\`` }).fit(holed);
  expect(model.training.rows.used).toBe(rows.length);
  expect(model.columns).toEqual([x]);
});

describe('a column that is taken away is not read, drops no row and is not needed to predict', () => {
  const holed = rows.map((row, i) => (i % 2 === 0 ? { ...row, [z]: null } : row));
  const left = [g, h, x, 'zero'];
  test.each([
    ['. - `größe`', left],
    ['. - `größe` - C(`größe`, ref="a") - offset(`größe`)', left],
    ['zero + `größe` - `größe` + h - h + `x; drop table t`', ['x; drop table t', 'zero']],
    ['.*zero - `größe` - `größe`:zero', left],
    ['. - y', [...left, z]],
  ])('%s', async (formula, columns) => {
    const source = columns.includes(z) ? rows : holed;
    const model = await new LogisticRegression({ formula: `y ~ ${formula}` }).fit(
      source.map((row) => ({ ...row, h: 1 })),
    );
    expect(model.training.rows.used).toBe(rows.length);
    expect(model.columns.filter((name) => name !== 'h').sort()).toEqual([...columns].sort());
  });

  test('of a file too, in memory and on disk', async () => {
    for (const place of ['memory', 'disk'] as const) {
      const model = await new LogisticRegression({ formula: 'survived ~ . - alive - deck', rows: place }).fit(
        'examples/data/titanic.csv',
      );
      expect(model.training.rows.used).toBe(712); // which know age, embarked and embark_town
      expect(model.columns).toEqual(
        'pclass sex age sibsp parch fare embarked class who adult_male embark_town alone'.split(' '),
      );
    }
  });

  test('a product with it keeps it', async () => {
    const model = await new LogisticRegression({ formula: `y ~ zero*\`${z}\` - \`${z}\`` }).fit(holed);
    expect(model.training.rows.used).toBe(rows.length / 2);
  });

  test('its name must be right', async () => {
    await expect(new LogisticRegression({ formula: 'y ~ . - zeroo' }).fit(rows)).rejects.toMatchObject({
      code: 'unknown-column',
      hint: 'did you mean zero?',
    });
  });
});

test('products without their margins are warned of, and constant products are left out', async () => {
  const model = await fitted({ terms: [interaction(g, x), interaction(z, 'zero')] });
  expect(model.warnings.map(({ code }) => code)).toEqual(['missing-margin', 'missing-margin', 'constant-column']);
  expect(model.coefficients[`${z}:zero`]).toBe(0);
});

test('two formulas compared: the larger has all terms of the smaller', async () => {
  const small = await fitted({ inference: true, terms: [x, g] });
  const large = await fitted({ inference: true, terms: [cross(x, g)] });
  const { statistic, df } = await large.compare(small);
  const own = large.summary().terms.find(({ term }) => term === `${x}:${g}`)!;
  near(statistic, own.likelihoodRatio!.statistic);
  expect(df).toBe(2);
});

test('a line is nested in a curve of its column, and no other function is', async () => {
  const line = await fitted({ inference: true, terms: [x, g] });
  const curve = await fitted({ inference: true, terms: [ns(x, { df: 4 }), g] });
  const { statistic, df } = await curve.compare(line);
  near(statistic, 2 * (curve.summary().logLikelihood! - line.summary().logLikelihood!));
  expect(df).toBe(3);
  const root = await fitted({ inference: true, terms: [sqrt(x), g] });
  await expect(curve.compare(root)).rejects.toMatchObject({ code: 'not-nested' });
  const through = { inference: true, intercept: false };
  const [thin, wide] = [await fitted({ ...through, terms: [x] }), await fitted({ ...through, terms: [poly(x, 2)] })];
  await expect(wide.compare(thin)).rejects.toMatchObject({ code: 'not-nested' });
});

test.each(['y ~ x:offset(z)', 'y ~ x*offset(z)', 'y ~ (x + offset(z))^2'])(
  'an offset is in no product: %s',
  (formula) => {
    const refused = { code: 'bad-term', message: 'offset(z) is in no product' };
    expect(() => new LogisticRegression({ formula })).toThrow(expect.objectContaining(refused));
  },
);

test('an offset is no coefficient that rows are needed for', async () => {
  const four = [1, 2, 3, 4].map((x, i) => ({ x, off: i % 2, y: [0, 1, 0, 1][i]! }));
  const codes = async (rows: object[], terms: Options['terms']) => {
    const { warnings } = await new LogisticRegression({ terms: terms! }).fit(rows, 'y');
    return warnings.map(({ code }) => code);
  };
  expect(await codes(four, [poly('x', 2), offset('off')])).not.toContain('few-rows');
  expect(await codes(four, [poly('x', 3), offset('off')])).toContain('few-rows');
});

test('a logarithm of no number makes a row unpredictable, with the reason', async () => {
  const model = await fitted({ terms: [log(x), z] });
  const row = { ...rows[0]!, [x]: -1 };
  expect(model.scoreRow(row)).toEqual({ problem: `log(\`${x}\`) is not a finite number` });
  expect(() => model.predict([rows[0]!, row])).toThrow('row 2: log(');
});

test('the graph of a row has its score, and derivatives through functions of columns that a measurement confirms', async () => {
  const model = await fitted({ terms: [cross(g, poly(x, 2)), ns(z, { df: 2 }), log1p(z), offset(sqrt(x))], l2: 0.01 });
  const row = rows[3]!;
  const { nodes } = model.explain(row, 'yes');
  const score = nodes.find(({ about }) => about.role === 'score')!;
  near(score.value, model.decisionFunction(row));
  const cells = nodes.filter(({ about }) => about.role === 'cell');
  expect(cells.map(({ name }) => name)).toContain(`polynomial of ${x}`);
  // Five-point differences of numbers of size 1.
  for (const { gradient } of cells) near(gradient.measured!, gradient.value);
});

test('three classes with terms of every kind: the scorer has the loss of training, and classes the reference', async () => {
  const kinds = rows.map((row, i) => ({ ...row, y: i % 5 === 0 ? 'maybe' : row.y }));
  const terms = [cross(category(g, { reference: 'b' }), poly(x, 2)), ns(z, { df: 3 }), interaction(h, log(x))];
  const model = await new LogisticRegression({ terms, l2: 0.01, inference: true }).fit(kinds, 'y');
  const all = model.predictProba(kinds);
  const loss = all.reduce((sum, p, i) => sum - Math.log(p[model.classes.indexOf(kinds[i]!.y)]!), 0) / all.length;
  expect(Math.abs(loss / model.training.meanLogLoss - 1)).toBeLessThanOrEqual(1e-12);
});

test('SQL gives the probabilities of the scorer for terms of every kind, and null where it gives none', async () => {
  const model = await fitted({
    terms: [
      cross(category(g, { reference: 'c' }), poly(x, 3)),
      ns(z, { df: 3 }),
      bs(z, { df: 4 }),
      log1p(z),
      interaction(h, sqrt(x)),
      interaction(g, center(z)),
      offset(log(x)),
    ],
    l2: 0.01,
    unseen: 'ignore',
  });
  const edges = [
    { [g]: 'c', [h]: true, [x]: 0, [z]: 0.1 },
    { [g]: 'a', [h]: false, [x]: 1e-9, [z]: 1e-12 },
    { [g]: 'new', [h]: false, [x]: 20, [z]: 3 },
    { [g]: 'b', [h]: true, [x]: 5, [z]: -1.5 },
    { [g]: 'b', [h]: true, [x]: 5, [z]: null },
  ];
  const all = [...rows.map((row) => ({ [g]: row[g], [h]: row[h], [x]: row[x], [z]: row[z] })), ...edges];
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  try {
    const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
    await connection.run(
      `create table t (i integer, ${quoted(g)} varchar, ${quoted(h)} boolean, ${quoted(x)} double, ${quoted(z)} double)`,
    );
    const appender = await connection.createAppender('t');
    all.forEach((row, i) => {
      appender.appendInteger(i);
      appender.appendVarchar(String(row[g]));
      appender.appendBoolean(row[h] as boolean);
      appender.appendDouble(row[x] as number);
      if (row[z] === null) appender.appendNull();
      else appender.appendDouble(row[z] as number);
      appender.endRow();
    });
    appender.closeSync();
    const reader = await connection.runAndReadAll(`select ${model.toSQL('duckdb')} from t order by i`);
    const given = reader.getRows().map(([p]) => p as number | null);
    let scored = 0;
    for (const [i, row] of all.entries()) {
      const score = model.scoreRow(row as never);
      if ('problem' in score) expect(given[i], score.problem).toBeNull();
      else {
        scored++;
        // Terms of size up to 100 cancel: some 2^−53 · 100 of rounding each.
        expect(Math.abs(given[i]! - score.probabilities[1]!)).toBeLessThanOrEqual(1e-12);
      }
    }
    expect(scored).toBe(rows.length + 2);
  } finally {
    connection.closeSync();
  }
});
