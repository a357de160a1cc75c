/** Where WebAssembly SIMD is missing, cpu and auto are the portable twin on TensorFlow.js's cpu ops, and the report says so. */
import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

test.each(['auto', 'cpu'] as const)('%s', async (backend) => {
  vi.resetModules(); // the kernels are compiled once a process
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  const { LogisticRegression } = await import('../../src/index.ts');
  const model = await new LogisticRegression({ backend }).fit([0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 0, 1, 1, 1]);
  expect(model.toJSON().madeBy).toMatchObject({
    backend: 'cpu',
    detail: expect.stringMatching(/^TensorFlow\.js .* cpu ops \(there is no WebAssembly SIMD here\)$/),
  });
  // A gradient of 1e−10 over a curvature of 3/16, in deviations of 1/2, is 1.1e−9.
  expect(Math.abs(model.coefficients.x1! - 2 * Math.log(3))).toBeLessThan(1e-8);
  expect(Math.abs(model.intercept + Math.log(3))).toBeLessThan(1e-8);
});
