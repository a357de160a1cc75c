/**
 * Every backend's health, each probed in a process of its own with a time limit: one that is missing, broken, crashes
 * or hangs is unavailable, with the reason, and ends nothing else.
 */
import type { ChildProcess } from 'node:child_process';
import { compileKernels } from '../backends/cpu/kernels.ts';
import { backends } from '../backends/registry.ts';
import type { BackendHealth, ProbedBackend } from './probe.ts';
import { converse, startNode } from './process.ts';

export interface DoctorReport {
  /** Version of Node. */
  readonly node: string;
  /** Operating system and processor architecture. */
  readonly platform: string;
  readonly backends: readonly BackendHealth[];
}

export interface DoctorOptions {
  /** Seconds that a backend may take to load, compile and fit 8 rows. */
  readonly limitSeconds?: number;
  readonly signal?: AbortSignal;
  /** Starts the process in which a backend is probed. */
  readonly start?: (name: ProbedBackend) => ChildProcess;
}

export async function examine({
  limitSeconds = 30,
  signal,
  start = (name) => startNode(['probe', name]),
}: DoctorOptions = {}): Promise<DoctorReport> {
  const names = Object.keys(backends) as ProbedBackend[];
  const probeInProcess = async (name: ProbedBackend): Promise<BackendHealth> => {
    const { opened, close } = await converse<BackendHealth>(start(name), { openSeconds: limitSeconds, signal });
    await close();
    return 'failed' in opened ? unavailable(name, opened.failed) : opened;
  };
  return {
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    backends: await Promise.all(names.map(probeInProcess)),
  };
}

/** Whether the kernels of `cpu` run here. */
export const hasSimd = async (): Promise<boolean> => (await compileKernels()) !== undefined;

function unavailable(name: ProbedBackend, reason: string): BackendHealth {
  const nothing = { version: null, device: null, precision: null, probe: { ok: false, error: null } };
  return { name, available: false, reason, ...nothing };
}
