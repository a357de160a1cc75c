/**
 * What the lab knows, as signals: the rows, the steps taken so far, and where in them one stands. Everything that is drawn
 * is computed from these; what changes them is in actions.ts.
 */
import { computed, signal } from '@preact/signals';
import type { BackendName } from '../../../../src/backends/names.ts';
import type { FeatureInfo, Placed, Rows, SolverChoice, Step, Trained } from '../worker/messages.ts';
import type { DataPoint, SetName } from './data-sets.ts';
import { pointsOf } from './data-sets.ts';

/** Where the rows came from: one of the sets, or a file of the reader's own. */
export const setName = signal<SetName | 'file'>('example');
export const seed = signal(1);
export const file = signal<Extract<Rows, { kind: 'file' }> | undefined>(undefined);
/** Rows that are drawn: all of the page's own, a sample of a file's. */
export const points = signal<readonly DataPoint[]>(pointsOf('example', 1));
/** What the worker said of the rows that it placed last. */
export const placed = signal<Placed | undefined>(undefined);

export const features = computed<readonly FeatureInfo[]>(
  () =>
    placed.value?.features ??
    Array.from(points.value[0]?.x ?? [0, 0], (_, j) => ({ name: `x${j + 1}`, mean: 0, scale: 1 })),
);
export const classes = computed<readonly [string, string]>(() => placed.value?.classes ?? ['0', '1']);
/** The two features that are drawn; the second is absent where there is only one. */
export const drawn = signal<readonly [number, number | undefined]>([0, 1]);

export interface PathStep extends Step {
  /** What made it. */
  readonly by: 'start' | 'update' | 'edit' | SolverChoice;
}

/** All steps so far, and the number of the one that is shown. */
export const steps = signal<readonly PathStep[]>([]);
export const at = signal(0);
export const step = computed(() => steps.value[Math.min(at.value, steps.value.length - 1)]);
export const theta = computed(() => step.value?.theta ?? new Float64Array(features.value.length + 1));

/** The row whose graph is shown. */
export const chosen = signal(0);
export const row = computed<DataPoint | undefined>(() => points.value[Math.min(chosen.value, points.value.length - 1)]);
/** How far the pass over the graph has come, as an index into stages; −1 before it has begun. */
export const stage = signal(-1);

export const solver = signal<SolverChoice>('gd');
/** Learning rate of gradient descent; undefined is 1/L. */
export const rate = signal<number | undefined>(0.1);
export const l2 = signal(0);
/** Whether an update follows the gradient of the chosen row or of all rows. */
export const scope = signal<'row' | 'all'>('row');
export const backend = signal<BackendName>('auto');

/** How the last training ended. */
export const outcome = signal<Trained | undefined>(undefined);
export const busy = signal<{ readonly what: string; stop(): void } | undefined>(undefined);
export const problem = signal<string | undefined>(undefined);
/** The sentence that is read out. */
export const said = signal('');
