/** Where WebAssembly SIMD is missing, cpu and auto are the portable equations on TensorFlow.js's cpu ops, and say so. */
import { afterEach, expect, test, vi } from 'vitest';
import { referenceRows } from '../../src/rows/reference.ts';
import { compensatedSums, worstError } from '../support/compensated.ts';
import { randomRows, randomTheta } from '../support/data.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

const rows = randomRows({ m: 1000, n: 3, classes: 3, weighted: true });
const theta = randomTheta(3, 5, 1, 2);

test.each(['auto', 'cpu', 'tfjs-cpu'] as const)('%s', async (backend) => {
  vi.resetModules(); // the kernels are compiled once a process
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  const { openPlace } = await import('../../src/backends/registry.ts');
  const place = await openPlace(backend, { threads: 'auto', cells: 2 ** 30 });
  const said = backend === 'tfjs-cpu' ? '' : ' \\(there is no WebAssembly SIMD here\\)';
  expect(place.detail).toMatch(new RegExp(`^TensorFlow\\.js .* cpu ops${said}$`));
  expect(place.name).toBe(backend === 'tfjs-cpu' ? 'tfjs-cpu' : 'cpu');
  const placed = await place.place(rows, 'float32');
  expect(placed.precisions).toEqual(['float32', 'float64']);
  const truth = compensatedSums(rows, theta);
  expect(worstError(await placed.evaluate(theta, 2, 'float32'), truth) / 2 ** -24).toBeLessThanOrEqual(32);
  expect(await placed.evaluate(theta, 2, 'float64')).toEqual(await referenceRows(rows).evaluate(theta, 2, 'float64'));
  await placed.close();
  await place.close();
});
