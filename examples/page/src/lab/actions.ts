/** What changes the lab: rows placed anew, steps taken and taken back, training. Sums over rows are the worker's. */
import { batch } from '@preact/signals';
import { LogisticError } from '../../../../src/errors.ts';
import { loadBeside } from '../beside/load.ts';
import { call, type Running } from '../worker/client.ts';
import type { Rows, Step } from '../worker/messages.ts';
import { type DataPoint, pointsOf, type SetName, setNotes } from './data-sets.ts';
import { short } from './numbers.ts';
import * as lab from './state.ts';

/** Steps that the scrubber holds; a longer path is cut off and says so. */
const mostIterations = 5000;

/** Rows as the worker takes them. */
export function rowsNow(): Rows {
  const own = lab.file.value;
  if (own !== undefined) return own;
  const points = lab.points.value;
  const n = points[0]?.x.length ?? 2;
  const x = Array.from({ length: n }, (_, j) => Float64Array.from(points, (p) => p.x[j]!));
  return { kind: 'points', x, y: Uint8Array.from(points, (p) => p.y) };
}

let placing: Promise<void> | undefined;
let again = false;

/** Places the rows as they are now and starts a new history at `from`; while one placing runs, only the last one asked for waits. */
async function placeRows(from: () => Float64Array, by: 'start' | 'edit'): Promise<void> {
  again = true;
  placing ??= (async () => {
    try {
      while (again) {
        again = false;
        const placed = await call('place', [rowsNow(), lab.backend.value]);
        const start = from();
        const first = await call('evaluate', [start, lab.l2.value]);
        if (again) continue;
        batch(() => {
          lab.placed.value = placed;
          lab.outcome.value = undefined;
          lab.steps.value = [{ ...first, by }];
          lab.at.value = 0;
        });
      }
    } finally {
      placing = undefined;
    }
  })();
  await placing;
}

/** Does something that may fail by a mistake; says which. */
export async function attempt(what: string, work: () => Running<unknown> | Promise<unknown>): Promise<void> {
  lab.problem.value = undefined;
  const running = work();
  lab.busy.value = { what, stop: () => ('stop' in running ? running.stop() : undefined) };
  try {
    await running;
  } catch (error) {
    if ((error as Error).message?.includes('AbortError') === true) say('Stopped.');
    else lab.problem.value = sentenceOf(error);
  } finally {
    lab.busy.value = undefined;
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof LogisticError) return error.hint ? `${error.message}: ${error.hint}` : error.message;
  return String(error);
}

export function say(sentence: string): void {
  lab.said.value = sentence;
}

/** The start of each set: the example's is that of docs/derivation.md, other drawn sets begin with a line that is wrong, all else at 0. */
function startOf(name: SetName | 'file', n: number): Float64Array {
  if (name === 'example') return Float64Array.of(0.5, -0.25, 0.1);
  return name === 'file' || n !== 2 ? new Float64Array(n + 1) : Float64Array.of(-0.5, 0.9, 0.3);
}

/** Places the rows that an address or the page itself starts with. */
export function begin(theta: Float64Array | undefined): Promise<void> {
  const start = theta ?? startOf(lab.setName.value, lab.points.value[0]!.x.length);
  return attempt('placing the rows', () => placeRows(() => start, 'start'));
}

export async function chooseSet(name: SetName): Promise<void> {
  const example = name === 'example';
  batch(() => {
    // The derivation takes one step of rate 0.1 over one row; elsewhere a step is over all rows, of rate 1/L.
    lab.scope.value = example ? 'row' : 'all';
    lab.rate.value = example ? 0.1 : undefined;
    lab.file.value = undefined;
    lab.setName.value = name;
    lab.points.value = pointsOf(name, lab.seed.value);
    lab.drawn.value = lab.points.value[0]!.x.length === 1 ? [0, undefined] : [0, 1];
    lab.placed.value = undefined;
    restart();
  });
  say(setNotes[name]);
  await attempt('placing the rows', () => placeRows(() => startOf(name, lab.points.value[0]!.x.length), 'start'));
}

function restart(): void {
  lab.chosen.value = 0;
  lab.stage.value = -1;
  lab.steps.value = [];
  lab.at.value = 0;
}

/** A file whose columns were chosen. */
export async function chooseFile(own: Extract<Rows, { kind: 'file' }>): Promise<void> {
  await attempt(`reading ${own.file.name}`, async () => {
    const placed = await call('place', [own, lab.backend.value]);
    const start = new Float64Array(placed.features.length + 1);
    const first = await call('evaluate', [start, lab.l2.value]);
    batch(() => {
      restart();
      lab.file.value = own;
      lab.setName.value = 'file';
      lab.placed.value = placed;
      lab.outcome.value = undefined;
      lab.points.value = Array.from(placed.y, (y, i) => ({
        y: y as 0 | 1,
        x: Float64Array.from(placed.x, (column) => column[i]!),
      }));
      lab.drawn.value = placed.features.length === 1 ? [0, undefined] : [0, 1];
      lab.steps.value = [{ ...first, by: 'start' }];
    });
    say(
      `${own.file.name}: ${placed.rows} rows, ${placed.features.length} features, ${placed.classes[1]} against ${placed.classes[0]}.`,
    );
  });
}

/** Points that were added, moved, flipped or deleted: the weights stay, the history begins anew. */
export function editPoints(points: readonly DataPoint[], chosen = lab.chosen.value): void {
  const theta = lab.theta.value;
  batch(() => {
    lab.points.value = points;
    lab.chosen.value = Math.max(0, Math.min(chosen, points.length - 1));
    lab.stage.value = -1;
  });
  void placeRows(() => theta, 'edit').catch((error) => {
    lab.problem.value = sentenceOf(error);
  });
}

/** Puts another point, or none, in the place of one. */
export function replace(index: number, point: DataPoint | undefined): void {
  const points = lab.points.value;
  if (point === undefined && points.length === 1) return;
  editPoints(
    points.flatMap((other, i) => (i === index ? (point ? [point] : []) : [other])),
    index,
  );
}

export function flip(index: number): void {
  const point = lab.points.value[index]!;
  replace(index, { ...point, y: point.y === 1 ? 0 : 1 });
}

/** New steps after the one that is shown; those that came after it are given up. */
function append(more: readonly Step[], by: lab.PathStep['by']): void {
  batch(() => {
    lab.steps.value = [...lab.steps.value.slice(0, lab.at.value + 1), ...more.map((step) => ({ ...step, by }))];
    lab.at.value = lab.steps.value.length - 1;
    lab.stage.value = -1;
  });
}

export async function update(): Promise<void> {
  const { theta, l2, rate, scope, row } = lab;
  await attempt('updating', async () => {
    const before = theta.value;
    const one = scope.value === 'row' ? row.value : undefined;
    const step = await call('update', [{ from: before, l2: l2.value, learningRate: rate.value, row: one }]);
    lab.outcome.value = undefined;
    append([step], 'update');
    say(`Updated. The loss is ${short(step.value)}; weights ${Array.from(step.theta, short).join(', ')}.`);
  });
}

/** One step back: the pass over the graph, and before it the last update. */
export function stepBack(): void {
  if (lab.stage.value >= 0) lab.stage.value--;
  else if (lab.at.value > 0) {
    lab.at.value--;
    say(`Back at step ${lab.at.value}. The loss is ${short(lab.step.value!.value)}.`);
  }
}

export async function train(): Promise<void> {
  const { theta, l2, rate, solver } = lab;
  const by = solver.value;
  const learningRate = by === 'gd' ? rate.value : undefined;
  const maxIterations = by === 'gd' ? mostIterations : 500;
  lab.outcome.value = undefined;
  await attempt('training', () => {
    const request = { solver: by, from: theta.value, l2: l2.value, maxIterations, learningRate };
    const running = call('train', [request], (steps) => append(steps, by));
    const ended = running.then((trained) => {
      lab.outcome.value = trained;
      say(`Training ended after ${trained.iterations} iterations: ${trained.outcome}. ${trained.rule}.`);
    });
    return Object.assign(ended, { stop: running.stop });
  });
}

export function goTo(index: number): void {
  batch(() => {
    lab.at.value = Math.max(0, Math.min(index, lab.steps.value.length - 1));
    lab.stage.value = -1;
  });
}

/** Weights set by hand, or back to the start. */
export async function setTheta(theta: Float64Array): Promise<void> {
  const first = await call('evaluate', [theta, lab.l2.value]);
  batch(() => {
    lab.steps.value = [{ ...first, by: 'start' }];
    lab.at.value = 0;
    lab.stage.value = -1;
    lab.outcome.value = undefined;
  });
}

export function reset(): Promise<void> {
  return setTheta(startOf(lab.setName.value, lab.features.value.length));
}

export async function setPenalty(l2: number): Promise<void> {
  lab.l2.value = l2;
  await setTheta(lab.theta.value);
}

/** The same rows on another backend; the weights stay. */
export async function setBackend(name: typeof lab.backend.value): Promise<void> {
  const theta = lab.theta.value;
  const before = lab.backend.value;
  lab.backend.value = name;
  await attempt('placing the rows', async () => {
    try {
      if (name === 'wasm') await loadBeside('tensorflow');
      await placeRows(() => theta, 'start');
      say(`Sums on ${lab.placed.value?.backend}.`);
    } catch (error) {
      lab.backend.value = before;
      throw error;
    }
  });
}
