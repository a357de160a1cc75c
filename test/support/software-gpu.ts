/**
 * A GPU in software for tests of WebGPU in Node: SwiftShader, from the package @sparticuz/chromium, under the name of the
 * Vulkan loader. Processes look for that in LD_LIBRARY_PATH when they start, so vitest.config.ts sets it for its own.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** By the package's own dependency, in a process of its own since it cannot be waited for here; no `tar` is asked of the machine. */
const unpack = `
  const packed = 'node_modules/@sparticuz/chromium/bin/swiftshader.tar.br';
  const { extract } = require(require.resolve('tar-fs', { paths: ['node_modules/@sparticuz/chromium'] }));
  require('node:fs').createReadStream(packed)
    .pipe(require('node:zlib').createBrotliDecompress())
    .pipe(extract(process.argv[1], { ignore: (name) => !name.endsWith('libvk_swiftshader.so') }));
`;

/** The environment in which processes find it: unchanged where it does not run, and where TEST_GPU is `system`. */
export function softwareGpu(): { LD_LIBRARY_PATH?: string } {
  if (process.platform !== 'linux' || process.arch !== 'x64' || process.env.TEST_GPU === 'system') return {};
  const cache = resolve('node_modules/.cache/tfjs-logistic');
  const folder = join(cache, 'software-gpu');
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    const work = mkdtempSync(join(cache, 'software-gpu-'));
    execFileSync(process.execPath, ['-e', unpack, work]);
    symlinkSync('libvk_swiftshader.so', join(work, 'libvulkan.so.1'));
    try {
      renameSync(work, folder);
    } catch {
      rmSync(work, { recursive: true }); // another process was first
    }
  }
  const others = process.env.LD_LIBRARY_PATH?.split(':').filter((path) => path !== folder) ?? [];
  return { LD_LIBRARY_PATH: [folder, ...others].join(':') };
}
