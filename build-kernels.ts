/**
 * Compiles the AssemblyScript kernels and bundles the worker's script, and writes both as text into
 * TypeScript modules that the library imports: so they load from any bundler, folder and module system
 * without a file to find. The results are committed; test/backends/cpu/build.test.ts fails where they
 * differ from their sources.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';

const folder = 'src/backends/cpu/assembly';
const workerEntry = 'src/backends/cpu/worker.ts';

/** The WebAssembly module of one entry file in the kernels' folder. */
export async function compileEntry(entry: string): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      `${folder}/${entry}`,
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

/** The text of kernels.generated.ts. */
export async function generateKernels(): Promise<string> {
  const base64 = Buffer.from(await compileEntry('index.ts')).toString('base64');
  return `// Made by build-kernels.ts from ${folder}. Do not edit.\nexport const kernelsBase64 =\n  '${base64}';\n`;
}

/** The text of worker.generated.ts: one script without imports, which Node and browsers run alike. */
export async function generateWorker(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(workerEntry, import.meta.url))],
    ...{
      bundle: true,
      minify: true,
      write: false,
      format: 'iife',
      platform: 'node',
      target: 'es2022',
      charset: 'ascii',
    },
  });
  const text = JSON.stringify(outputFiles[0]!.text.trim());
  return `// Made by build-kernels.ts from ${workerEntry}. Do not edit.\nexport const workerSource =\n  ${text};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const write = (name: string, text: string): Promise<void> =>
    writeFile(new URL(`src/backends/cpu/${name}`, import.meta.url), text);
  await write('kernels.generated.ts', await generateKernels());
  await write('worker.generated.ts', await generateWorker());
}
