/**
 * Loss, gradient and Hessian of queried rows as aggregate queries, and measures as counts. Nested selects compute every
 * number once, in the forms of math/softmax.ts that lose no digits; docs/derivation.md derives the labelled formulas.
 *
 *   z_c = w_c·x + b_c    e_c = e^(z_c − max z)    ℓ: (B18)    dz_c: (B19)    curvatures: (B20)
 */
import type { Order, Sums } from '../rows/contract.ts';
import type { Dialect } from './dialects.ts';
import { type QueriedRows, selectRows } from './queried-rows.ts';
import { inBatches, log1p, type Statement, sumOf, Writer } from './statement.ts';

/** e^−300: far below any digit of a sum, and no product of it underflows, which PostgreSQL makes an error. */
const leastExponent = -300;

const upTo = (count: number, from = 0): number[] => Array.from({ length: count - from }, (_, i) => from + i);
const named = (prefix: string, count: number, from = 0): string[] => upTo(count, from).map((i) => `${prefix}${i}`);

/** `pick(c)` of the row's own class, `otherwise` for the rest. */
const ofOwnClass = (classes: number, pick: (c: number) => string): string =>
  `case ${upTo(classes)
    .map((c) => `when y = ${c} then ${pick(c)}`)
    .join(' ')} end`;

/** x, y, s, scores z_c with z_0 = 0, and `top`, the largest of them. */
function selectScores(w: Writer, rows: QueriedRows, theta: Float64Array): string {
  const n = rows.terms.length;
  const k = rows.labels.length - 1;
  const kept = [...named('x', n), 'y', 's'];
  const scores = upTo(k).map((c) => {
    const own = theta.subarray(c * (n + 1), (c + 1) * (n + 1));
    const products = upTo(n).map((j) => `${w.number(own[j]!)} * x${j}`);
    return `${sumOf([...products, w.number(own[n]!)])} as z${c + 1}`;
  });
  const scored = `select ${[...kept, `${w.number(0)} as z0`, ...scores].join(', ')} from (${selectRows(w, rows)}) a${w.dialect.fence}`;
  const z = named('z', k + 1);
  return `select ${[...kept, ...z].join(', ')}, ${z.reduce((top, own) => `greatest(${top}, ${own})`)} as top from (${scored}) b${w.dialect.fence}`;
}

/** The same with e_c, `own` = e of the row's class, `others` = Σ e of all others, and `behind` = max z − z_y. */
function selectPowers(w: Writer, rows: QueriedRows, theta: Float64Array): string {
  const K = rows.labels.length;
  const kept = [...named('x', rows.terms.length), 'y', 's'];
  const powers = upTo(K).map((c) => `exp(greatest(z${c} - top, ${w.number(leastExponent)})) as e${c}`);
  const behind = `${ofOwnClass(K, (c) => `top - z${c}`)} as behind`;
  const raised = `select ${[...kept, behind, ...powers].join(', ')} from (${selectScores(w, rows, theta)}) c${w.dialect.fence}`;
  const own = `${ofOwnClass(K, (c) => `e${c}`)} as own`;
  const others = `${ofOwnClass(K, (c) =>
    sumOf(
      upTo(K)
        .filter((d) => d !== c)
        .map((d) => `e${d}`),
    ),
  )} as others`;
  return `select ${[...kept, 'behind', ...named('e', K), own, others].join(', ')} from (${raised}) d${w.dialect.fence}`;
}

const lossOf = `case when behind = 0 then ${log1p('others')} else behind + ln(others + own) end`;

/** s·dz_c = s·(a_c − [c = y]); the row's own class by the sum of all others, since a_c − 1 is 0 long before dz is. */
const residual = (c: number): string => `s * case when y = ${c} then -others else e${c} end / (others + own)`;

/** s·a_c·([c = d] − a_d) */
function curvature(c: number, d: number, classes: number): string {
  const factor =
    c === d
      ? sumOf(
          upTo(classes)
            .filter((other) => other !== c)
            .map((other) => `e${other}`),
        )
      : `-e${d}`;
  return `s * e${c} * ${factor} / ((others + own) * (others + own))`;
}

/** Pairs d ≤ c of score vectors, whose blocks of the Hessian are summed. */
const pairsOf = (k: number): (readonly [c: number, d: number])[] =>
  upTo(k + 1, 1).flatMap((c) => upTo(c + 1, 1).map((d) => [c, d] as const));

/** A sum of an evaluation; of a Hessian with its pair of score vectors and the column j whose c·x_j it sums products of. */
interface Summed {
  readonly sum: string;
  readonly pair?: string;
  readonly product?: string;
}

/** In the order in which readSums takes them. */
function summedBy(dialect: Dialect, n: number, k: number, order: Order): Summed[] {
  const xs = named('x', n);
  const sums: Summed[] = [{ sum: dialect.sum('l') }];
  for (const c of order >= 1 ? upTo(k + 1, 1) : []) {
    sums.push(...xs.map((x) => ({ sum: dialect.sum(`r${c} * ${x}`) })), { sum: dialect.sum(`r${c}`) });
  }
  for (const [c, d] of order === 2 ? pairsOf(k) : []) {
    const pair = `c${c}_${d}`;
    const products = upTo(n).map((j) => ({ pair, product: `${pair} * x${j} as h${c}_${d}_${j}` }));
    for (const [j, of] of products.entries()) {
      sums.push(...xs.slice(0, j + 1).map((x) => ({ ...of, sum: dialect.sum(`h${c}_${d}_${j} * ${x}`) })));
    }
    sums.push(...products.map((of, j) => ({ ...of, sum: dialect.sum(`h${c}_${d}_${j}`) })));
    sums.push({ pair, sum: dialect.sum(pair) });
  }
  return sums;
}

/** The statements of one evaluation: each begins with the count of rows and the sum of their class codes. */
export function evaluationStatements(
  dialect: Dialect,
  rows: QueriedRows,
  theta: Float64Array,
  order: Order,
): Statement[] {
  const n = rows.terms.length;
  const k = rows.labels.length - 1;
  return inBatches(summedBy(dialect, n, k, order), dialect.mostSums).map((some) => {
    const w = new Writer(dialect);
    const pairs = pairsOf(k).filter(([c, d]) => some.some(({ pair }) => pair === `c${c}_${d}`));
    const products = [...new Set(some.flatMap(({ product }) => product ?? []))];
    const columns = [
      ...named('x', n),
      'y',
      `s * (${lossOf}) as l`,
      ...(order >= 1 ? upTo(k + 1, 1).map((c) => `${residual(c)} as r${c}`) : []),
      ...pairs.map(([c, d]) => `${curvature(c, d, k + 1)} as c${c}_${d}`),
    ];
    const inner = `select ${columns.join(', ')} from (${selectPowers(w, rows, theta)}) f${dialect.fence}`;
    const carried = `select ${['*', ...products].join(', ')} from (${inner}) g${dialect.fence}`;
    const sums = ['count(*)', 'sum(y)', ...some.map(({ sum }) => sum)];
    return w.statement(`select ${sums.join(', ')} from (${products.length > 0 ? carried : inner}) v`);
  });
}

/** Queries that a Hessian takes. */
export function hessianQueries(dialect: Dialect, n: number, k: number): number {
  return Math.ceil((1 + k * (n + 1) + (pairsOf(k).length * (n + 1) * (n + 2)) / 2) / dialect.mostSums);
}

/** The sums of an evaluation from the answers to its statements, less the two guards that each begins with. */
export function readSums(answers: readonly (readonly unknown[])[], n: number, k: number, order: Order): Sums {
  const values = answers.flatMap((answer) => answer.slice(2).map(Number));
  const loss = values[0]!;
  if (order === 0) return { loss };
  const size = k * (n + 1);
  const gradient = Float64Array.from(values.slice(1, 1 + size));
  if (order === 1) return { loss, gradient };
  const hessian = new Float64Array(size * size);
  let at = 1 + size;
  for (const [c, d] of pairsOf(k)) {
    const [down, right] = [(c - 1) * (n + 1), (d - 1) * (n + 1)];
    const put = (j: number, l: number, value: number): void => {
      for (const [row, column] of [
        [down + j, right + l],
        [down + l, right + j],
      ] as const) {
        hessian[row * size + column] = value;
        hessian[column * size + row] = value;
      }
    };
    for (let j = 0; j < n; j++) for (let l = 0; l <= j; l++) put(j, l, values[at++]!);
    for (let j = 0; j <= n; j++) put(n, j, values[at++]!);
  }
  return { loss, gradient, hessian };
}

/** Σ s·ℓ and Σ s of the rows by class and predicted class: rows of [y, predicted, Σ s·ℓ, Σ s, rows]. */
export function confusionStatement(
  dialect: Dialect,
  rows: QueriedRows,
  theta: Float64Array,
  threshold: number,
): Statement {
  const K = rows.labels.length;
  const w = new Writer(dialect);
  const predicted =
    K === 2
      ? `case when e1 / (e0 + e1) >= ${w.number(threshold)} then 1 else 0 end`
      : `case ${upTo(K)
          .map((c) => `when e${c} = 1 then ${c}`)
          .join(' ')} end`; // the largest score's e is e^0
  const inner = `select y, ${predicted} as p, s, s * (${lossOf}) as l from (${selectPowers(w, rows, theta)}) f${dialect.fence}`;
  return w.statement(`select y, p, ${dialect.sum('l')}, ${dialect.sum('s')}, count(*) from (${inner}) v group by y, p`);
}

/** Σ s by bin of the probability of class c, of its own rows and of all others: rows of [own, bin, Σ s, rows, Σ codes]. */
export function histogramStatement(
  dialect: Dialect,
  rows: QueriedRows,
  theta: Float64Array,
  c: number,
  bins: number,
): Statement {
  const w = new Writer(dialect);
  const bin = `least(floor(e${c} / (others + own) * ${bins}), ${bins - 1})`;
  const inner = `select case when y = ${c} then 1 else 0 end as o, ${bin} as bin, s, y from (${selectPowers(w, rows, theta)}) f${dialect.fence}`;
  return w.statement(`select o, bin, ${dialect.sum('s')}, count(*), sum(y) from (${inner}) v group by o, bin`);
}
