/**
 * Packs the library as npm would publish it and installs the tarball into an empty folder, once for all tests of
 * test/package: what is tested there is what a user gets. TensorFlow.js, an optional peer, is installed beside it;
 * install.test.ts does without. The folder's name has a space and an é on purpose.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which the packed library is installed, with TensorFlow.js. */
    installed: string;
    /** The packed library. */
    tarball: string;
  }
}

export function setup(project: TestProject): () => void {
  if (!existsSync('dist/index.js')) throw new Error('dist is not built: run npm run build');
  const root = mkdtempSync(join(tmpdir(), 'tfjs-logistic-installed-'));
  const [packed] = JSON.parse(
    npm(['pack', '--ignore-scripts', '--json', '--pack-destination', root], process.cwd()),
  ) as [{ filename: string }];
  const tarball = join(root, packed.filename);
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const folder = join(root, 'a café');
  installInto(folder, [tarball, `@tensorflow/tfjs@${devDependencies['@tensorflow/tfjs']}`]);
  project.provide('tarball', tarball);
  project.provide('installed', folder);
  return () => rmSync(root, { recursive: true, force: true });
}

/** A new folder with an empty package of modules, and packages installed into it. */
export function installInto(folder: string, packages: readonly string[]): void {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages], folder);
}

/** Runs npm and returns what it prints; by its script where npm runs the tests, since Windows cannot spawn `npm` itself. */
export function npm(args: readonly string[], cwd: string): string {
  const script = process.env.npm_execpath;
  const [command, first] = script?.endsWith('.js') ? [process.execPath, [script]] : ['npm', []];
  return execFileSync(command, [...first, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
