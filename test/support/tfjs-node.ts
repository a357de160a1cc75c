/** Native TensorFlow as tests take it, or the reason why they are skipped. */
import { loadTfjsNode } from '../../src/backends/tfjs-node.ts';

/**
 * Why tfjs-node cannot be tested in this process, undefined where it can. On Linux (x64) .ci/tfjs-node.sh installs it, so
 * that continuous integration may not do without.
 */
export const whyNoTfjsNode: string | undefined = await loadTfjsNode().then(
  () => undefined,
  ({ message }: Error) => {
    if (process.env.CI && process.platform === 'linux' && process.arch === 'x64') throw new Error(message);
    process.stderr.write(`node is not tested: ${message}\n`);
    return message;
  },
);
