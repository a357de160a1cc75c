/**
 * LIBLINEAR's trust-region Newton method (-s 0), from the shared library that liblinear-train is made of,
 * so that reading its text format is not timed. This version always penalises the intercept: a bias of
 * 1,000 makes that penalty a millionth of the others.
 */
import { type SessionContender, tolerances } from '../contender.ts';

export const liblinear: SessionContender = {
  name: 'liblinear',
  about: "LIBLINEAR's primal trust-region Newton (-s 0 -B 1000), the library of Debian's liblinear-train",
  measures: ['fit'],
  precision: 'float64',
  ladder: { of: 'eps', settings: tolerances },
  script: { file: 'liblinear.py', variant: 'primal' },
};
