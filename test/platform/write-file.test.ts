/** T08: what a path to write to may be besides a plain file. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { requireOther, writeWhole } from '../../src/platform/write-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'write-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string): string => join(folder, name);

test('a link is followed and stays one', async () => {
  writeFileSync(path('real'), 'old');
  symlinkSync('real', path('link'));
  await writeWhole(path('link'), 'new');
  expect(lstatSync(path('link')).isSymbolicLink()).toBe(true);
  expect(readFileSync(path('real'), 'utf8')).toBe('new');
});

test('a mode is kept', async () => {
  writeFileSync(path('private'), 'old');
  chmodSync(path('private'), 0o600);
  await writeWhole(path('private'), 'new');
  expect(statSync(path('private')).mode & 0o777).toBe(0o600);
});

test('a pipe is written to and stays one', async ({ skip }) => {
  skip(spawnSync('mkfifo').error !== undefined, 'there is no mkfifo to make a pipe with');
  execFileSync('mkfifo', [path('pipe')]);
  const reader = import('node:fs/promises').then(({ readFile }) => readFile(path('pipe'), 'utf8'));
  await writeWhole(path('pipe'), 'through');
  expect(await reader).toBe('through');
  expect(statSync(path('pipe')).isFIFO()).toBe(true);
});

test('an empty name, and a file that is read, are refused', async () => {
  await expect(writeWhole('', 'x')).rejects.toMatchObject({ code: 'unwritable' });
  writeFileSync(path('data'), 'x');
  symlinkSync('data', path('alias'));
  await expect(requireOther(path('alias'), [path('data')])).rejects.toMatchObject({ code: 'unwritable' });
  await requireOther(path('other'), [path('data')]);
});
