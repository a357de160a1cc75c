/** `logit doctor` and `logit bench`, from the packed library, with and without the packages of backends. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { emptyFolder, runCommand } from '../support/command.ts';

interface Health {
  readonly name: string;
  readonly available: boolean;
  readonly reason: string | null;
  readonly probe: { readonly ok: boolean; readonly error: number | null };
}

test('doctor --json: what is installed works, what is not says what to install', async () => {
  const { code, stdout } = await emptyFolder().logit(['doctor', '--json']);
  expect(code).toBe(0);
  const { node, platform, backends, ...more } = JSON.parse(stdout);
  expect(more).toEqual({});
  expect([node, platform]).toEqual([process.versions.node, `${process.platform} ${process.arch}`]);
  const by = (name: string): Health => backends.find((backend: Health) => backend.name === name);
  for (const name of ['cpu', 'tfjs-cpu', 'reference']) {
    expect(by(name)).toMatchObject({ available: true, reason: null, probe: { ok: true } });
    expect(by(name).probe.error).toBeLessThan(1e-12);
  }
  expect(by('wasm')).toEqual({
    ...{ name: 'wasm', available: false, version: null, device: null, precision: null },
    reason:
      'the backend wasm needs the package @tensorflow/tfjs-backend-wasm; npm install @tensorflow/tfjs-backend-wasm',
    probe: { ok: false, error: null },
  });
});

test('doctor: a package that is broken or takes its process down is a reason, not the end', async () => {
  const folder = mkdtempSync(join(dirname(inject('installed')), 'broken-'));
  const installed = join(inject('installed'), 'node_modules');
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(installed).filter((name) => !name.startsWith('@') && !name.startsWith('.'))) {
    const [from, to] = [join(installed, name), join(folder, 'node_modules', name)];
    if (name === 'tfjs-logistic') cpSync(from, to, { recursive: true });
    else symlinkSync(from, to, 'junction');
  }
  const fake = (name: string, script: string): void => {
    const path = join(folder, 'node_modules', '@tensorflow', name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'package.json'), '{ "version": "4.22.0", "main": "index.cjs" }');
    writeFileSync(join(path, 'index.cjs'), script);
  };
  fake('tfjs', 'exports.version_core = "4.22.0";');
  fake('tfjs-backend-wasm', 'process.kill(process.pid, "SIGILL");');
  const cli = join(folder, 'node_modules', 'tfjs-logistic', 'dist', 'cli.js');
  const { code, stdout } = await runCommand(['doctor'], folder, '', cli);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^cpu +works/m);
  expect(stdout).toMatch(/^tfjs-cpu +absent .*is not a function$/m);
  expect(stdout).toMatch(/^wasm +absent .*its process ended with SIGILL$/m);
});

test('bench --json on a small problem: the documented fields, an absent backend as a row, and the page', async () => {
  const args = ['bench', '--rows', '300', '--features', '3', '--classes', '3', '--backends', 'cpu,wasm', '--json'];
  const folder = emptyFolder();
  const { code, stdout, stderr } = await folder.logit([...args, '--report', 'bench.html']);
  expect([code, stderr]).toEqual([0, 'Saved bench.html.\n']);
  expect(folder.read('bench.html')).toMatch(/^<!doctype html>[\s\S]*<svg[\s\S]*<\/html>\n$/);
  const { machine, problem, results } = JSON.parse(stdout);
  expect(machine).toMatchObject({ node: process.version });
  expect(problem).toMatchObject({ rows: 300, features: 3, classes: 3 });
  const [cpu, wasm] = results;
  expect(cpu).toMatchObject({ backend: 'cpu', kernel: 'fused', available: true, reason: null });
  for (const name of ['startupMs', 'uploadMs', 'firstMs', 'medianMs', 'rowsPerSecond', 'gigabytesPerSecond']) {
    expect(cpu[name], name).toBeGreaterThan(0);
  }
  expect(cpu.gradientError).toBeLessThan(64 * 2 ** -24);
  expect(wasm).toMatchObject({ backend: 'wasm', kernel: 'portable', available: false, device: null, medianMs: null });
  expect(wasm.reason).toContain('npm install @tensorflow/tfjs-backend-wasm');
});

test.each([
  [['bench', '--backends', 'cpuu'], /^logit: --backends should be among cpu, .*, found "cpuu"; did you mean cpu\?\n$/],
  [['bench', '--rows', '1.5'], /^logit: --rows should be a whole number from 10 to 2147483647, found 1.5\n$/],
  [['bench', '--backend', 'cpu'], /^logit: unknown option '--backend' \(Did you mean --backends\?\)\n$/],
  [['docter'], /^logit: unknown command 'docter' \(Did you mean doctor\?\)\n$/],
])('%j is a mistake of one line', async (args, message) => {
  const { code, stdout, stderr } = await emptyFolder().logit(args);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(message);
});
