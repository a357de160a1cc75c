/** R: glmnet at one lambda without lasso, and R's own glm.fit, which knows no penalty. */
import { type SessionContender, tolerances } from '../contender.ts';

const shared = { measures: ['fit'], precision: 'float64' } as const;

export const r: readonly SessionContender[] = [
  {
    ...shared,
    name: 'glmnet',
    about: 'R glmnet(alpha = 0) at one lambda, family binomial or multinomial',
    ladder: { of: 'thresh', settings: [...tolerances, 1e-14, 1e-16] },
    script: { file: 'glmnet.R', variant: 'glmnet' },
  },
  {
    ...shared,
    name: 'r-glm',
    about: "R's own glm.fit(family = binomial()), no penalty",
    ladder: { of: 'epsilon', settings: tolerances },
    script: { file: 'glm.R', variant: 'glm' },
  },
];
