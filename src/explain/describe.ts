/**
 * A computational graph as plain data: each quantity a node and each use of one by another an edge, with values,
 * derivatives, their measurements, and every formula as symbols and as numbers. It can be stored as JSON, where a number
 * that overflows is null.
 */
import { backward, computationOf, forward, type Quantity, type Rule, type Way, type Write } from './graph.ts';
import { measuring } from './measure.ts';
import { type Expression, type Formula, formulaOf, number, partial, plus, times } from './notation.ts';

export interface ComputationalGraph<About> {
  /** In the order of computation; the last one is the loss. */
  readonly nodes: readonly GraphNode<About>[];
  readonly edges: readonly GraphEdge[];
}

/** A formula as symbols and with their values put in, and its label in docs/derivation.md where it has one. */
export interface WrittenFormula {
  readonly label?: string;
  readonly formula: Formula;
  readonly substituted: Formula;
}

export interface GraphNode<About> {
  readonly id: string;
  readonly symbol: Formula;
  /** What a person calls it. */
  readonly name: string;
  readonly about: About;
  readonly value: number;
  /** How the value comes from others; absent where it is given. `stable` is what the library computes in its place. */
  readonly computed?: WrittenFormula & { readonly stable?: Formula };
  readonly gradient: Gradient;
}

/** ∂L/∂node */
export interface Gradient {
  readonly symbol: Formula;
  readonly value: number;
  /** A product for each quantity that the node enters; they add up to the value. None for the loss itself. */
  readonly ways: readonly Way[];
  /** Those products written out. */
  readonly sum: WrittenFormula;
  /** What they come to when they are simplified by hand: x_1·(a − y). */
  readonly simplified?: WrittenFormula;
  /** By a five-point difference; null where the node's value is so large that the step is lost beside it. */
  readonly measured: number | null;
}

/** ∂to/∂from, a local derivative. */
export interface GraphEdge extends WrittenFormula {
  readonly from: string;
  readonly to: string;
  readonly symbol: Formula;
  readonly value: number;
  /** By a five-point difference with all other inputs held; null as in a gradient. */
  readonly measured: number | null;
}

export function describeGraph<About>(quantities: readonly Quantity<About>[]): ComputationalGraph<About> {
  const values = forward(quantities);
  const of = (id: string): number => values.get(id)!;
  const derivatives = backward(quantities, of);
  const measured = measuring(quantities, of, derivatives);
  const loss = quantities.at(-1)!;
  const symbols = new Map(quantities.map(({ id, symbol }) => [id, symbol]));
  const asSymbol: Write = (id) => symbols.get(id)!;
  const written = ({ label, formula }: Pick<Rule, 'label' | 'formula'>): WrittenFormula => ({
    ...(label !== undefined && { label }),
    formula: formulaOf(formula(asSymbol)),
    substituted: formulaOf(formula((id) => number(of(id)))),
  });

  const gradientOf = ({ id, symbol, gradient }: Quantity<About>): Gradient => {
    const { value, ways } = derivatives.get(id)!;
    return {
      symbol: formulaOf(partial(loss.symbol, symbol)),
      value,
      ways,
      sum: {
        formula: sumOf(
          ways,
          loss.id,
          ({ through }) => partial(loss.symbol, asSymbol(through)),
          ({ through }) => partial(asSymbol(through), symbol),
        ),
        substituted: sumOf(
          ways,
          loss.id,
          ({ outer }) => number(outer),
          ({ local }) => number(local),
        ),
      },
      ...(gradient && { simplified: written(gradient) }),
      measured: measured.gradient(id),
    };
  };

  const nodes = quantities.map((quantity): GraphNode<About> => {
    const { id, symbol, name, about } = quantity;
    const is = computationOf(quantity);
    const stable = is?.stable && { stable: formulaOf(is.stable.formula(asSymbol)) };
    return {
      id,
      symbol: formulaOf(symbol),
      name,
      about,
      value: of(id),
      ...(is && { computed: { ...written(is), ...stable } }),
      gradient: gradientOf(quantity),
    };
  });
  const edges = quantities.flatMap((quantity) => {
    const { inputs, derivatives: locals } = computationOf(quantity) ?? { inputs: [], derivatives: [] };
    return inputs.map(
      (from, i): GraphEdge => ({
        from,
        to: quantity.id,
        symbol: formulaOf(partial(quantity.symbol, asSymbol(from))),
        ...written(locals[i]!),
        value: locals[i]!.value(of),
        measured: measured.local(from, quantity.id),
      }),
    );
  });
  return { nodes, edges };
}

/** The products of all ways, added; a way that ends at the loss is one factor, and the loss itself has none. */
function sumOf(ways: readonly Way[], loss: string, outer: (way: Way) => Expression, local: (way: Way) => Expression) {
  const products = ways.map((way) => (way.through === loss ? local(way) : times(outer(way), local(way))));
  return formulaOf(ways.length === 0 ? number(1) : plus(...products));
}
