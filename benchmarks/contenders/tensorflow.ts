/**
 * TensorFlow.js as its users write it: one evaluation by automatic differentiation (tf.variableGrads), and a fit by
 * LayersModel.fit with Adam, on a dense layer with a sigmoid or, for K > 2 classes, a softmax over K columns of
 * coefficients. The ladder is a number of epochs.
 */
import type * as TF from '@tensorflow/tfjs';
import { loadTensorFlow, loadWasm } from '../../src/backends/load.ts';
import type { Session } from '../../src/bench/session.ts';
import type { Data, SessionContender } from '../contender.ts';

const backends = ['cpu', 'wasm'] as const;
type BackendName = (typeof backends)[number];
const batchSize = 4096;

export const tensorflow: readonly SessionContender[] = backends.flatMap((backend): SessionContender[] => [
  {
    name: `tfjs-grads-${backend}`,
    about: `tf.variableGrads of tf.losses.sigmoidCrossEntropy or softmaxCrossEntropy on all rows at once, ${backend} backend`,
    measures: ['evaluation'],
    precision: 'float32',
    open: (data) => openGradients(data, backend),
  },
  {
    name: `tfjs-layers-${backend}`,
    about: `LayersModel.fit: dense sigmoid or softmax layer, Adam, batches of ${batchSize}, ${backend} backend`,
    measures: ['fit'],
    precision: 'float32',
    ladder: { of: 'epochs', settings: [1, 3, 10, 30, 100] },
    open: (data) => openLayers(data, backend),
  },
]);

/** TensorFlow.js with one backend active for the rest of the process. */
async function activate(backend: BackendName): Promise<typeof TF> {
  const tf = await (backend === 'wasm' ? loadWasm() : loadTensorFlow());
  await tf.setBackend(backend);
  return tf;
}

/** X [m, n] and Y [m, 1], or [m, K] one-hot for K > 2, as float32 tensors. */
function tensors(tf: typeof TF, { columns, y, problem }: Data): { x: TF.Tensor2D; labels: TF.Tensor2D } {
  const n = columns.length;
  const rowMajor = new Float32Array(n * y.length);
  columns.forEach((column, j) => {
    for (let i = 0; i < y.length; i++) rowMajor[i * n + j] = column[i]!;
  });
  const width = outputs(problem);
  const labels = new Float32Array(width * y.length);
  for (let i = 0; i < y.length; i++) {
    if (width === 1) labels[i] = y[i]!;
    else labels[i * width + y[i]!] = 1;
  }
  return { x: tf.tensor2d(rowMajor, [y.length, n]), labels: tf.tensor2d(labels, [y.length, width]) };
}

/** Columns of scores: one for two classes, else one for each class. */
const outputs = ({ classes }: Data['problem']): number => (classes === 2 ? 1 : classes);

/** [w_1 … w_n, b] of each column from W [n, columns] and b [columns]. */
function byColumn(w: ArrayLike<number>, b: ArrayLike<number>): number[][] {
  const n = w.length / b.length;
  return Array.from(b, (intercept, c) => [...Array.from({ length: n }, (_, j) => w[j * b.length + c]!), intercept]);
}

const versionOf = (tf: typeof TF): string => `TensorFlow.js ${tf.version_core}, ${tf.getBackend()}`;

async function openGradients(data: Data, backend: BackendName): Promise<Session> {
  const tf = await activate(backend);
  const { x, labels } = tensors(tf, data);
  const n = data.columns.length;
  const width = outputs(data.problem);
  const left = width === 1 ? 0 : 1; // the first class keeps score 0: no theta, and its gradient is not asked for
  const w = tf.variable(tf.zeros<TF.Rank.R2>([n, width]));
  const b = tf.variable(tf.zeros<TF.Rank.R1>([width]));
  const crossEntropy = width === 1 ? tf.losses.sigmoidCrossEntropy : tf.losses.softmaxCrossEntropy;
  const meanLoss = (): TF.Scalar => crossEntropy(labels, tf.add(tf.matMul(x, w), b)) as TF.Scalar;
  return {
    version: versionOf(tf),
    async evaluate(theta) {
      const entry = (j: number, c: number): number => (c < left ? 0 : theta[(c - left) * (n + 1) + j]!);
      tf.tidy(() => {
        w.assign(
          tf.tensor2d(
            Float32Array.from({ length: n * width }, (_, at) => entry(Math.floor(at / width), at % width)),
            [n, width],
          ),
        );
        b.assign(tf.tensor1d(Float32Array.from({ length: width }, (_, c) => entry(n, c))));
      });
      const { value, grads } = tf.tidy(() => tf.variableGrads(meanLoss, [w, b]));
      const [loss] = await value.data();
      const gradient = byColumn(await grads[w.name]!.data(), await grads[b.name]!.data())
        .slice(left)
        .flat();
      tf.dispose([value, ...Object.values(grads)]);
      return { loss: loss!, gradient };
    },
  };
}

async function openLayers(data: Data, backend: BackendName): Promise<Session> {
  const tf = await activate(backend);
  const { x, labels } = tensors(tf, data);
  const width = outputs(data.problem);
  return {
    version: versionOf(tf),
    async fit(epochs) {
      const model = tf.sequential({
        layers: [
          tf.layers.dense({
            units: width,
            activation: width === 1 ? 'sigmoid' : 'softmax',
            inputShape: [data.columns.length],
            kernelInitializer: 'zeros',
            kernelRegularizer: tf.regularizers.l2({ l2: data.problem.l2 / 2 }), // l2·Σw², without the half
          }),
        ],
      });
      const loss = width === 1 ? 'binaryCrossentropy' : 'categoricalCrossentropy';
      model.compile({ optimizer: tf.train.adam(0.05), loss });
      await model.fit(x, labels, { epochs, batchSize, verbose: 0, yieldEvery: 'never' });
      const [w, b] = model.getWeights();
      const [first, ...others] = byColumn(await w!.data(), await b!.data());
      model.dispose();
      return others.length === 0 ? first! : others.flatMap((own) => own.map((value, j) => value - first![j]!));
    },
  };
}
