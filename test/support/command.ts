/** Runs the installed command `logit` as a user would, in a folder of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';

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

export function emptyFolder(): Folder {
  const path = mkdtempSync(join(inject('installed'), 'case-'));
  const run = (args: readonly string[], input?: string): Promise<Run> => runCommand(args, path, input);
  return {
    path,
    write(name, content) {
      writeFileSync(join(path, name), content);
      return name;
    },
    read: (name) => readFileSync(join(path, name), 'utf8'),
    logit: run,
    async train(...args) {
      const result = await run(['train', ...args, '--json']);
      if (result.code !== 0) throw new Error(`logit train ${args.join(' ')}: exit ${result.code}\n${result.stderr}`);
      return JSON.parse(result.stdout) as TrainJson;
    },
  };
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
