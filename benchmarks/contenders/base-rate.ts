/**
 * The null contender: no features, the intercepts of the classes' shares. What it takes is what the machinery
 * costs; how far it is from the optimum is what there is to gain.
 */
import type { SessionContender } from '../contender.ts';

export const baseRate: SessionContender = {
  name: 'base-rate',
  about: "the null contender: predicts each class's share of the rows",
  measures: ['fit'],
  precision: 'float64',
  ladder: { of: 'features', settings: [0] },
  async open({ columns, y, problem }) {
    return {
      version: 'null contender',
      fit() {
        const counts = new Float64Array(problem.classes);
        for (const label of y) counts[label]!++;
        const [first, ...others] = counts;
        return others.flatMap((count) => [...columns.map(() => 0), Math.log(count / first!)]);
      },
    };
  },
};
