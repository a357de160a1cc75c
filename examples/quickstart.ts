/**
 * Arrays in memory: fit, coefficients, probabilities, metrics, and a warning looked at.
 *
 *   npx tsx quickstart.ts
 */
import { LogisticRegression } from 'tfjs-logistic';

// One feature and a label for each row. Where x is 0 one label in four is 1; where x is 1, three in four are.
const x = [[0], [0], [0], [0], [1], [1], [1], [1]];
const y = [0, 0, 0, 1, 0, 1, 1, 1];

const model = await new LogisticRegression().fit(x, y, { featureNames: ['dose'] });
console.log('intercept', model.intercept); // the log-odds at dose 0: ln(1/3)
console.log('dose', model.coefficients.dose); // what one unit of dose adds to the log-odds: ln 3 − ln(1/3)

// One pair a row, in the order of model.classes: [P(0), P(1)].
console.log(
  'P(1)',
  (await model.predictProba([[0], [1]])).map(([, p]) => p),
);

const { accuracy, auc, meanLogLoss } = await model.evaluate(x, y);
console.log('metrics', JSON.stringify({ accuracy, auc, meanLogLoss }));

// These rows can be told apart without error, so the best coefficient would be infinite. That is no
// exception: the model says it in `warnings`, and a penalty gives it a finite answer.
const separable = await new LogisticRegression().fit(x, [0, 0, 0, 0, 1, 1, 1, 1]);
for (const { code, message } of separable.warnings) console.log(`${code}: ${message}`);
const penalised = await new LogisticRegression({ l2: 0.1 }).fit(x, [0, 0, 0, 0, 1, 1, 1, 1]);
console.log('with l2 = 0.1', penalised.coefficients.x1, penalised.certificate.outcome);
