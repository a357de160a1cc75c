/**
 * A CSV file in, a model file out: columns chosen, missing ages filled in, a fifth of the rows held out.
 *
 *   npx tsx csv-to-model.ts titanic-model.json
 */
import { fileURLToPath } from 'node:url';
import { LogisticRegression, saveModel } from 'tfjs-logistic/node';

const [out = 'titanic-model.json'] = process.argv.slice(2);
const data = new URL('data/titanic.csv', import.meta.url);

const estimator = new LogisticRegression({
  only: ['class', 'sex', 'age', 'sibsp'],
  missing: 'impute', // age is missing in one row of five; its mean over the training rows stands in
  holdout: 0.2,
  seed: 1,
});
const model = await estimator.fit(fileURLToPath(data), 'survived');

// Texts became indicators against a reference, the first level in sorted order: class=First, sex=female.
console.log('intercept', model.intercept);
for (const [name, coefficient] of Object.entries(model.coefficients)) {
  console.log(name, coefficient, 'odds ×', Math.exp(coefficient).toPrecision(3));
}

// The training rows flatter a model; the rows it never saw do not.
const { rows, metrics, solver } = model.training;
console.log(`${solver.outcome}: ${rows.train} rows for training, ${rows.holdout} held out`);
const { meanLogLoss, accuracy, auc } = metrics.holdout!;
console.log('holdout', JSON.stringify({ meanLogLoss, accuracy, auc }));
for (const { message } of model.warnings) console.log('warning:', message);

await saveModel(model, out);
console.log('saved', out);
