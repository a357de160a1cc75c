/**
 * Native TensorFlow by tfjs-node on all rows at once: the fewest ops that give loss and gradient, which is what the
 * portable equations in blocks are measured against.
 */
import type * as TF from '@tensorflow/tfjs';
import { loadTfjsNode } from '../../src/backends/tfjs-node.ts';
import type { Session } from '../../src/bench/session.ts';
import type { Data, SessionContender } from '../contender.ts';

export const wholeMatrix: SessionContender = {
  name: 'tfjs-whole-node',
  about: 'loss, dW and db by whole-matrix ops (softplus or log-sum-exp), native TensorFlow by tfjs-node',
  measures: ['evaluation'],
  precision: 'float32',
  open,
};

async function open({ columns, y, problem: { classes } }: Data): Promise<Session> {
  const tf = await loadTfjsNode();
  await tf.setBackend('tensorflow');
  const [n, m, k] = [columns.length, y.length, classes - 1];
  const numbers = new Float32Array(n * m);
  columns.forEach((column, j) => {
    numbers.set(column, j * m);
  });
  const x = tf.tensor2d(numbers, [n, m]);
  const labels = tf.tensor1d(Int32Array.from(y), 'int32');
  const sign = tf.tidy(() => tf.reshape(tf.sub(1, tf.mul(2, labels)), [1, m])) as TF.Tensor2D;
  const oneHot = tf.tidy(() => tf.transpose(tf.cast(tf.oneHot(labels, classes), 'float32'))) as TF.Tensor2D;

  const twoClasses = (z: TF.Tensor): [losses: TF.Tensor, dz: TF.Tensor] => {
    const t = tf.mul(sign, z);
    return [tf.softplus(t), tf.mul(sign, tf.sigmoid(t))];
  };
  const moreClasses = (z: TF.Tensor): [losses: TF.Tensor, dz: TF.Tensor] => {
    const all = tf.concat([tf.zeros([1, m]), z], 0);
    const top = tf.logSumExp(all, 0, true);
    const dz = tf.sub(tf.exp(tf.sub(all, top)), oneHot);
    return [tf.sub(top, tf.sum(tf.mul(oneHot, all), 0, true)), tf.slice(dz, [1, 0], [k, m])];
  };
  const evaluateAt = (theta: TF.Tensor2D): TF.Tensor => {
    const z = tf.add(tf.matMul(tf.slice2d(theta, [0, 0], [k, n]), x), tf.slice2d(theta, [0, n], [k, 1]));
    const [losses, dz] = k === 1 ? twoClasses(z) : moreClasses(z);
    const gradient = tf.concat([tf.matMul(dz, x, false, true), tf.sum(dz, 1, true)], 1);
    return tf.div(tf.concat([tf.reshape(tf.sum(losses), [1]), tf.reshape(gradient, [-1])]), m);
  };
  return {
    version: `TensorFlow.js ${tf.version_core}, ${tf.getBackend()}`,
    async evaluate(theta) {
      const means = tf.tidy(() => evaluateAt(tf.tensor2d(Float32Array.from(theta), [k, n + 1])));
      const [loss, ...gradient] = await means.data();
      means.dispose();
      return { loss: loss!, gradient };
    },
  };
}
