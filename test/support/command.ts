/** Runs the command `logit` in a folder of its own: the installed one as a user would, or that of src in this process. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { inject, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Folder {
  readonly path: string;
  write(name: string, content: string | Uint8Array): string;
  read(name: string): string;
  /** `logit …args` in this folder. */
  logit(args: readonly string[], input?: string): Promise<Run>;
  /** `logit train …args --json`, which must succeed. */
  train(...args: readonly string[]): Promise<TrainJson>;
}

export interface TrainJson {
  readonly rows: {
    read: number;
    used: number;
    train: number;
    holdout: number;
    dropped: { missing: number; bad: number; noTarget: number };
  };
  readonly missing: Record<string, { count: number; tokens: Record<string, number> }>;
  readonly classes: (string | number | boolean)[];
  readonly positive: string | number | boolean;
  readonly intercept: number;
  readonly coefficients: Record<string, number>;
  readonly meanLogLoss: number;
  readonly solver: {
    warmStart: { rows: number; used: boolean } | null;
    name: string;
    outcome: string;
    rule: string;
    iterations: number;
    gradientNorm: number;
  };
  readonly backend: { name: string; detail: string };
  readonly warnings: { code: string; message: string }[];
  readonly metrics: { train: Record<string, number | null>; holdout: Record<string, number | null> | null };
}

/** An empty folder and the installed command, each run of which is a process. */
export const emptyFolder = (): Folder => folderOf(mkdtempSync(join(inject('installed'), 'case-')), runCommand);

/** An empty folder and the command of src, which is faster by a process a run: for what does not depend on its being installed. */
export const folderHere = (): Folder => folderOf(mkdtempSync(join(tmpdir(), 'case-')), runHere);

function folderOf(path: string, run: typeof runHere): Folder {
  const logit = (args: readonly string[], input?: string): Promise<Run> => run(args, path, input);
  return {
    path,
    write(name, content) {
      writeFileSync(join(path, name), content);
      return name;
    },
    read: (name) => readFileSync(join(path, name), 'utf8'),
    logit,
    async train(...args) {
      const result = await logit(['train', ...args, '--json']);
      if (result.code !== 0) throw new Error(`logit train ${args.join(' ')}: exit ${result.code}\n${result.stderr}`);
      return JSON.parse(result.stdout) as TrainJson;
    },
  };
}

async function runHere(args: readonly string[], cwd: string, input = ''): Promise<Run> {
  const output = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).flatMap((name) => [
    vi.spyOn(process[name], 'on').mockReturnThis(), // what a process listens to until it ends
    vi.spyOn(process[name], 'write').mockImplementation((text, ...more) => {
      output[name] += text;
      const written = more.at(-1);
      if (typeof written === 'function') written();
      return true;
    }),
  ]);
  const stdin = vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([Buffer.from(input)]) as never);
  const before = process.cwd();
  process.chdir(cwd);
  try {
    return { code: await main(args), ...output };
  } finally {
    process.chdir(before);
    for (const spy of [...spies, stdin]) spy.mockRestore();
  }
}

const installedCommand = (): string => join(inject('installed'), 'node_modules/tfjs-logistic/dist/cli.js');

export function runCommand(
  args: readonly string[],
  cwd: string,
  input?: string,
  command = installedCommand(),
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { cwd });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (data) => {
      output.stdout += data;
    });
    child.stderr.on('data', (data) => {
      output.stderr += data;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...output }));
    child.stdin.end(input ?? '');
  });
}
