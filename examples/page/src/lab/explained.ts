/** The chosen row's graph, as src/explain makes it, and the order in which a pass goes over it. */
import { computed, effect, signal } from '@preact/signals';
import { explainNumbers } from '../../../../src/explain/numbers.ts';
import * as lab from './state.ts';

/** Weights as the graph has them: of many features it takes some milliseconds, and rests while steps go by. */
const theta = signal<Float64Array>(new Float64Array(3));
const fewFeatures = 8;
const rest = 150;

let timer: ReturnType<typeof setTimeout> | undefined;
effect(() => {
  const next = lab.theta.value;
  const take = (): void => {
    theta.value = next;
  };
  clearTimeout(timer);
  if (next.length <= fewFeatures || next.length !== theta.peek().length) take();
  else timer = setTimeout(take, rest);
});

export const explained = computed(() => {
  const { row, features, classes } = lab;
  if (row.value === undefined) return undefined;
  const n = row.value.x.length;
  return explainNumbers({
    x: [...row.value.x],
    names: features.value.slice(0, n).map(({ name }) => name),
    weights: [[...theta.value.slice(0, n)]],
    biases: [theta.value[n] ?? 0],
    label: row.value.y,
    classes: classes.value,
  });
});

export type Explained = NonNullable<typeof explained.value>;
export type GraphNode = Explained['nodes'][number];
export type GraphEdge = Explained['edges'][number];

/** A stop of a pass: a value that is computed, or a derivative that is multiplied on. */
export interface Stop {
  readonly direction: 'forward' | 'backward';
  readonly id: string;
}

/** Features that are drawn as nodes, by their number from 1; the others are counted. */
const mostNodes = 5;

/** The features that weigh most in this row, the drawn pair first, in their order. */
export const shownFeatures = computed<readonly number[]>(() => {
  const { row, theta, drawn } = lab;
  const x = row.value?.x ?? new Float64Array(2);
  const weight = (j: number): number =>
    drawn.value.includes(j) ? Number.POSITIVE_INFINITY : Math.abs(theta.value[j]! * x[j]!);
  const all = Array.from(x, (_, j) => j);
  if (all.length <= mostNodes) return all;
  return all
    .sort((i, j) => weight(j) - weight(i) || i - j)
    .slice(0, mostNodes)
    .sort((i, j) => i - j);
});

/** z, a, L; then ∂L/∂a, ∂L/∂z, and one for each weight that is shown and the intercept. */
export const stops = computed<readonly Stop[]>(() => [
  ...['z', 'a', 'L'].map((id): Stop => ({ direction: 'forward', id })),
  ...['a', 'z', ...shownFeatures.value.map((j) => `w_${j + 1}`), 'b'].map(
    (id): Stop => ({ direction: 'backward', id }),
  ),
]);

/** The node that is looked at: the one in focus, or where the pass stands. */
export function nodeOf(id: string): GraphNode | undefined {
  return explained.value?.nodes.find((node) => node.id === id);
}
