/**
 * Compiles the AssemblyScript kernels and writes them, as base64, into the TypeScript module that the
 * library imports: so they load from any bundler, folder and module system without a file to find.
 * The result is committed; test/backends/cpu/build.test.ts fails where it differs from its sources.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = 'src/backends/cpu/assembly';
const target = new URL('src/backends/cpu/kernels.generated.ts', import.meta.url);

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

/** The text of the generated module. */
export async function generateModule(): Promise<string> {
  const base64 = Buffer.from(await compileEntry('index.ts')).toString('base64');
  return `// Made by build-kernels.ts from ${folder}. Do not edit.\nexport const kernelsBase64 =\n  '${base64}';\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(target, await generateModule());
