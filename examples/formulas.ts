/**
 * Terms by a formula and by functions, which make the same model: products, a spline, a logarithm; a test of each term,
 * and two models compared.
 *
 *   npx tsx formulas.ts data/titanic.csv
 */
import { category, cross, LogisticRegression, log1p, ns } from 'tfjs-logistic/node';

const [file = 'data/titanic.csv'] = process.argv.slice(2);

const formula = 'survived ~ sex*C(pclass) + ns(age, df=3) + log1p(fare)';
const model = await new LogisticRegression({ formula, inference: true }).fit(file); // the formula names the target
console.log('rows', model.training.rows.used); // only those without an age are left out: nothing else is read
for (const { name, estimate, standardError } of model.summary().coefficients) {
  console.log(name, estimate.toPrecision(8), standardError!.toPrecision(4));
}

// One test for all columns of a term, of type II.
for (const { term, likelihoodRatio } of model.summary().terms) {
  console.log('test of', term, likelihoodRatio!.statistic.toPrecision(8), likelihoodRatio!.df);
}

// The same by functions, and without the product.
const terms = [cross('sex', category('pclass')), ns('age', { df: 3 }), log1p('fare')];
const same = await new LogisticRegression({ terms, inference: true }).fit(file, 'survived');
console.log('the same', JSON.stringify(same.coefficients) === JSON.stringify(model.coefficients));
const smaller = await new LogisticRegression({
  terms: ['sex', category('pclass'), ns('age', { df: 3 }), log1p('fare')],
  inference: true,
}).fit(file, 'survived');
const { statistic, df } = await model.compare(smaller);
console.log('product', statistic.toPrecision(8), df);

// The knots that training found are in the model, so a row needs its raw cells only.
const passenger = { sex: 'female', pclass: '3', age: 24, fare: 8 };
console.log('P(survived)', model.probability(passenger).toPrecision(8));
