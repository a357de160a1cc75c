/**
 * The address of the page: which part is open, and what the lab stands at, in at most 2,000 characters. Rows of a file never
 * enter it. Whatever an address says is checked: it may have been written by anyone.
 */
import { batch, effect, signal } from '@preact/signals';
import { type DataPoint, point, pointsOf, type SetName, setNames } from './lab/data-sets.ts';
import * as lab from './lab/state.ts';
import type { SolverChoice } from './worker/messages.ts';

export type Part = 'story' | 'lab';

const mostCharacters = 2000;
const mostPoints = 200;

export const part = signal<Part>('story');
/** Weights that the address asks for; the lab starts there. */
export const wanted = signal<Float64Array | undefined>(undefined);

/** Reads the address and follows it; writes what changes, when nothing has changed for a while. */
export function followAddress(): void {
  read();
  addEventListener('hashchange', () => {
    part.value = location.hash.startsWith('#lab') ? 'lab' : 'story';
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const address = written();
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (location.hash.startsWith('#lab')) history.replaceState(null, '', address);
    }, 300);
  });
}

function read(): void {
  const [name, query] = location.hash.split('?');
  part.value = name === '#lab' ? 'lab' : 'story';
  const given = new URLSearchParams(query);
  const number = (key: string): number | undefined => {
    const value = Number(given.get(key) ?? Number.NaN);
    return Number.isFinite(value) ? value : undefined;
  };
  const set = setNames.find((known) => known === given.get('set'));
  batch(() => {
    lab.seed.value = Math.abs(Math.floor(number('seed') ?? 1));
    if (set) lab.setName.value = set;
    lab.points.value = parsePoints(given.get('points')) ?? pointsOf(lab.setName.value as SetName, lab.seed.value);
    const n = lab.points.value[0]!.x.length;
    lab.drawn.value = n === 1 ? [0, undefined] : [0, 1];
    lab.l2.value = Math.max(0, number('l2') ?? 0);
    if (given.has('rate')) lab.rate.value = number('rate');
    const solver = (['gd', 'lbfgs', 'newton'] as const).find((known) => known === given.get('solver'));
    if (solver) lab.solver.value = solver satisfies SolverChoice;
    if (given.get('over') === 'row' || given.get('over') === 'all')
      lab.scope.value = given.get('over') as 'row' | 'all';
    lab.chosen.value = Math.min(Math.max(0, (number('row') ?? 1) - 1), lab.points.value.length - 1);
    const theta = given.get('w')?.split(',').map(Number);
    if (theta?.length === n + 1 && theta.every(Number.isFinite)) wanted.value = Float64Array.from(theta);
  });
}

function written(): string {
  const own = lab.file.value === undefined;
  const name = lab.setName.value;
  const points = lab.points.value;
  const fields: Record<string, string> = {
    ...(own && {
      set: name,
      row: String(lab.chosen.value + 1),
      w: Array.from(lab.theta.value, (w) => String(Number(w.toPrecision(8)))).join(),
    }),
    ...(own && lab.seed.value !== 1 && { seed: String(lab.seed.value) }),
    ...(lab.l2.value > 0 && { l2: String(lab.l2.value) }),
    ...(lab.rate.value !== undefined && { rate: String(lab.rate.value) }),
    solver: lab.solver.value,
    over: lab.scope.value,
  };
  const moved = own && name !== 'file' && !same(points, pointsOf(name, lab.seed.value));
  const short = `#lab?${new URLSearchParams(fields)}`.replaceAll('%2C', ',');
  const long = `${short}&points=${points.map(({ x, y }) => [y, ...x].join('_')).join(',')}`;
  return moved && long.length <= mostCharacters ? long : short;
}

function same(a: readonly DataPoint[], b: readonly DataPoint[]): boolean {
  return a.length === b.length && a.every(({ x, y }, i) => y === b[i]!.y && x.every((v, j) => v === b[i]!.x[j]));
}

/** 1_0.5_-1.2,0_2_3: the class and the features of each row; undefined where it is anything else. */
function parsePoints(text: string | null): readonly DataPoint[] | undefined {
  if (text === null) return undefined;
  const rows = text.split(',').map((row) => row.split('_').map(Number));
  const n = rows[0]!.length;
  const fine = rows.every(
    (row) => row.length === n && row.every((v) => Math.abs(v) <= 1e6) && (row[0] === 0 || row[0] === 1),
  );
  if (!fine || n < 2 || n > 3 || rows.length > mostPoints) return undefined;
  return rows.map(([y, ...x]) => point(y as 0 | 1, ...x));
}
