/** What the types let in and keep out; the compiler is the judge (npm run check:types), the fits see that it is true. */
import { expect, expectTypeOf, test } from 'vitest';
import { LogisticRegression, type PredictInput, type Row, type TrainingData } from '../../src/index.ts';
import { loadScorer } from '../../src/predict.ts';
import { t8Labels, t8X } from '../support/t8.ts';
import { tf } from '../support/tensorflow.ts';

interface Passenger {
  readonly age: number;
  readonly y: 0 | 1;
}
const passengers: Passenger[] = t8X.map((age, i) => ({ age, y: t8Labels[i] as 0 | 1 }));

test('rows and a row of an interface type are data', async () => {
  const model = await new LogisticRegression().fit(passengers, 'y');
  const [first] = passengers as [Passenger];
  expect(model.predict(passengers)).toHaveLength(8);
  expect(model.predict(first)).toBe(0);
  expect(model.probability(first)).toBeCloseTo(0.25, 12);
  expect(model.scoreRow(first)).toMatchObject({ prediction: 0 });
  expect((await model.evaluate(passengers, 'y')).rows).toBe(8);
  expect((await model.evaluate(first, [0])).rows).toBe(1);
  expect(loadScorer(model.toJSON()).predict(passengers)).toHaveLength(8);
  expect(loadScorer(model.toJSON()).predict(first)).toBe(0);
});

test('one row gives one result, rows a list, a tensor a promise of it', async () => {
  const model = await new LogisticRegression().fit(passengers, t8Labels);
  const columns = { age: t8X, y: t8Labels };
  const one = { age: 1, y: 1 };
  expectTypeOf(model.predict(one)).toEqualTypeOf<number>();
  expectTypeOf(model.predict([one])).toEqualTypeOf<number[]>();
  expectTypeOf(model.predict(columns)).toEqualTypeOf<number[]>();
  expectTypeOf(model.predict([[1, 1]])).toEqualTypeOf<number[]>();
  const tensor = model.predict(tf.tensor2d([[1, 1]]));
  expectTypeOf(tensor).toEqualTypeOf<Promise<number[]>>();
  expectTypeOf(model.logOdds(one)).toEqualTypeOf<number[]>();
  expectTypeOf(model.predictProba(columns)).toEqualTypeOf<number[][]>();
  expect(await tensor).toEqual(model.predict([one]));
});

test('what is no row is none', () => {
  expectTypeOf<Passenger>().toExtend<Row>();
  expectTypeOf<Passenger[]>().toExtend<TrainingData>();
  expectTypeOf<Passenger[]>().toExtend<PredictInput>();
  expectTypeOf<Set<number>>().not.toExtend<Row>();
  expectTypeOf<Promise<Passenger>>().not.toExtend<Row>();
  expectTypeOf<string>().not.toExtend<Row>();
  expectTypeOf<string[][]>().not.toExtend<TrainingData>();
  expectTypeOf<Map<string, number>[]>().not.toExtend<TrainingData>();
  expectTypeOf<Promise<Passenger[]>>().not.toExtend<TrainingData>();
  expectTypeOf<Promise<Passenger[]>>().not.toExtend<PredictInput>();
});
