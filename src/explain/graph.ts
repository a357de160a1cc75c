/**
 * A computational graph is a list of quantities in which each is computed from earlier ones; the last is the loss.
 * Forward gives values. Backward gives derivatives by the chain rule: for a quantity u that enters v, v', …
 *
 *   ∂L/∂u = ∂L/∂v · ∂v/∂u + ∂L/∂v' · ∂v'/∂u + …
 *
 * one product for each way out of u. This file knows no regression.
 */
import type { Expression } from './notation.ts';

/** How a formula writes a quantity: by its symbol, or by its value. */
export type Write = (id: string) => Expression;
/** The value of a quantity. */
export type ValueOf = (id: string) => number;

/** A formula of other quantities, with the label that derives it in docs/derivation.md, and its value. */
export interface Rule {
  readonly label?: string;
  formula(write: Write): Expression;
  value(of: ValueOf): number;
}

/** A quantity as it is defined; `About` says what it stands for. */
export interface Quantity<About> {
  readonly id: string;
  readonly symbol: Expression;
  /** What a person calls it. */
  readonly name: string;
  readonly about: About;
  /** The value, where it is given, or how it is computed. */
  readonly is: number | Computation;
  /** ∂L/∂this as the sum of products is simplified by hand; its value, where it has one, replaces the sum. */
  readonly gradient?: Omit<Rule, 'value'> & Partial<Rule>;
  /** How far it can be moved before formulas that use it bend; absent: as far as the quantities that it enters allow. */
  reach?(of: ValueOf): number;
}

export interface Computation extends Rule {
  /** The quantities that it is computed from. */
  readonly inputs: readonly string[];
  /** ∂this/∂input of each input. */
  readonly derivatives: readonly Rule[];
  /** The same value from other inputs, where the formula itself overflows or cancels: as the library computes it. */
  readonly stable?: Rule & { readonly inputs: readonly string[] };
}

/** One product of the chain rule: ∂L/∂through · ∂through/∂u. */
export interface Way {
  readonly through: string;
  /** ∂L/∂through */
  readonly outer: number;
  /** ∂through/∂u */
  readonly local: number;
  readonly product: number;
}

/** ∂L/∂u */
export interface Derivative {
  readonly value: number;
  readonly ways: readonly Way[];
}

export const computationOf = ({ is }: Quantity<unknown>): Computation | undefined =>
  typeof is === 'number' ? undefined : is;

/** The value of each quantity. */
export function forward(quantities: readonly Quantity<unknown>[]): Map<string, number> {
  const values = new Map<string, number>();
  for (const { id, is } of quantities) {
    values.set(id, typeof is === 'number' ? is : (is.stable ?? is).value((input) => values.get(input)!));
  }
  return values;
}

/** The derivative of the loss by each quantity. */
export function backward(quantities: readonly Quantity<unknown>[], of: ValueOf): Map<string, Derivative> {
  const ways = new Map<string, Way[]>(quantities.map(({ id }) => [id, []]));
  const derivatives = new Map<string, Derivative>();
  const loss = quantities.at(-1)!;
  for (const quantity of quantities.toReversed()) {
    // Whatever it enters comes later in the list, so all its ways are known by now.
    const own = ways.get(quantity.id)!.toReversed();
    const sum = quantity === loss ? 1 : own.reduce((total, { product }) => total + product, 0);
    const outer = quantity.gradient?.value?.(of) ?? sum;
    derivatives.set(quantity.id, { value: outer, ways: own });
    const { inputs, derivatives: locals } = computationOf(quantity) ?? { inputs: [], derivatives: [] };
    inputs.forEach((input, i) => {
      const local = locals[i]!.value(of);
      ways.get(input)!.push({ through: quantity.id, outer, local, product: outer * local });
    });
  }
  return derivatives;
}
