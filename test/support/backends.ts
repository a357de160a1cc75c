/** The backends that tests of whole fits go through: all that run here, `cpu` under the name `auto`, `tfjs` under those of its backends. */
import { type BackendName, backendNames } from '../../src/backends/names.ts';
import { whyNoTfjsNode } from './tfjs-node.ts';
import { whyNoGpu } from './webgpu.ts';

const absent: ReadonlySet<BackendName> = new Set([
  ...(whyNoGpu === undefined ? [] : (['webgpu'] as const)),
  ...(whyNoTfjsNode === undefined ? [] : (['node'] as const)),
]);

export const backendsHere: readonly BackendName[] = backendNames.filter(
  (name) => name !== 'cpu' && name !== 'tfjs' && !absent.has(name),
);
