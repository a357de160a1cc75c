/**
 * The program of a backend's own process. Arguments: `probe` and a backend; `memory-read`; or `evaluate`, a backend and
 * the shape of a problem as JSON.
 */
import { openBackend, type TimedBackend } from './backend.ts';
import { openMemoryRead } from './memory-read.ts';
import { type ProbedBackend, probe } from './probe.ts';
import { distinctRows, generate, type ProblemShape } from './problem.ts';
import { failure, say, serve } from './serve.ts';

const [task, name, shape] = process.argv.slice(2);
if (task === 'probe') say(await probe(name as ProbedBackend).catch(failure));
else if (task === 'memory-read') await serve(openMemoryRead);
else {
  const problem = JSON.parse(shape!) as ProblemShape;
  const numbers = generate({ ...problem, rows: distinctRows(problem) });
  await serve(() => openBackend(name as TimedBackend, problem, numbers));
}
