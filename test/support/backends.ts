/** The backends that tests of whole fits go through: all that run here, `cpu` under the name `auto`. */
import { type BackendName, backendNames } from '../../src/backends/names.ts';
import { whyNoGpu } from './webgpu.ts';

export const backendsHere: readonly BackendName[] = backendNames.filter(
  (name) => name !== 'cpu' && !(name === 'webgpu' && whyNoGpu !== undefined),
);
