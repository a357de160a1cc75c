/** How a fit went, in one line: whatever it had to do, the line reads as a sentence. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { summarise } from '../../src/cli/summary.ts';
import { FittedLogisticRegression } from '../../src/node.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/model-1.0.json', import.meta.url), 'utf8'));

test.each([
  [{ iterations: 1 }, 'after 1 iteration, gradient'],
  [{ iterations: 5, refinements: 2 }, 'after 5 iterations and 2 in float64, gradient'],
  [
    { iterations: 3, warmStart: { rows: 62_464, used: true } },
    'after 3 iterations from the optimum of 62,464 rows, gradient',
  ],
  [
    { iterations: 3, warmStart: { of: 'fit', rows: 62_464, used: true } },
    'after 3 iterations from the optimum of another fit, gradient',
  ],
])('%o', (report, sentence) => {
  const solver = { ...golden.training.solver, refinements: 0, warmStart: null, ...report };
  const model = FittedLogisticRegression.fromJSON({
    ...golden,
    training: { ...golden.training, solver, crossValidation: null },
  });
  expect(summarise(model)).toContain(`${solver.name}: ${solver.outcome} ${sentence} `);
});
