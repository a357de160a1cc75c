/**
 * A model leaves the place where it was made: saved, loaded, and scored without TensorFlow.js. Then the
 * two rows that a deployed model meets sooner or later: a category it never saw, and an empty cell.
 *
 *   npx tsx save-and-load.ts penguin-model.json
 */
import { readFile } from 'node:fs/promises';
import { LogisticRegression, loadModel, saveModel } from 'tfjs-logistic/node';
import { loadScorer } from 'tfjs-logistic/predict';

const [path = 'penguin-model.json'] = process.argv.slice(2);
const penguins = [
  { island: 'Biscoe', mass: 5000, sex: 'male' },
  { island: 'Biscoe', mass: 4400, sex: 'female' },
  { island: 'Biscoe', mass: 3800, sex: 'male' },
  { island: 'Biscoe', mass: 4600, sex: 'male' },
  { island: 'Dream', mass: 4100, sex: 'male' },
  { island: 'Dream', mass: 3500, sex: 'female' },
  { island: 'Dream', mass: 3900, sex: 'female' },
  { island: 'Dream', mass: 3700, sex: 'male' },
];
const features = penguins.map(({ island, mass }) => ({ island, mass }));

const trained = await new LogisticRegression({ l2: 0.1 }).fit(penguins, 'sex');
await saveModel(trained, path);

// The file holds every double as it was, so the loaded model's probabilities are the same to the last bit.
const loaded = await loadModel(path);
const before = await trained.predictProba(features);
const after = await loaded.predictProba(features);
console.log('loaded: largest difference', largestDifference(before, after));

// The scorer reads the same file without TensorFlow.js, for a server or a page.
const scorer = loadScorer(await readFile(path, 'utf8'));
console.log('scorer: largest difference', largestDifference(before, scorer.predictProba(features)));
console.log('P(male | Biscoe, 4500 g)', scorer.predictProba([{ island: 'Biscoe', mass: 4500 }])[0]![1]);

// scoreRow says what is wrong with a row instead of throwing, and the other rows go on.
for (const row of [
  { island: 'Torgersen', mass: 4000 },
  { island: 'Dream', mass: null },
]) {
  const score = scorer.scoreRow(row);
  console.log(JSON.stringify(row), '→', 'problem' in score ? score.problem : score.probabilities);
}

// unseen: 'ignore' takes a new category as the reference, here Biscoe, and says so.
const lenient = scorer.scoreRow({ island: 'Torgersen', mass: 4500 }, { unseen: 'ignore' });
if (!('problem' in lenient)) console.log('ignored:', lenient.probabilities[1], lenient.notes.join());

// missing: 'impute' stores in the model what stands in for an empty cell: here the mean mass.
const imputing = await new LogisticRegression({ l2: 0.1, missing: 'impute' }).fit(penguins, 'sex');
const [empty, mean] = await imputing.predictProba([
  { island: 'Dream', mass: null },
  { island: 'Dream', mass: 4125 },
]);
console.log('imputed:', empty![1], mean![1]);

function largestDifference(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  return Math.max(...a.flatMap((row, i) => row.map((p, k) => Math.abs(p - b[i]![k]!))));
}
