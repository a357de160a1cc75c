/**
 * X tensors in kernel memory: each is copied into the kernels' own layout when first seen and found again
 * by its DataId, for a tensor never changes. A copy goes when its tensor does, with the garbage; labels
 * and weights are written anew only when others come. It knows no shape rules and no means: sums only.
 */
import { LogisticError } from '../../errors.ts';
import type { Sums } from '../../rows/contract.ts';
import { panelWidth, rowStep } from './layout.ts';
import { openStoreNow, type Store } from './store.ts';

/** Rows that are widened at a time; a multiple of every vector. */
const chunk = 4096;

/** Numbers of one tensor, and the object that stands for them as long as they live. */
export interface Numbers {
  readonly id: object;
  readonly values: Float32Array;
}

export interface Sources {
  readonly n: number;
  readonly m: number;
  /** X [n, m] is read when it is new. */
  readonly x: { readonly id: object; read(): Float32Array };
  readonly y: Numbers;
  readonly weights: Numbers | undefined;
}

interface Copy {
  readonly store: Store;
  /** Whose labels and weights lie there; weakly, since a copy must not keep other tensors alive. */
  y?: WeakRef<object>;
  weights?: WeakRef<object> | undefined;
  /** Σ s, or m. */
  totalWeight: number;
}

export interface Copies {
  /** Σ sℓ and its gradient at theta = [w, b] over the rows of X, and Σ s. */
  evaluate(sources: Sources, theta: Float64Array): Sums & { readonly totalWeight: number };
}

export function createCopies(module: WebAssembly.Module): Copies {
  // By n as well: tf.reshape gives the same numbers another shape.
  const copies = new WeakMap<object, Map<number, Copy>>();
  return {
    evaluate(sources, theta) {
      const { n, m, x } = sources;
      const shapes = copies.get(x.id) ?? new Map<number, Copy>();
      copies.set(x.id, shapes);
      let copy = shapes.get(n);
      if (copy === undefined) {
        copy = { store: copyOf(module, x.read(), { n, m }), totalWeight: m };
        shapes.set(n, copy);
      }
      labelRows(copy, sources);
      return { ...copy.store.evaluate(theta, 1, 'float32'), totalWeight: copy.totalWeight };
    },
  };
}

/** Means of 0 and scales of 1: X is taken as it is. */
const unscaled = new Float64Array(2 * panelWidth).fill(1, panelWidth);

function copyOf(module: WebAssembly.Module, x: Float32Array, { n, m }: { n: number; m: number }): Store {
  const store = openStoreNow(module, { shards: [m], features: n, classes: 2, precision: 'float32' });
  for (let first = 0; first < n; first += panelWidth) {
    for (let slot = 0; slot < m; slot += chunk) {
      const count = Math.min(chunk, m - slot);
      const slots = Math.ceil(count / rowStep) * rowStep;
      const values = new Float64Array(panelWidth * slots);
      for (let k = 0; k < Math.min(panelWidth, n - first); k++) {
        const at = (first + k) * m + slot;
        values.set(x.subarray(at, at + count), k * slots);
      }
      store.writePanel({ first, slot, values, moments: unscaled });
    }
  }
  return store;
}

/** Writes q = (1 − 2y)·s unless it is there. Throws LogisticError 'bad-label' or 'bad-weights', naming the row. */
function labelRows(copy: Copy, { m, y, weights }: Sources): void {
  if (isOf(copy.y, y.id) && isOf(copy.weights, weights?.id)) return;
  const q = new Float64Array(m);
  let totalWeight = 0;
  for (let i = 0; i < m; i++) {
    const label = y.values[i]!;
    const s = weights ? weights.values[i]! : 1;
    if (label !== 0 && label !== 1) {
      throw new LogisticError('bad-label', `y, row ${i + 1}: ${label} is neither 0 nor 1`, { details: { row: i + 1 } });
    }
    if (!(s >= 0 && s < Number.POSITIVE_INFINITY)) {
      throw new LogisticError('bad-weights', `weights, row ${i + 1}: ${s} is not a number from 0 upwards`, {
        details: { row: i + 1 },
      });
    }
    q[i] = (1 - 2 * label) * s;
    totalWeight += s;
  }
  if (totalWeight === 0) throw new LogisticError('bad-weights', 'all weights are 0');
  copy.store.writeLabels(0, q);
  copy.y = new WeakRef(y.id);
  copy.weights = weights && new WeakRef(weights.id);
  copy.totalWeight = totalWeight;
}

/** Absent for absent: a reference whose object has gone is not absent. */
function isOf(reference: WeakRef<object> | undefined, id: object | undefined): boolean {
  return id === undefined ? reference === undefined : reference?.deref() === id;
}
