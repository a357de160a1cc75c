/**
 * Entry `tfjs-logistic/predict`: loads a model file and scores rows, in Node or in a browser, with no
 * dependency and no tensor.
 */
export { LogisticError } from './errors.ts';
export type { Cell } from './predict/cell.ts';
export {
  type Basis,
  type Certificate,
  type Factor,
  type Feature,
  type Label,
  type MissingPolicy,
  type ModelFile,
  type NumericBasis,
  type Polynomial,
  scoredClasses,
  type Target,
  type Term,
  type UnseenPolicy,
} from './predict/model-file.ts';
export type { ObjectRow, Row } from './predict/read-row.ts';
export type { ScoreOptions } from './predict/score-options.ts';
export { type ForRows, loadScorer, type RowProblem, type RowScore, type Scorer } from './predict/scorer.ts';
