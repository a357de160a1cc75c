/**
 * The table of coefficients that goes into a paper: a line for each level with its reference, rows and events, odds
 * ratio, confidence interval and p, as data, as Markdown and as CSV. A curve has one line with its joint p: no odds
 * ratio of one of its terms means anything by itself.
 */
import type { FittedLogisticRegression, Label, LevelCount, PerUnits, Summary } from '../index.ts';
import { levelsOf } from '../predict/model-file.ts';
import { conditionOf, isCurve } from './conditions.ts';
import { csvField } from './csv.ts';
import { count, ratioInterval, ratios, p as shownP } from './numbers.ts';

export interface CoefficientLine {
  /** The title of a column with levels, one of its levels, a coefficient of its own, or all terms of a curve. */
  readonly kind: 'title' | 'reference' | 'level' | 'number' | 'curve';
  /** More than two classes: the one whose odds against the reference it is about. */
  readonly class?: Label;
  /** The column, or what was made of columns. */
  readonly term: string;
  readonly level: string | null;
  /** A term of a product: where its odds ratio holds, `pclass = 0`. */
  readonly at?: string;
  /** Σs of training rows, more than two classes: of the class and the reference; and of the class; null where not counted. */
  readonly rows: number | null;
  readonly events: number | null;
  readonly oddsRatio: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  /** Of the coefficient; of a title, of all its levels together. */
  readonly p: number | null;
  /** The odds ratio is for so many units, where that is not one. */
  readonly per?: number;
  /** Why there are no numbers. */
  readonly note?: string;
}

/** The summary of a model that has one; where units are asked for, the model without one says why. */
export function summaryOf(model: FittedLogisticRegression, per?: PerUnits): Summary | undefined {
  return per !== undefined || 'summary' in model.toJSON() ? model.summary({ per }) : undefined;
}

export function coefficientLines(model: FittedLogisticRegression, per?: PerUnits): CoefficientLine[] {
  const two = model.classes.length === 2;
  const summary = summaryOf(model, per);
  const groups = [...new Set(model.toJSON().terms.map(({ group }) => group))];
  return model.byClass.flatMap((scored, c) => {
    const of = { model, summary, c, label: two ? undefined : scored.label };
    return groups.flatMap((group) => linesOfGroup(group, of));
  });
}

/** The class whose odds lines are about. */
interface OfClass {
  readonly model: FittedLogisticRegression;
  readonly summary: Summary | undefined;
  /** Its score vector. */
  readonly c: number;
  /** Undefined where there is no other. */
  readonly label: Label | undefined;
}

type ModelTerm = ReturnType<FittedLogisticRegression['toJSON']>['terms'][number];

/** A column that has levels: its title, reference and levels; several terms without: a title and those; or one line. */
function linesOfGroup(term: string, of: OfClass): CoefficientLine[] {
  const { model, summary, label } = of;
  const { terms, features } = model.toJSON();
  const { counts = null } = model.training;
  const members = terms.filter(({ group }) => group === term);
  const levels = members.map(levelOf);
  const levelled = !levels.includes(undefined);
  const curve = members.some(isCurve);
  const at = conditionOf(members[0]!, { terms, features });
  const where = at === undefined ? {} : { at };
  if (!levelled && !curve && members.length === 1) {
    const [only] = members as [ModelTerm];
    const line = { ...lineOf(only, of), ...countsOf(counts?.all, of) };
    return [{ ...line, kind: 'number', term: only.name, level: null, ...where }];
  }
  const tests = label === undefined ? summary?.terms.find((test) => test.term === term) : undefined;
  const joint = members.length > 1 || curve ? ((tests?.likelihoodRatio ?? tests?.wald)?.p ?? null) : null;
  const bare = {
    ...classOf(of),
    term,
    level: null,
    ...where,
    ...countsOf(undefined, of),
    oddsRatio: null,
    interval: null,
    p: null,
  };
  if (curve) {
    const note = joint === null ? 'no single odds ratio' : `joint test, ${tests!.df} df`;
    return [{ ...bare, kind: 'curve', ...countsOf(counts?.all, of), p: joint, note }];
  }
  const title: CoefficientLine = { ...bare, kind: 'title', p: joint };
  const own = members.map((member, k): CoefficientLine => {
    return { ...lineOf(member, of), kind: 'level', level: levels[k] ?? member.name, ...where };
  });
  if (!levelled) return [title, ...own];
  const feature = features.find(({ column }) => column === members[0]!.factors[0]!.column);
  const references = (feature ? levelsOf(feature) : []).filter((level) => !levels.includes(level));
  const rest = references.length === 1 ? remainder(counts, members) : undefined;
  return [
    title,
    ...references.map(
      (level): CoefficientLine => ({ ...bare, kind: 'reference', level, ...countsOf(rest, of), oddsRatio: 1 }),
    ),
    ...own,
  ];
}

function lineOf(term: ModelTerm, of: OfClass): Omit<CoefficientLine, 'kind' | 'level'> {
  const { name, group, coefficients, excluded, offset } = term;
  const { counts, separation } = of.model.training;
  const isIt = (other: { readonly name: string; readonly class?: Label | undefined }): boolean =>
    other.name === name && (of.label === undefined || other.class === of.label);
  const found = of.summary?.coefficients.find(isIt);
  const infinite = separation?.coefficients.find(isIt);
  const complete = separation?.kind === 'complete';
  const note = offset
    ? 'offset'
    : (excluded ?? found?.note ?? (complete ? 'separated' : infinite && 'no finite estimate'));
  const limit = infinite && (infinite.sign > 0 ? Number.POSITIVE_INFINITY : 0);
  const estimated = excluded === undefined && !offset && !complete;
  return {
    ...classOf(of),
    term: group,
    ...countsOf(counts?.levels[name], of),
    oddsRatio: estimated ? (limit ?? found?.oddsRatio ?? Math.exp(coefficients[of.c]!)) : null,
    interval: found?.oddsRatioInterval ?? null,
    p: found?.p ?? null,
    ...(found?.per === undefined ? {} : { per: found.per }),
    ...(note === undefined ? {} : { note }),
  };
}

const classOf = ({ label }: OfClass): Pick<CoefficientLine, 'class'> => (label === undefined ? {} : { class: label });

/** Of the class and the reference: all rows but those of other classes. */
const countsOf = (count: LevelCount | undefined, { c }: OfClass): Pick<CoefficientLine, 'rows' | 'events'> => ({
  rows: count?.events.reduce((rest, events, other) => (other === c ? rest : rest - events), count.rows) ?? null,
  events: count?.events[c] ?? null,
});

/** The level that a term is the indicator of; undefined of any other term. */
function levelOf({ factors: [factor, ...more] }: ModelTerm): string | undefined {
  return more.length === 0 && factor?.basis.kind === 'level' ? factor.basis.level : undefined;
}

/** What is left of all rows beside the levels that are counted. */
function remainder(
  counts: FittedLogisticRegression['training']['counts'],
  members: readonly ModelTerm[],
): LevelCount | undefined {
  const own = members.map(({ name }) => counts?.levels[name]);
  if (!counts || own.includes(undefined)) return undefined;
  const less = (all: number, of: (count: LevelCount) => number): number =>
    own.reduce((rest, count) => rest - of(count!), all);
  return {
    rows: less(counts.all.rows, ({ rows }) => rows),
    events: counts.all.events.map((events, c) => less(events, (count) => count.events[c]!)),
  };
}

/** A line as a person reads it: its name, and a cell for each of `columnTitles`. */
export interface ShownLine {
  readonly kind: CoefficientLine['kind'];
  readonly name: string;
  readonly cells: readonly string[];
}

export function showLine(line: CoefficientLine, { counted }: { readonly counted: boolean }): ShownLine {
  const { kind, level, rows, events, oddsRatio, interval, p, note } = line;
  const digits = ratios([oddsRatio, ...(interval ?? [])]);
  const reference = kind === 'reference';
  const counts = [rows, events].map((sum) => (sum === null ? '' : count(sum)));
  return {
    kind,
    name: level === null ? describeTerm(line) : `${level}${perOf(line)}`,
    cells: [
      ...(counted ? counts : []),
      oddsRatio === null ? '' : reference ? '1' : digits(oddsRatio),
      reference ? 'reference' : interval === null ? (note ?? '') : ratioInterval(interval, digits),
      p === null ? '' : shownP(p),
    ],
  };
}

const perOf = ({ per }: CoefficientLine): string => (per === undefined ? '' : `, per ${per}`);

/** A term with its unit and where its odds ratio holds. */
export const describeTerm = (line: CoefficientLine): string =>
  `${line.term}${perOf(line)}${line.at === undefined ? '' : `, at ${line.at}`}`;

/** Whether rows and events of levels are known: those in a database or too many are not counted. */
export const isCounted = (model: FittedLogisticRegression): boolean => model.training.counts != null;

/** Column titles beside the first, which names the classes. */
export function columnTitles(model: FittedLogisticRegression): readonly string[] {
  const summary = summaryOf(model);
  const counts = isCounted(model) ? ['n', 'events'] : [];
  return [...counts, 'odds ratio', `${100 * (summary?.level ?? 0.95)}% CI`, summary ? titleOfP(summary) : 'p'];
}

/** What p is of where intervals are by profile likelihood: not of the Wald z beside it. */
export const titleOfP = ({ coefficients }: Summary): string =>
  coefficients.some(({ ciMethod }) => ciMethod === 'profile') ? 'p (LR)' : 'p';

/** What the odds are of. */
export function describeOdds(model: FittedLogisticRegression, label: Label = model.positive): string {
  return `${model.toJSON().target.name}: ${label} against ${model.reference}`;
}

export function coefficientMarkdown(model: FittedLogisticRegression, per?: PerUnits): string {
  const lines = coefficientLines(model, per);
  const labels = model.classes.length === 2 ? [undefined] : model.byClass.map(({ label }) => label);
  const row = (cells: readonly string[]): string => `| ${cells.map(asMarkdown).join(' | ')} |\n`;
  const titles = columnTitles(model);
  const counted = isCounted(model);
  const tables = labels.map((label) => {
    const own = lines.filter((line) => line.class === label).map((line) => showLine(line, { counted }));
    const head = row([describeOdds(model, label), ...titles]);
    const body = own.map(({ kind, name, cells }) => {
      const indent = kind === 'level' || kind === 'reference' ? '\u2003' : '';
      return row([`${indent}${name}`, ...cells]);
    });
    return `${head}|:--|${'--:|'.repeat(titles.length)}\n${body.join('')}`;
  });
  return tables.join('\n');
}

const asMarkdown = (text: string): string =>
  text.replace(/[\\|`*_<>[\]]/g, (character) => `\\${character}`).replace(/[\r\n]+/g, ' ');

/** One line for each coefficient, reference and curve, numbers in full. */
export function coefficientCsv(model: FittedLogisticRegression, per?: PerUnits): string {
  const titles = ['class', 'term', 'level', 'rows', 'events', 'per', 'odds_ratio', 'low', 'high', 'p', 'note'];
  const lines = coefficientLines(model, per).filter(({ kind }) => kind !== 'title');
  const cell = (value: unknown): string => (value === null || value === undefined ? '' : String(value));
  const rows = lines.map((line) => [
    line.class ?? model.positive,
    ...[
      line.term,
      line.level,
      line.rows,
      line.events,
      line.per,
      line.oddsRatio,
      line.interval?.[0],
      line.interval?.[1],
      line.p,
    ],
    [line.kind === 'reference' ? 'reference' : line.note, line.at && `at ${line.at}`].filter(Boolean).join('; '),
  ]);
  return [titles, ...rows].map((row) => `${row.map((value) => csvField(cell(value))).join(',')}\n`).join('');
}
