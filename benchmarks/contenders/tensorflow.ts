/**
 * TensorFlow.js as its users write it: one evaluation by automatic differentiation (tf.variableGrads), and
 * a fit by LayersModel.fit, a dense layer with a sigmoid and Adam. The ladder is a number of epochs.
 */
import type * as TF from '@tensorflow/tfjs';
import { openBackend } from '../../src/backends/registry.ts';
import { createTfjsBackend, loadTensorFlow } from '../../src/backends/tfjs.ts';
import type { Data, Session, SessionContender } from '../contender.ts';

const backends = ['cpu', 'wasm'] as const;
type BackendName = (typeof backends)[number];
const batchSize = 4096;

export const tensorflow: readonly SessionContender[] = backends.flatMap((backend): SessionContender[] => [
  {
    name: `tfjs-grads-${backend}`,
    about: `tf.variableGrads of tf.losses.sigmoidCrossEntropy on all rows at once, ${backend} backend`,
    measures: ['evaluation'],
    precision: 'float32',
    open: (data) => openGradients(data, backend),
  },
  {
    name: `tfjs-layers-${backend}`,
    about: `LayersModel.fit: dense sigmoid layer, Adam, batches of ${batchSize}, ${backend} backend`,
    measures: ['fit'],
    precision: 'float32',
    ladder: { of: 'epochs', settings: [1, 3, 10, 30, 100] },
    open: (data) => openLayers(data, backend),
  },
]);

/** TensorFlow.js with one backend active for the rest of the process. */
async function activate(backend: BackendName): Promise<typeof TF> {
  const tf = await loadTensorFlow();
  if (backend === 'wasm')
    await openBackend('wasm', { threads: 1, cells: 0 }); // says where the .wasm files are
  else await createTfjsBackend(tf, 'tfjs-cpu', 'cpu');
  await tf.setBackend(backend);
  return tf;
}

/** X [m, n] and Y [m, 1] as float32 tensors. */
function tensors(tf: typeof TF, { columns, y }: Data): { x: TF.Tensor2D; labels: TF.Tensor2D } {
  const n = columns.length;
  const rowMajor = new Float32Array(n * y.length);
  columns.forEach((column, j) => {
    for (let i = 0; i < y.length; i++) rowMajor[i * n + j] = column[i]!;
  });
  return { x: tf.tensor2d(rowMajor, [y.length, n]), labels: tf.tensor2d(Float32Array.from(y), [y.length, 1]) };
}

const versionOf = (tf: typeof TF): string => `TensorFlow.js ${tf.version_core}, ${tf.getBackend()}`;

async function openGradients(data: Data, backend: BackendName): Promise<Session> {
  const tf = await activate(backend);
  const { x, labels } = tensors(tf, data);
  const n = data.columns.length;
  const w = tf.variable(tf.zeros<TF.Rank.R2>([n, 1]));
  const b = tf.variable(tf.scalar(0));
  const meanLoss = (): TF.Scalar => tf.losses.sigmoidCrossEntropy(labels, tf.add(tf.matMul(x, w), b)) as TF.Scalar;
  return {
    version: versionOf(tf),
    async evaluate(theta) {
      tf.tidy(() => {
        w.assign(tf.tensor2d(Float32Array.from(theta.subarray(0, n)), [n, 1]));
        b.assign(tf.scalar(theta[n]!));
      });
      const { value, grads } = tf.tidy(() => tf.variableGrads(meanLoss, [w, b]));
      const [loss] = await value.data();
      const gradient = [...(await grads[w.name]!.data()), ...(await grads[b.name]!.data())];
      tf.dispose([value, ...Object.values(grads)]);
      return { loss: loss!, gradient };
    },
  };
}

async function openLayers(data: Data, backend: BackendName): Promise<Session> {
  const tf = await activate(backend);
  const { x, labels } = tensors(tf, data);
  return {
    version: versionOf(tf),
    async fit(epochs) {
      const model = tf.sequential({
        layers: [
          tf.layers.dense({
            units: 1,
            activation: 'sigmoid',
            inputShape: [data.columns.length],
            kernelInitializer: 'zeros',
            kernelRegularizer: tf.regularizers.l2({ l2: data.problem.l2 / 2 }), // l2·Σw², without the half
          }),
        ],
      });
      model.compile({ optimizer: tf.train.adam(0.05), loss: 'binaryCrossentropy' });
      await model.fit(x, labels, { epochs, batchSize, verbose: 0, yieldEvery: 'never' });
      const [w, b] = model.getWeights();
      const theta = [...(await w!.data()), ...(await b!.data())];
      model.dispose();
      return theta;
    },
  };
}
