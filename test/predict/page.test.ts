/** docs/model-file.md: its example is a model, its function by hand gives what the scorer gives. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadScorer } from '../../src/predict.ts';
import { threeClasses } from './model-2.ts';

const page = readFileSync(new URL('../../docs/model-file.md', import.meta.url), 'utf8');
const block = (language: string): string => page.split(`\`\`\`${language}\n`)[1]!.split('```')[0]!;
const byHand = new Function(`${block('js')}; return probabilities;`)() as (model: object, row: object) => number[];
const example = loadScorer({ ...threeClasses(), ...JSON.parse(block('json')) });

function close(found: readonly number[], truth: readonly number[]): void {
  truth.forEach((p, c) => {
    // Sums of some ten numbers of size up to 20, of some four roundings each.
    expect(Math.abs(found[c]! / p - 1)).toBeLessThanOrEqual(2 * 10 * 4 * 20 * 2 ** -53);
  });
}

test('the function of the page gives the probabilities of the scorer', () => {
  const golden = loadScorer(threeClasses());
  for (const island of ['Biscoe', 'Dream', 'Torgersen']) {
    const row = { mass: 3500.5, bill: 44, island, tagged: 'no' };
    close(byHand(golden.model, row), golden.predictProba(row));
  }
  const { target } = threeClasses();
  const other = loadScorer({ ...threeClasses(), target: { ...target, reference: 'gentoo' } });
  const row = { mass: 3500.5, bill: 44, island: 'Dream', tagged: 'no' };
  close(byHand(other.model, row), other.predictProba(row));
});

test('the example is a model and has the numbers that the page gives', () => {
  const row = { mass: 4000, island: 'Dream' };
  const powers = [1, Math.exp(1.662), Math.exp(-2.19)];
  const total = powers[0]! + powers[1]! + powers[2]!;
  close(
    example.predictProba(row),
    powers.map((power) => power / total),
  );
  close(byHand(example.model, row), example.predictProba(row));
});

test('every field of a model file is on the page', () => {
  const file = threeClasses();
  const names = [file, file.madeBy, file.target, file.certificate, file.terms[4], ...file.features].flatMap(
    Object.keys,
  );
  for (const name of new Set(names)) expect(page).toContain(`\`${name}\``);
});
