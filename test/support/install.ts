/**
 * Packs the library as npm would publish it and installs the tarball into an empty folder, once for all
 * tests: what is tested there is what a user gets. The folder's name has a space and an é on purpose.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder in which the packed library is installed. */
    installed: string;
  }
}

export function setup(project: TestProject): () => void {
  const root = mkdtempSync(join(tmpdir(), 'tfjs-logistic-installed-'));
  const folder = join(root, 'a café');
  mkdirSync(folder);
  const run = (args: string[], cwd: string): string =>
    execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const [packed] = JSON.parse(
    run(['pack', '--ignore-scripts', '--json', '--pack-destination', root], process.cwd()),
  ) as [{ filename: string }];
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true, type: 'module' }));
  run(['install', '--no-audit', '--no-fund', '--prefer-offline', join(root, packed.filename)], folder);
  project.provide('installed', folder);
  return () => rmSync(root, { recursive: true, force: true });
}
