/**
 * What a caller may hand to the TensorFlow.js kernel, checked before it runs: five tensors of the backend it runs on,
 * float32, whose shapes belong together. It reads no number of theirs and knows no formula.
 */
import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import { LogisticError } from '../errors.ts';

/** The inputs by the names of docs/architecture.md's symbol table, as the kernel is given them. */
export interface KernelInputs {
  /** X [n, m], feature-major. */
  readonly x: TensorInfo;
  /** Y [m] or [1, m], 0 or 1. */
  readonly y: TensorInfo;
  /** W [n, 1] */
  readonly w: TensorInfo;
  /** b, one number of any rank. */
  readonly b: TensorInfo;
  /** s [m] or [1, m], ≥ 0; absent: all 1. */
  readonly weights?: TensorInfo | undefined;
}

const expected = {
  x: 'features by rows, [n, m] with m > 0',
  y: 'one label a row, [m] or [1, m]',
  w: 'one weight a feature, [n, 1]',
  b: 'one number',
  weights: 'one weight a row, [m] or [1, m]',
} as const;

type Name = keyof typeof expected;
const names = Object.keys(expected) as Name[];

/** A backend of TensorFlow.js, and whether it holds the numbers of an input. */
export interface KernelBackend {
  readonly name: string;
  has(dataId: object): boolean;
}

/**
 * n and m. Throws LogisticError 'not-a-tensor', 'disposed', 'wrong-backend', 'bad-dtype' or 'bad-shape',
 * for the first input that is wrong.
 */
export function checkInputs(inputs: KernelInputs, backend: KernelBackend): { n: number; m: number } {
  for (const name of names) {
    const input = inputs[name];
    if (name !== 'weights' || input !== undefined) checkTensor(name, input, backend);
  }
  const [n, m = 0] = inputs.x.shape as [number, number?];
  if (inputs.x.shape.length !== 2 || m === 0) throw badShape('x', inputs.x.shape);
  const fits: Record<Name, (shape: number[]) => boolean> = {
    x: () => true,
    y: (shape) => isRow(shape, m),
    w: (shape) => shape.length === 2 && shape[0] === n && shape[1] === 1,
    b: (shape) => shape.every((length) => length === 1),
    weights: (shape) => isRow(shape, m),
  };
  for (const name of names) {
    const shape = inputs[name]?.shape;
    if (shape !== undefined && !fits[name](shape)) throw badShape(name, shape, ` beside x [${n},${m}]`);
  }
  return { n, m };
}

function checkTensor(name: Name, input: Partial<TensorInfo> | undefined, backend: KernelBackend): void {
  if (typeof input?.dataId !== 'object' || !Array.isArray(input.shape)) {
    throw new LogisticError('not-a-tensor', `${name} is not a tensor: expected ${expected[name]}`, {
      hint: 'make it with tf.tensor',
    });
  }
  if ((input as Partial<Tensor>).isDisposed === true) {
    throw new LogisticError('disposed', `${name} has been disposed of`);
  }
  if (!backend.has(input.dataId)) {
    throw new LogisticError('wrong-backend', `${name} does not lie on TensorFlow.js's ${backend.name} backend`, {
      hint: `make it after await tf.setBackend('${backend.name}')`,
    });
  }
  if (input.dtype !== 'float32') {
    throw new LogisticError('bad-dtype', `${name} is ${input.dtype}: expected float32`, {
      hint: `tf.cast(${name}, 'float32')`,
    });
  }
}

function isRow(shape: number[], m: number): boolean {
  return shape.at(-1) === m && (shape.length === 1 || (shape.length === 2 && shape[0] === 1));
}

function badShape(name: Name, shape: number[], beside = ''): LogisticError {
  return new LogisticError('bad-shape', `${name} is [${shape}]${beside}: expected ${expected[name]}`, {
    hint: 'X is feature-major: tf.transpose turns rows by features into features by rows',
    details: { input: name, shape },
  });
}
