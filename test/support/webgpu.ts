/** WebGPU as tests of it take it, or the reason why they are skipped. */
import { loadWebgpu } from '../../src/backends/load.ts';

/**
 * Why WebGPU cannot be tested in this process, undefined where it can. On Linux the project brings an adapter
 * (software-gpu.ts), so that continuous integration may not do without.
 */
export const whyNoGpu: string | undefined = await (async () => {
  const adapter = await (await loadWebgpu()).requestAdapter();
  if (adapter !== null) return undefined;
  const reason = 'this process finds no WebGPU adapter';
  if (process.env.CI && process.platform === 'linux') throw new Error(reason);
  process.stderr.write(`webgpu is not tested: ${reason}\n`);
  return reason;
})();
