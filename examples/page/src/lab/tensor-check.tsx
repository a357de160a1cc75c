/**
 * The same gradient by TensorFlow.js, which differentiates the loss of the chosen row by itself, from the textbook formula.
 * It is loaded only when it is asked for.
 */
import { signal } from '@preact/signals';
import type * as TensorFlow from '@tensorflow/tfjs';
import { loadBeside } from '../beside/load.ts';
import { attempt, say } from './actions.ts';
import { explained } from './explained.ts';
import { six } from './numbers.ts';
import * as lab from './state.ts';

let tf: typeof TensorFlow | undefined;
const asked = signal(false);

async function load(): Promise<void> {
  await attempt('loading TensorFlow.js', async () => {
    await loadBeside('tensorflow');
    const loaded = globalThis.besides!.tensorflow!() as { readonly tf: typeof TensorFlow };
    tf = loaded.tf;
    await tf.setBackend('cpu');
    asked.value = true;
    say('TensorFlow.js is loaded; its derivatives stand below the graph.');
  });
}

export function TensorCheck() {
  if (!asked.value) {
    return (
      <p class="note">
        <button type="button" class="quiet" onClick={load}>
          Check by tf.grad
        </button>
        loads TensorFlow.js, 1.8 MB, from beside this page.
      </p>
    );
  }
  const { row, theta } = lab;
  const graph = explained.value;
  if (row.value === undefined || graph === undefined) return null;
  const found = gradientByTensors(tf!, row.value.x, row.value.y, theta.value);
  const ids = [...row.value.x.keys()].map((j) => `w_${j + 1}`).concat('b');
  // tfjs computes in float32: its roundings are 2⁻²⁴ of the terms, which here are about 1.
  const same = ids.every((id, j) => {
    const own = graph.nodes.find((node) => node.id === id)!.gradient.value;
    return Math.abs(own - found[j]!) <= 2 ** -20 * Math.max(1, Math.abs(own));
  });
  return (
    <p class="note">
      <b>tf.grad {same ? '✓' : '≠'}</b>{' '}
      {ids.slice(0, 8).map((id, j) => (
        <span key={id} class="pair">
          ∂L/∂{id.replace('_', '')} = {six(found[j]!)}
        </span>
      ))}
      <span class="pair">in float32</span>
    </p>
  );
}

/** ∂L/∂w_j for each j, and ∂L/∂b. */
function gradientByTensors(
  { tidy, tensor1d, grad, dot, sigmoid, log, sub, mul, neg, add }: typeof TensorFlow,
  x: Float64Array,
  y: number,
  theta: Float64Array,
): number[] {
  return tidy(() => {
    const ones = tensor1d([...x, 1]);
    const loss = (w: TensorFlow.Tensor) => {
      const a = sigmoid(dot(ones, w as TensorFlow.Tensor1D));
      const of1 = mul(y, log(a));
      const of0 = mul(1 - y, log(sub(1, a)));
      return neg(add(of1, of0)) as TensorFlow.Scalar;
    };
    return [...grad(loss)(tensor1d([...theta])).dataSync()];
  });
}
