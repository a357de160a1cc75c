/**
 * The explanation of a row as a person reads it: sections of tables and of steps, forward and then backward, in the
 * words of docs/derivation.md. It decides what is said and in which order; cli/explain.ts prints it, page.ts draws it.
 */
import type { GraphEdge, GraphNode } from './describe.ts';
import { type Formula, formulaOf, number, times } from './notation.ts';
import type { CellRole, NodeRole } from './roles.ts';
import type { RowExplanation } from './row.ts';

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block = Sentence | Table | Step;

export interface Sentence {
  readonly kind: 'sentence';
  readonly text: string;
}

export interface Table {
  readonly kind: 'table';
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Piece[])[];
}

/** What stands in a table: words, or a formula, which may be a number. */
export type Piece = string | Formula;

/** symbol = … = … = its value. */
export interface Step {
  readonly kind: 'step';
  /** Where docs/derivation.md derives it. */
  readonly label?: string;
  readonly symbol: Formula;
  readonly equals: readonly Formula[];
  /** The value by measurement, of a derivative. */
  readonly measured?: Piece;
}

type RowNode = GraphNode<NodeRole>;

const numeral = (value: number): Formula => formulaOf(number(value));
const measurement = (value: number | null): Piece => (value === null ? 'not measurable' : numeral(value));
const sentence = (text: string): Sentence => ({ kind: 'sentence', text });

/** The sections of a row's explanation. */
export function reportOf(explanation: RowExplanation): readonly Section[] {
  const { nodes } = explanation;
  const of = (role: NodeRole['role']): RowNode[] => nodes.filter(({ about }) => about.role === role);
  const scores = of('score');
  const losses = [...of('loss'), ...of('weighted loss')];
  const steps = (some: readonly RowNode[]): Step[] => some.map(forwardStep);
  return [
    { title: 'The cells, as the model reads them', blocks: [cellTable(of('cell')), ...remarks(explanation)] },
    {
      title: 'The features, standardised as in training',
      blocks: [
        {
          kind: 'table',
          columns: ['feature', 'symbol', 'from its cells', 'x'],
          rows: of('feature').map(({ name, symbol, computed, value }) => [
            name,
            symbol,
            computed!.substituted,
            numeral(value),
          ]),
        },
      ],
    },
    ...scores.map((score) => ({
      title: `Forward: the ${score.name}, each feature times its weight`,
      blocks: [scoreTable(score, explanation)],
    })),
    {
      title: `Forward: ${scores.length > 1 ? 'the probabilities' : 'the probability'} and the loss`,
      blocks: steps([...of('probability'), ...losses]),
    },
    {
      title: 'Backward: each local derivative',
      blocks: localSteps(explanation),
    },
    {
      title: 'Backward: how the loss moves with each score',
      blocks: [
        sentence('One product for each way from the score to the loss, added; and what that comes to.'),
        ...scores.map(gradientStep),
      ],
    },
    ...scores.map((score) => ({
      title: `Backward: how the loss moves with each weight${scores.length > 1 ? `, ${score.name}` : ''}`,
      blocks: [productStep(score, explanation), gradientTable(score, explanation)],
    })),
    {
      title: 'Backward: on to the features and the cells',
      blocks: [
        sentence('Learning leaves these as they are; they say what another value of the cell would do to the loss.'),
        inputTable([...of('feature'), ...of('cell')]),
      ],
    },
  ];
}

function inputTable(inputs: readonly RowNode[]): Table {
  return {
    kind: 'table',
    columns: ['quantity', 'derivative', 'is', 'value', 'measured'],
    rows: inputs.map(({ name, about, gradient }) => [
      about.role === 'cell' ? `${name}, in its own units` : name,
      gradient.symbol,
      gradient.sum.formula,
      numeral(gradient.value),
      measurement(gradient.measured),
    ]),
  };
}

/**
 * The local derivatives from the scores to the loss; those below stand in the tables. Of several classes' probabilities
 * only that of the row's own class counts: the others are multiplied by y_c = 0.
 */
function localSteps({ nodes, edges, classes, label }: RowExplanation): Block[] {
  const about = new Map(nodes.map((node) => [node.id, node.about]));
  const counts = (id: string): boolean => {
    const role = about.get(id)!;
    return role.role !== 'probability' || classes.length === 2 || role.class === label;
  };
  const shown = edges.filter(({ from, to }) => {
    const { role } = about.get(from)!;
    return (role === 'score' || role === 'probability' || role === 'loss') && counts(from) && counts(to);
  });
  const backward = nodes.toReversed().flatMap(({ id }) => shown.filter(({ to }) => to === id));
  const others = 'Of the other classes y is 0, and so is every product with it.';
  return [...backward.map(localStep), ...(classes.length > 2 ? [sentence(others)] : [])];
}

function cellTable(cells: readonly RowNode[]): Table {
  const byColumn = new Map<string, { readonly cell: CellRole; readonly reads: string[] }>();
  for (const { about, name, symbol, value } of cells) {
    if (about.role !== 'cell') continue;
    const entry = byColumn.get(about.column) ?? { cell: about, reads: [] };
    byColumn.set(about.column, entry);
    const text = `${symbol.text} = ${number(value).text}`;
    entry.reads.push(about.level === undefined ? text : `${text} for ${name}`);
  }
  return {
    kind: 'table',
    columns: ['column', 'cell', 'read as'],
    rows: [...byColumn].map(([column, { cell, reads }]) => [
      column,
      cell.given ?? 'missing',
      `${reads.join(', ')}${cell.imputed ? ', put in for the missing cell' : ''}`,
    ]),
  };
}

function remarks({ leftOut, notes }: RowExplanation): Sentence[] {
  const names = leftOut.map(({ name, reason }) => `${name} (${reason})`);
  return [
    ...notes.map(sentence),
    ...(names.length > 0
      ? [sentence(`Not in the graph, because their coefficients are 0 by decision: ${names.join(', ')}.`)]
      : []),
  ];
}

/** The weights and the intercept of a score, and the features that they are multiplied by. */
function partsOf(score: RowNode, { nodes }: RowExplanation) {
  const code = (score.about as NodeRole & { readonly class: number }).class;
  const own = (role: NodeRole['role']): RowNode[] =>
    nodes.filter(({ about }) => about.role === role && 'class' in about && about.class === code);
  return {
    features: nodes.filter(({ about }) => about.role === 'feature'),
    weights: own('weight'),
    bias: own('bias')[0]!,
  };
}

function scoreTable(score: RowNode, explanation: RowExplanation): Table {
  const { features, weights, bias } = partsOf(score, explanation);
  return {
    kind: 'table',
    columns: ['feature', 'w', 'x', 'w·x'],
    rows: [
      ...features.map(({ name, value: x }, j) => [name, ...[weights[j]!.value, x, weights[j]!.value * x].map(numeral)]),
      ['intercept', '', '', numeral(bias.value)],
      [`${score.symbol.text}, their sum (${score.computed!.label})`, '', '', numeral(score.value)],
    ],
  };
}

/** The derivative by the first weight, or by the intercept where there is none, with all its factors. */
function productStep(score: RowNode, explanation: RowExplanation): Step {
  const { weights, bias } = partsOf(score, explanation);
  const { id, gradient } = weights[0] ?? bias;
  const factors = factorsOf(id, explanation);
  const symbols = factors.map(({ symbol }) => symbol);
  return stepOf({
    ...gradient,
    label: gradient.simplified!.label,
    formulas: [
      { text: symbols.map(({ text }) => text).join('·'), mathml: symbols.map(({ mathml }) => mathml).join('·') },
      formulaOf(times(...factors.map(({ value }) => number(value)))),
      gradient.simplified!.formula,
      gradient.simplified!.substituted,
    ],
  });
}

/** Local derivatives from the loss back to a quantity, or from where several ways meet: there ∂L/∂that is the first. */
function factorsOf(id: string, { nodes, edges }: RowExplanation): readonly Pick<GraphEdge, 'symbol' | 'value'>[] {
  const factors: Pick<GraphEdge, 'symbol' | 'value'>[] = [];
  for (let from = id; ; ) {
    const { gradient } = nodes.find((node) => node.id === from)!;
    const [way, ...others] = gradient.ways;
    if (way === undefined) return factors;
    if (others.length > 0) return [gradient, ...factors];
    factors.unshift(edges.find((edge) => edge.from === from && edge.to === way.through)!);
    from = way.through;
  }
}

function gradientTable(score: RowNode, explanation: RowExplanation): Table {
  const { features, weights, bias } = partsOf(score, explanation);
  return {
    kind: 'table',
    columns: ['weight of', 'derivative', 'is', 'with numbers', 'value', 'measured'],
    rows: [...weights, bias].map(({ gradient }, j) => [
      features[j]?.name ?? 'intercept',
      gradient.symbol,
      gradient.simplified!.formula,
      gradient.simplified!.substituted,
      numeral(gradient.value),
      measurement(gradient.measured),
    ]),
  };
}

interface Quantities {
  readonly label?: string | undefined;
  readonly symbol: Formula;
  readonly formulas: readonly Formula[];
  readonly value: number;
  readonly measured?: number | null;
}

/** A formula that only repeats the one before it is left out. */
function stepOf({ label, symbol, formulas, value, measured }: Quantities): Step {
  const equals = [...formulas, numeral(value)].filter(({ text }, i, all) => text !== all[i - 1]?.text);
  return {
    kind: 'step',
    ...(label !== undefined && { label }),
    symbol,
    equals,
    ...(measured !== undefined && { measured: measurement(measured) }),
  };
}

const forwardStep = ({ symbol, computed, value }: RowNode): Step =>
  stepOf({ label: computed!.label, symbol, formulas: [computed!.formula, computed!.substituted], value });

const localStep = ({ formula, substituted, ...edge }: GraphEdge): Step =>
  stepOf({ ...edge, formulas: [formula, substituted] });

const gradientStep = ({ gradient: { sum, simplified, ...gradient } }: RowNode): Step =>
  stepOf({
    ...gradient,
    label: simplified!.label,
    formulas: [sum.formula, sum.substituted, simplified!.formula, simplified!.substituted],
  });
