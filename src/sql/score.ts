/**
 * A model as an SQL expression: the probability of a class from the columns of a table, term by term as the scorer has
 * it, so that a database scores its own rows. Null where the scorer predicts nothing: a missing cell that is not
 * imputed, an infinite number, a category that training never saw.
 */
import {
  classesByCode,
  type Factor,
  type Feature,
  type Label,
  levelsOf,
  type ModelFile,
  type NumericBasis,
  referencePlace,
} from '../predict/model-file.ts';
import { type Dialect, type DialectName, dialects } from './dialects.ts';
import { isFiniteNumber, isNotNaN, log1p, sumOf } from './statement.ts';

/** e to more than this overflows, which PostgreSQL makes an error. */
const mostExponent = 700;

/** P(label); columns are named as the model names them, texts are literals. */
export function probabilityExpression(model: ModelFile, name: DialectName, label: Label): string {
  const dialect = dialects[name];
  const codes = classesByCode(model.target);
  const own = codes.indexOf(label);
  const scores = codes.map((_, code) => (code === 0 ? dialect.number(0) : score(dialect, model, code - 1)));
  // 1 / Σ_d e^(z_d − z_own), whose own term is 1
  const others = scores.flatMap((z, code) =>
    code === own ? [] : [`exp(least(${z} - ${scores[own]}, ${dialect.number(mostExponent)}))`],
  );
  const probability = `1 / (1 + ${sumOf(others)})`;
  const guards = [...model.features.flatMap((feature) => isKnown(dialect, model, feature)), ...domains(dialect, model)];
  return guards.length === 0 ? probability : `case when ${guards.join(' and ')} then ${probability} end`;
}

/** z of the c-th scored class. */
function score(dialect: Dialect, model: ModelFile, c: number): string {
  const terms = model.terms.flatMap(({ factors, standardized, mean, scale }) => {
    const weight = standardized[c]! / scale;
    if (weight === 0) return [];
    const x = factors.map((factor) => factorValue(dialect, model, factor)).join(' * ');
    return [`${dialect.number(weight)} * (${x} - ${dialect.number(mean)})`];
  });
  return sumOf([...terms, dialect.number(model.standardizedIntercepts[c]!)]);
}

function factorValue(dialect: Dialect, model: ModelFile, { column, basis }: Factor): string {
  const feature = model.features.find((candidate) => candidate.column === column)!;
  if (basis.kind !== 'level') return basisValue(dialect, basis, numberOf(dialect, feature));
  const own = levelsOf(feature);
  // A category that training never saw counts as the reference: as none of the others.
  const isRest = model.unseen === 'ignore' && basis.level === own[referencePlace(feature)];
  const levels = isRest ? own.filter((level) => level !== basis.level) : [basis.level];
  const texts = levels.flatMap((level) => spellings(feature, level)).map(dialect.text);
  const [present, absent] = isRest ? ['0e0', '1e0'] : ['1e0', '0e0'];
  return texts.length === 0
    ? absent
    : `case when ${cell(dialect, model, feature)} in (${texts.join(', ')}) then ${present} else ${absent} end`;
}

/** The number of a column, imputed where it is missing. */
function numberOf(dialect: Dialect, feature: Feature): string {
  const number = dialect.asDouble(dialect.identifier(feature.column));
  if (feature.impute === null) return number;
  return `case when ${isNotNaN(number)} then ${number} else ${dialect.number(Number(feature.impute))} end`;
}

/** A basis at x; polynomials between knots are one case. */
function basisValue(dialect: Dialect, basis: NumericBasis, x: string): string {
  if (basis.kind === 'identity') return x;
  if (basis.kind !== 'piecewise') {
    const value = { log: `ln(${x})`, log1p: log1p(x), sqrt: `sqrt(${x})` }[basis.kind];
    return `(${value})`;
  }
  const { knots, pieces } = basis;
  const values = pieces.map(({ origin, unit, coefficients }) => {
    const t = `(${x} - ${dialect.number(origin)}) / ${dialect.number(unit)}`;
    return coefficients.reduceRight(
      (sum, c) => (sum === '' ? dialect.number(c) : `(${sum} * ${t} + ${dialect.number(c)})`),
      '',
    );
  });
  if (knots.length === 0) return values[0]!;
  const cases = knots.map((knot, i) => `when ${x} < ${dialect.number(knot)} then ${values[i]}`);
  return `case ${cases.join(' ')} else ${values.at(-1)} end`;
}

/** Where the functions of columns are defined. */
function domains(dialect: Dialect, { terms, features }: ModelFile): string[] {
  const conditions = terms.flatMap(({ factors }) =>
    factors.flatMap(({ column, basis }) => {
      const condition = { log: '> 0', log1p: '> -1', sqrt: '>= 0' }[basis.kind as 'log'];
      const feature = features.find((candidate) => candidate.column === column)!;
      return condition === undefined ? [] : [`${numberOf(dialect, feature)} ${condition}`];
    }),
  );
  return [...new Set(conditions)];
}

/** The text of a cell, its imputed level or null where it is missing. */
function cell(dialect: Dialect, { missingTokens }: ModelFile, feature: Feature): string {
  const text = dialect.asText(dialect.identifier(feature.column));
  const tokens = [...new Set(['', ...missingTokens])].map(dialect.text);
  const folded = feature.kind === 'boolean' ? `lower(${text})` : text;
  const present = `case when ${text} not in (${tokens.join(', ')}) then ${folded} end`;
  if (feature.impute === null) return present;
  const level =
    feature.kind === 'boolean' ? feature.words[Number(feature.impute)]!.toLowerCase() : String(feature.impute);
  return `coalesce(${present}, ${dialect.text(level)})`;
}

/** How a level may be spelled: the words of a boolean in any case, and as the engine writes its own booleans. */
function spellings(feature: Feature, level: string): string[] {
  if (feature.kind !== 'boolean') return [level];
  return [...new Set([level.toLowerCase(), String(feature.words.indexOf(level) === 1)])];
}

/** What must hold of a cell for its row to be predicted; least() would pass over a null. */
function isKnown(dialect: Dialect, model: ModelFile, feature: Feature): string[] {
  if (feature.kind === 'numeric') return [isFiniteNumber(numberOf(dialect, feature))];
  const levels = levelsOf(feature).flatMap((level) => spellings(feature, level));
  const text = cell(dialect, model, feature);
  return [model.unseen === 'ignore' ? `${text} is not null` : `${text} in (${levels.map(dialect.text).join(', ')})`];
}
