/** `logit doctor`: which backends work here, what each runs on, and what the others need. */
import { availableParallelism, cpus } from 'node:os';
import { type DoctorReport, examine, hasSimd } from '../bench/doctor.ts';
import { LogisticError } from '../node.ts';
import { printJson, printText } from './output.ts';
import { createProgress } from './progress.ts';
import { table } from './table.ts';

export async function doctor({ json }: { readonly json?: boolean }, signal: AbortSignal): Promise<void> {
  const { stop } = createProgress('probing backends');
  const report = await examine({ signal }).finally(stop);
  await (json === true ? printJson(report) : printText(await describe(report)));
  const broken = report.backends.filter(({ available, probe }) => available && !probe.ok).map(({ name }) => name);
  if (broken.length > 0) {
    throw new LogisticError('probe-failed', `${broken.join(', ')}: computes something else than it should`, {
      hint: 'choose another --backend, and please report it',
    });
  }
}

async function describe({ node, platform, backends }: DoctorReport): Promise<string> {
  const simd = (await hasSimd()) ? 'WebAssembly SIMD' : 'no WebAssembly SIMD';
  const [titles, ...rows] = table([
    ['backend', 'state', 'version', 'precision', 'error of T8'],
    ...backends.map(({ name, available, version, precision, probe }) => [
      name,
      available ? (probe.ok ? 'works' : 'fails') : 'absent',
      version ?? '',
      precision ?? '',
      probe.error?.toExponential(0) ?? '',
    ]),
  ]).split('\n');
  return [
    `Node ${node}, ${platform}; ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} threads, ${simd}`,
    '',
    `${titles}  runs on`,
    ...backends.map(({ device, reason }, i) => `${rows[i]}  ${device ?? reason}`),
    ...backends.flatMap(({ name, device, reason }) => (device && reason ? [`${name}: ${reason}`] : [])),
    '',
  ].join('\n');
}
