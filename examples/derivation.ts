/**
 * The derivative of logistic regression for one row with two features, step by step, as docs/derivation.md derives it:
 * forward to the loss, backward by the chain rule, one step of gradient descent, and a nudge as a check.
 *
 *   npx tsx derivation.ts
 */
import { explainNumbers } from 'tfjs-logistic';

const row = { x: [1, 2], label: 1 };
const at = ([w1, w2, b]: readonly [number, number, number]) => {
  const { nodes, edges } = explainNumbers({ ...row, weights: [[w1, w2]], biases: [b] });
  return {
    node: (id: string) => nodes.find((node) => node.id === id)!,
    edge: (of: string, by: string) => edges.find(({ from, to }) => from === by && to === of)!,
  };
};
const start = [0.5, -0.25, 0.1] as const;
const { node, edge } = at(start);
const show = (value: number): string => value.toFixed(6);

console.log('One row, two features: where do the derivatives of its loss come from?\n');
for (const id of ['x_1', 'x_2', 'y', 'w_1', 'w_2', 'b']) console.log(`  ${id} = ${node(id).value}`);

console.log('\nForward, from features to loss:');
for (const id of ['z', 'a', 'L']) {
  const { computed, value } = node(id);
  console.log(`  (${computed!.label}) ${id} = ${computed!.formula.text}`);
  console.log(`       = ${computed!.substituted.text} = ${show(value)}`);
}

console.log('\nBackward, the five local derivatives, each across one step:');
for (const [of, by] of [
  ['L', 'a'],
  ['a', 'z'],
  ['z', 'w_1'],
  ['z', 'w_2'],
  ['z', 'b'],
] as const) {
  const { label, symbol, formula, value } = edge(of, by);
  const shorter = of === 'L' ? ` = ${node('a').gradient.simplified!.formula.text}` : '';
  console.log(`  (${label}) ${symbol.text} = ${formula.text}${shorter} = ${show(value)}`);
}

console.log('\nThe two that are shared, multiplied: a and 1 − a cancel, and the error is left.');
const dz = node('z').gradient;
const { formula: error } = dz.simplified!;
console.log(`  (${dz.simplified!.label}) ${dz.symbol.text} = ∂L/∂a·∂a/∂z = ${error.text} = ${show(dz.value)}`);

console.log('\nAll three factors, for each of the three:');
for (const id of ['w_1', 'w_2', 'b']) {
  const { symbol, simplified, value } = node(id).gradient;
  const factors = [edge('L', 'a'), edge('a', 'z'), edge('z', id)];
  const numbers = factors.map((factor) => show(factor.value)).join(' · ');
  console.log(`  (${simplified!.label}) ${symbol.text} = ${factors.map((factor) => factor.symbol.text).join(' · ')}`);
  console.log(`       = ${numbers} = ${simplified!.formula.text} = ${show(value)}`);
}

const rate = 0.1;
const [w1, w2, b] = (['w_1', 'w_2', 'b'] as const).map((id) => node(id).value - rate * node(id).gradient.value);
const after = at([w1!, w2!, b!]);
console.log(`\nOne step of gradient descent, against each derivative at rate ${rate}:`);
for (const id of ['w_1', 'w_2', 'b', 'a', 'L']) {
  console.log(`  ${id}: ${show(node(id).value)} → ${show(after.node(id).value)}`);
}

const nudge = 0.001;
const nudged = at([start[0] + nudge, start[1], start[2]]).node('L').value;
const slope = (nudged - node('L').value) / nudge;
console.log(`\nA nudge: w_1 + ${nudge} makes the loss ${show(nudged)},`);
console.log(`  a slope of ${show(slope)}, where ∂L/∂w_1 is ${show(node('w_1').gradient.value)}.`);
console.log(`  Five nudges by a smaller step: ${node('w_1').gradient.measured}`);
