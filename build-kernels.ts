/**
 * Compiles the AssemblyScript kernels and bundles the workers' scripts, and writes both as text into
 * TypeScript modules that the library imports: so they load from any bundler, folder and module system
 * without a file to find. The results are committed; test/backends/cpu/build.test.ts fails where they
 * differ from their sources.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';

const kernelsEntry = 'src/backends/cpu/assembly/index.ts';
const textEntry = 'src/text/assembly/index.ts';
const workerEntry = 'src/backends/cpu/worker.ts';
const textWorkerEntry = 'src/text/worker.ts';
const sumEntry = 'src/bench/assembly/sum.ts';

/** The WebAssembly module of one entry file. */
export async function compileEntry(entry: string): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      entry,
      ...['--baseDir', fileURLToPath(new URL('.', import.meta.url))],
      ...['-O3', '--converge', '--noAssert', '--enable', 'simd', '--runtime', 'stub'],
      ...['--importMemory', '--initialMemory', '0', '--outFile', 'kernels.wasm'],
    ],
    {
      writeFile(name, contents) {
        if (name.endsWith('.wasm')) binary = contents as Uint8Array;
      },
    },
  );
  if (error || !binary) throw new Error(`AssemblyScript could not compile ${entry}\n${stderr.toString()}`);
  return binary;
}

async function generateModule(entry: string, name: string): Promise<string> {
  const base64 = Buffer.from(await compileEntry(entry)).toString('base64');
  return `// Made by build-kernels.ts from ${entry}. Do not edit.\nexport const ${name} =\n  '${base64}';\n`;
}

/** One script without imports, written for a browser's worker; runtime/node.ts runs it in Node. */
async function generateWorker(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    ...{
      bundle: true,
      minify: true,
      write: false,
      format: 'iife',
      platform: 'browser',
      target: 'es2022',
      charset: 'ascii',
    },
  });
  const text = JSON.stringify(outputFiles[0]!.text.trim());
  return `// Made by build-kernels.ts from ${entry}. Do not edit.\nexport const workerSource =\n  ${text};\n`;
}

/** What gives the text of each generated file. */
export const generated: Readonly<Record<string, () => Promise<string>>> = {
  'src/backends/cpu/kernels.generated.ts': () => generateModule(kernelsEntry, 'kernelsBase64'),
  'src/backends/cpu/worker.generated.ts': () => generateWorker(workerEntry),
  'src/text/kernel.generated.ts': () => generateModule(textEntry, 'textKernelBase64'),
  'src/text/worker.generated.ts': () => generateWorker(textWorkerEntry),
  'src/bench/sum.generated.ts': () => generateModule(sumEntry, 'sumBase64'),
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, generate] of Object.entries(generated))
    await writeFile(new URL(path, import.meta.url), await generate());
}
