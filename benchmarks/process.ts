/** A contender's own process, in Node, Python or R: how it is started. How it is spoken with is src/bench/process.ts. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type Conversation, converse, startNode } from '../src/bench/process.ts';
import type { SessionContender, SessionMeasure } from './contender.ts';
import type { PlacedProblem } from './generate.ts';

export const python = 'benchmarks/.venv/bin/python';
const interpreters = { py: [python], R: ['Rscript', '--vanilla'] };
const openSeconds = 300;

/** numpy's OpenBLAS chooses its kernels by the processor: where a machine sets these two variables, they name slow ones. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...rest } = process.env;
  return { ...rest, PYTHONPATH: 'benchmarks/hosts', PYTHONDONTWRITEBYTECODE: '1' };
}

export function startContender(
  contender: SessionContender,
  placed: PlacedProblem,
  measure: SessionMeasure,
): Promise<Conversation> {
  return converse(launch(contender, placed, measure), { openSeconds });
}

function launch({ name, script }: SessionContender, placed: PlacedProblem, measure: SessionMeasure): ChildProcess {
  const json = JSON.stringify(placed);
  if (script === undefined) return startNode([name, json, measure], 'benchmarks/hosts/host.ts');
  const language = script.file.endsWith('.R') ? 'R' : 'py';
  const [program, ...flags] = interpreters[language];
  const options = language === 'py' ? { env: plainEnvironment() } : {}; // R's own libraries may need what is set
  return spawn(program!, [...flags, `benchmarks/contenders/${script.file}`, script.variant, json], options);
}
