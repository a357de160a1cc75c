/** Forward, backward, one stop at a time: each says in one sentence what was computed. */
import { signal } from '@preact/signals';
import { say } from './actions.ts';
import { nodeOf, type Stop, stops } from './explained.ts';
import { short } from './numbers.ts';
import * as lab from './state.ts';

/** The node whose formulas are shown. */
export const looked = signal('z');

const forwardStops = 3;

/** The next value; from a pass that went backward it begins anew. */
export function forward(): void {
  const next = lab.stage.value + 1;
  goToStop(next < forwardStops ? next : 0);
}

/** The next derivative. Values come first: before they are all there, the pass goes to the loss. */
export function backward(): void {
  const next = Math.max(lab.stage.value + 1, forwardStops);
  goToStop(next < stops.value.length ? next : forwardStops);
}

function goToStop(index: number): void {
  lab.stage.value = index;
  const stop = stops.value[index]!;
  looked.value = stop.id;
  say(sentenceOf(stop));
}

/** z = 0.5·1 + (−0.25)·2 + 0.1 = 0.1 */
function sentenceOf({ direction, id }: Stop): string {
  const { symbol, value, computed, gradient } = nodeOf(id)!;
  if (direction === 'forward') return `Forward: ${symbol.text} = ${computed!.substituted.text} = ${short(value)}.`;
  return `Backward: ${gradient.symbol.text} = ${gradient.sum.substituted.text} = ${short(gradient.value)}.`;
}
