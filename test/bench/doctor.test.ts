/** What logit doctor finds: backends that work, compute something else, are missing, crash or hang. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { version } from '../../package.json';
import { backends } from '../../src/backends/registry.ts';
import { examine } from '../../src/bench/doctor.ts';
import { type ProbedBackend, probe } from '../../src/bench/probe.ts';
import { startNode } from '../../src/bench/process.ts';

const node = (script: string) => spawn(process.execPath, ['-e', script], { stdio: 'pipe' });

test('a backend that works, in a process of its own', async () => {
  const start = (name: ProbedBackend) => (name === 'cpu' ? startNode(['probe', name]) : node(''));
  const { node: nodeVersion, platform, backends } = await examine({ start });
  expect(nodeVersion).toBe(process.versions.node);
  expect(platform).toBe(`${process.platform} ${process.arch}`);
  const { probe, device, ...cpu } = backends.find(({ name }) => name === 'cpu')!;
  expect(cpu).toEqual({ name: 'cpu', available: true, reason: null, version, precision: 'float64' });
  expect(device).toMatch(/^WebAssembly SIMD, /);
  expect(probe.ok).toBe(true);
  expect(probe.error).toBeLessThan(1e-12);
});

const absent = { available: false, version: null, device: null, precision: null, probe: { ok: false, error: null } };

test.each([
  ['says what is missing', "console.log(JSON.stringify({ failed: 'no such package' }))", 'no such package'],
  ['dies', "console.error('no AVX'); process.kill(process.pid, 'SIGILL')", 'its process ended with SIGILL | no AVX'],
  ['ends early', 'process.exit(3)', 'its process ended with exit code 3'],
  ['hangs', 'setInterval(() => {}, 1000)', 'no answer within 0.5 s'],
  ['prints and hangs', "console.log('hello'); setInterval(() => {}, 1000)", 'no answer within 0.5 s'],
])('a backend whose process %s is unavailable, with the reason', async (_, script, reason) => {
  const limitSeconds = reason.includes('within') ? 0.5 : 30;
  const { backends: found } = await examine({ start: () => node(script), limitSeconds });
  expect(found).toEqual(Object.keys(backends).map((name) => ({ name, reason, ...absent })));
});

test('a program that is not there is a reason too', async () => {
  const { backends: found } = await examine({
    start: () => spawn(join(tmpdir(), 'no such program'), { stdio: 'pipe' }),
  });
  expect(found[0]!.reason).toContain('ENOENT');
});

test('a probe ends with its signal', async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error('enough')), 50);
  await expect(examine({ start: () => node('setInterval(() => {}, 1000)'), signal: abort.signal })).rejects.toThrow(
    'enough',
  );
});

test('a backend whose sums are wrong by 64 roundings of the largest term fails, though its fit ends well', async () => {
  const { reference } = backends;
  const open = async () => {
    const place = await reference.open({ threads: 1, cells: 8 });
    const wrong: typeof place.place = async (...args) => {
      const rows = await place.place(...args);
      return {
        ...rows,
        async evaluate(...asked) {
          const sums = await rows.evaluate(...asked);
          return { ...sums, loss: sums.loss * (1 + 2 ** -42) };
        },
      };
    };
    return { ...place, place: wrong };
  };
  const health = await probe('reference', { ...reference, open });
  expect(health).toMatchObject({ name: 'reference', available: true, probe: { ok: false, error: null } });
  expect(health.reason).toMatch(/^its float64 sums are off by /);
});
