/** The tfjs backends that every test of tensors runs on: those that are there. */
import { loadTensorFlow, loadWasm } from '../../src/backends/load.ts';
import { createTfjsPlace } from '../../src/backends/tfjs.ts';
import type { RowPlace } from '../../src/rows/contract.ts';
import { whyNoTfjsNode } from './tfjs-node.ts';

export const tf = await loadTensorFlow();
tf.env().set('IS_TEST', true); // no advertisement of tfjs-node
await loadWasm();
await tf.ready();

/** The name tfjs itself gives each backend. */
export const tfNameOf = { 'tfjs-cpu': 'cpu', wasm: 'wasm', node: 'tensorflow' } as const;
export type TfjsName = keyof typeof tfNameOf;
export const tfjsNames = (Object.keys(tfNameOf) as TfjsName[]).filter(
  (name) => name !== 'node' || whyNoTfjsNode === undefined,
);
/** The float32 place alone, without the float64 rows that the registry puts beside it. */
export const openTfjs = (name: TfjsName): Promise<RowPlace> => createTfjsPlace(tf, name, tfNameOf[name]);
