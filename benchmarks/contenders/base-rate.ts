/**
 * The null contender: no features, the intercept of the base rate. What it takes is what the machinery
 * costs; how far it is from the optimum is what there is to gain.
 */
import type { SessionContender } from '../contender.ts';

export const baseRate: SessionContender = {
  name: 'base-rate',
  about: 'the null contender: predicts the share of ones',
  measures: ['fit'],
  precision: 'float64',
  ladder: { of: 'features', settings: [0] },
  async open({ columns, y }) {
    return {
      version: 'null contender',
      fit() {
        const share = y.reduce((sum, label) => sum + label, 0) / y.length;
        return [...columns.map(() => 0), Math.log(share / (1 - share))];
      },
    };
  },
};
