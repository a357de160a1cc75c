/**
 * What a summary costs beside the fit: 1,000,000 × 28 random numbers, the fit alone, with Wald intervals, and with HC1
 * standard errors, in turns. npx tsx benchmarks/inference.ts [rounds]; the package must be built.
 */
import { LogisticRegression, type Options } from '../src/index.ts';
import { createRandom } from '../src/math/random.ts';

const [m, n] = [1_000_000, 28];
const rounds = Number(process.argv[2] ?? 7);
const random = createRandom(1);
const columns: Record<string, Float64Array> = {};
for (let j = 0; j < n; j++) columns[`x${j}`] = Float64Array.from({ length: m }, () => random() + random() - 1);
const y = Float64Array.from({ length: m }, (_, i) => {
  let z = 0;
  for (let j = 0; j < 5; j++) z += columns[`x${j}`]![i]! * (j - 2);
  return Number(random() < 1 / (1 + Math.exp(-z)));
});

const ways: [string, Options][] = [
  ['fit', {}],
  ['Wald', { inference: true }],
  ['HC1', { robust: 'HC1' }],
];
const times = ways.map((): number[] => []);
for (let round = 0; round < rounds; round++) {
  for (const [k, [, options]] of ways.entries()) {
    const start = performance.now();
    await new LogisticRegression(options).fit({ ...columns, y }, 'y');
    times[k]!.push(performance.now() - start);
  }
}
for (const [k, [name]] of ways.entries()) {
  const ratios = times[k]!.map((time, round) => time / times[0]![round]!).sort((a, b) => a - b);
  const sorted = [...times[k]!].sort((a, b) => a - b);
  const middle = Math.floor(rounds / 2);
  console.log(
    `${name.padEnd(5)} median ${sorted[middle]!.toFixed(0)} ms, ratio ${ratios[middle]!.toFixed(3)} (${ratios[0]!.toFixed(3)} to ${ratios.at(-1)!.toFixed(3)})`,
  );
}
