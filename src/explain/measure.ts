/**
 * Derivatives by measurement: a quantity is nudged, everything that depends on it is computed anew, and the change is
 * divided by the nudge. Five points, whose error is of the fourth power of the step:
 *
 *   f'(v) ≈ (f(v − 2h) − 8·f(v − h) + 8·f(v + h) − f(v + 2h)) / 12h
 *
 * (M. Abramowitz & I. Stegun, Handbook of Mathematical Functions, 25.3.6.)
 */
import { computationOf, type Derivative, type Quantity, type ValueOf } from './graph.ts';

/** ε^(1/5), where the errors of truncation and of rounding are about equal, as a fraction of the reach. */
const relativeStep = Number.EPSILON ** (1 / 5);
/** A step of fewer units in the last place than this says nothing. */
const leastUnits = 2 ** 10;

/** Measures derivatives by a quantity. Null: beside its value the step is lost in rounding. */
export interface Measured {
  /** ∂L/∂u: `u` is nudged and all that depends on it follows. */
  gradient(u: string): number | null;
  /** ∂v/∂u: all other inputs of v stay. */
  local(u: string, v: string): number | null;
}

export function measuring(
  quantities: readonly Quantity<unknown>[],
  of: ValueOf,
  derivatives: ReadonlyMap<string, Derivative>,
): Measured {
  const byId = new Map(quantities.map((quantity) => [quantity.id, quantity]));
  const loss = quantities.at(-1)!.id;
  const reaches = reachesOf(quantities, of, derivatives);

  /** What depends on u, u itself included. */
  const dependents = (u: string): ReadonlySet<string> => {
    const found = new Set([u]);
    for (const id of found) for (const { through } of derivatives.get(id)!.ways) found.add(through);
    return found;
  };

  /** The difference quotient of v when u is nudged and `following` are computed anew, as far as v asks for them. */
  const difference = (u: string, v: string, following: ReadonlySet<string>): number | null => {
    const value = of(u);
    const h = relativeStep * Math.min(reaches.get(u)!, Math.max(1, Math.abs(value)));
    if (h < leastUnits * Number.EPSILON * Math.abs(value)) return null;
    const at = (steps: number): number => {
      const moved = new Map([[u, value + steps * h]]);
      const now: ValueOf = (id) => {
        if (!following.has(id)) return of(id);
        if (!moved.has(id)) moved.set(id, recompute(byId.get(id)!, u, now));
        return moved.get(id)!;
      };
      return now(v);
    };
    const slope = (at(-2) - 8 * at(-1) + 8 * at(1) - at(2)) / (12 * h);
    return Number.isFinite(slope) ? slope : null;
  };

  return {
    gradient: (u) => difference(u, loss, dependents(u)),
    local: (u, v) => difference(u, v, new Set([u, v])),
  };
}

/** The stable formula serves unless it does not read the very input that is nudged. */
function recompute(quantity: Quantity<unknown>, nudged: string, of: ValueOf): number {
  const { inputs, stable, ...own } = computationOf(quantity)!;
  return stable && (!inputs.includes(nudged) || stable.inputs.includes(nudged)) ? stable.value(of) : own.value(of);
}

/** How far each quantity can be moved: through a slope of s, 1/s times as far as what it enters. */
function reachesOf(
  quantities: readonly Quantity<unknown>[],
  of: ValueOf,
  derivatives: ReadonlyMap<string, Derivative>,
): ReadonlyMap<string, number> {
  const reaches = new Map<string, number>();
  for (const { id, reach } of quantities.toReversed()) {
    const { ways } = derivatives.get(id)!;
    reaches.set(
      id,
      reach?.(of) ?? Math.min(...ways.map(({ through, local }) => reaches.get(through)! / Math.abs(local))),
    );
  }
  return reaches;
}
