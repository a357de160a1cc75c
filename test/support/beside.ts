/** A folder with the packed library and packages of this checkout beside it, which its own folder lacks. */
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { inject } from 'vitest';

export function installedBeside(packages: readonly string[]): string {
  const folder = mkdtempSync(join(dirname(inject('installed')), 'beside-'));
  const filter = (path: string): boolean => !/[\\/](@tensorflow|@duckdb)$/.test(path);
  cpSync(join(inject('installed'), 'node_modules'), join(folder, 'node_modules'), { recursive: true, filter });
  for (const name of packages) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve('node_modules', name), link, 'junction');
  }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'beside', private: true, type: 'module' }));
  return folder;
}
