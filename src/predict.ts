/**
 * Entry `tfjs-logistic/predict`: loads a model file and scores rows, in Node or in a browser, with no
 * dependency and no tensor.
 */
export { LogisticError } from './errors.ts';
export type { Cell } from './predict/cell.ts';
export type { Certificate, Feature, Label, ModelFile, Term } from './predict/model-file.ts';
export {
  loadScorer,
  type Row,
  type RowProblem,
  type RowScore,
  type ScoreOptions,
  type Scorer,
} from './predict/scorer.ts';
