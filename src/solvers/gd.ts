/**
 * Gradient descent over all rows: v ← momentum·v − rate·g, θ ← θ + v. The rate is the user's, or 1/λ_max
 * with λ_max the largest curvature f can have, which makes every step go downhill without a line search.
 * Source: Nesterov, Introductory Lectures on Convex Optimization, theorem 2.1.14 (rate 1/λ_max);
 * Polyak, Some methods of speeding up the convergence of iteration methods (1964) (momentum).
 */
import { dot, norm, plus } from '../math/vector.ts';
import type { Objective, Point } from '../objective/objective.ts';
import type { Algorithm } from './solver.ts';

const powerIterations = 100;

export function gradientDescent({
  learningRate,
  momentum = 0,
}: {
  learningRate?: number | undefined;
  momentum?: number | undefined;
} = {}): Algorithm {
  return {
    name: 'gd',
    order: 1,
    async begin(objective, signal) {
      const rate = learningRate ?? 1 / (objective.curvatureGrowth * (await largestCurvature(objective, signal)));
      let velocity = new Float64Array(objective.dimension);
      return async (point: Point) => {
        velocity = velocity.map((v, j) => momentum * v - rate * point.gradient[j]!);
        return objective.point(plus(point.theta, 1, velocity), 1, signal);
      };
    },
  };
}

/**
 * λ_max, a bound of the largest eigenvalue of any Hessian: for K = 2 that of XSXᵀ/(4·Σs) plus l2, the one at θ = 0, where
 * a(1 − a) is largest; for K > 2 the one at θ = 0 times the objective's `curvatureGrowth`. Power iteration on H·v = (∇f(ε·v) − ∇f(−ε·v))/(2ε), whose error is O(ε²)
 * because the third derivative of the loss vanishes at 0. n² numbers are never formed.
 */
async function largestCurvature(objective: Objective, signal?: AbortSignal): Promise<number> {
  const { dimension } = objective;
  const epsilon = 0.01;
  let v = new Float64Array(dimension).fill(1 / Math.sqrt(dimension));
  v = v.map((value, j) => value * (1 + 0.5 * Math.sin(j + 1))); // not an eigenvector by symmetry
  let largest = 0;
  for (let i = 0; i < powerIterations; i++) {
    const size = norm(v);
    v = v.map((value) => value / size);
    const ahead = await objective.point(
      v.map((value) => epsilon * value),
      1,
      signal,
    );
    const behind = await objective.point(
      v.map((value) => -epsilon * value),
      1,
      signal,
    );
    const product = plus(ahead.gradient, -1, behind.gradient).map((g) => g / (2 * epsilon));
    const rayleigh = dot(v, product);
    if (i > 0 && Math.abs(rayleigh - largest) <= 1e-3 * rayleigh) return Math.max(rayleigh, largest) * 1.05;
    largest = rayleigh;
    if (!(norm(product) > 0)) return 1;
    v = product;
  }
  return largest * 1.05;
}
