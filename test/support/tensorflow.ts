/** The tfjs backends that every test of tensors runs on. */
import { loadTensorFlow, loadWasm } from '../../src/backends/load.ts';
import { createTfjsPlace } from '../../src/backends/tfjs.ts';
import type { RowPlace } from '../../src/rows/contract.ts';

export const tf = await loadTensorFlow();
tf.env().set('IS_TEST', true); // no advertisement of tfjs-node
await loadWasm();
await tf.ready();

export const tfjsNames = ['tfjs-cpu', 'wasm'] as const;
/** The name tfjs itself gives the backend. */
export const tfNameOf = { 'tfjs-cpu': 'cpu', wasm: 'wasm' } as const;
/** The float32 place alone, without the float64 rows that the registry puts beside it. */
export const openTfjs = (name: (typeof tfjsNames)[number]): Promise<RowPlace> =>
  createTfjsPlace(tf, name, tfNameOf[name]);
