/**
 * Native TensorFlow, by the package tfjs-node, which only Node loads: tried in a process of its own first, since a
 * library that is broken or a processor without its instructions would end this one. It leaves the process as it was:
 * `util`, the environment, the globals, and TensorFlow.js's active backend. It runs no op here.
 */
import { runtime } from '#runtime';
import { LogisticError } from '../errors.ts';
import { asMissing, loadTensorFlow } from './load.ts';
import type { TensorFlow } from './portable.ts';

const name = '@tensorflow/tfjs-node';
const trialSeconds = 20;

/** TensorFlow.js with its backend `tensorflow` registered. Throws LogisticError 'backend-missing' or 'backend-unavailable'. */
export async function loadTfjsNode(): Promise<TensorFlow> {
  const tf = await loadTensorFlow();
  try {
    await trial();
  } catch (error) {
    throw asMissing(error, name, 'the backend node needs');
  }
  await tf.ready(); // the application's own backend, or native TensorFlow would be taken for its default
  const active = tf.getBackend();
  const restoreLogLevel = setLogLevel();
  try {
    return runtime.requireInstalled(name, { util: oldUtil, './proto/api_pb': onDemand }) as TensorFlow;
  } finally {
    restoreLogLevel();
    void tf.setBackend(active); // switches before its first await, since the backend is initialised
  }
}

let reason: Promise<string | undefined> | undefined;

/** Once in the life of this process. */
async function trial(): Promise<void> {
  const folder = runtime.folderOf(name);
  reason ??=
    folder === undefined ? Promise.resolve('only Node can load it') : runtime.tryScript(script(folder), trialSeconds);
  const why = await reason;
  if (why === undefined) return;
  throw new LogisticError('backend-unavailable', `the package ${name} does not work here: ${why}`, {
    hint: `npm rebuild ${name} --build-addon-from-source, or choose another backend`,
  });
}

/** In a process of its own it may change what it likes. */
const script = (folder: string): string => `
  process.env.TF_CPP_MIN_LOG_LEVEL = '3';
  Object.assign(require('util'), { isNullOrUndefined: (value) => value == null, isArray: Array.isArray });
  const tf = require(${JSON.stringify(folder)});
  const [two] = tf.matMul(tf.ones([1, 2]), tf.ones([2, 1])).dataSync();
  if (two !== 2) throw new Error('it computes 1 + 1 = ' + two);`;

/** tfjs-node 4.22 calls util.isNullOrUndefined, gone since Node 23, and util.isArray, deprecated: it alone gets them. */
const oldUtil = (load: () => object): object =>
  Object.create(load(), {
    isNullOrUndefined: { value: (value: unknown) => value === null || value === undefined },
    isArray: { value: Array.isArray },
  });

/** Its protocol buffers, which make a global `proto` as they load: saved models alone need them. */
const onDemand = (load: () => object): object => new Proxy({}, { get: (_, key) => Reflect.get(load(), key) });

/** TensorFlow reads it as it loads. Gives a way to put the former one back. */
function setLogLevel(): () => void {
  const variable = 'TF_CPP_MIN_LOG_LEVEL';
  if (process.env[variable] !== undefined) return () => {};
  process.env[variable] = '3';
  return () => {
    delete process.env[variable];
  };
}
