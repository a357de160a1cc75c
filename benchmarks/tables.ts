/**
 * Results → Markdown: one function a measure. Every figure is a median with its range, every ratio is to
 * this library's on the same problem, and who failed stands in the table with the reason.
 */
import type { FileMeasure } from './contender.ts';
import { oursClass } from './contenders/ours-class.ts';
import { programContenders, sessionContenders } from './contenders.ts';
import { type Problem, sharesRows } from './problems.ts';
import type { Measure, Results, Run } from './results.ts';
import { slope } from './statistics.ts';

type Cells = readonly string[];

export const renderers: Readonly<Record<Measure, (results: Results) => string>> = {
  evaluation: (results) => eachProblem(results, evaluationTable),
  fit: (results) => eachProblem(results, fitTable),
  'csv to model': (results) => eachProblem(results, fileTable('csv to model', 'ours-command')),
  'parquet to model': (results) => eachProblem(results, fileTable('parquet to model', 'ours-parquet')),
  scaling: scalingTable,
  command: commandTable,
};

/** What every section begins with: the machine and when. */
export function headline({ machine, runs }: Results): string {
  const times = runs.map(({ at }) => at).sort();
  const days = [...new Set([times[0], times.at(-1)].map((at) => at?.slice(0, 10)))].join(' to ');
  return `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, Node ${machine.node}; measured ${days}.`;
}

function eachProblem(results: Results, table: (runs: readonly Run[], multiples: Multiples) => string): string {
  return results.problems
    .map((problem) => {
      const runs = results.runs.filter((run) => run.problem === problem.name);
      return `**${problem.name}**: ${describe(problem)}\n\n${table(runs, multiplesOf(problem, results))}`;
    })
    .join('\n\n');
}

function describe({ rows, features, classes, condition, separability, indicators, l2 }: Problem): string {
  const categories = indicators > 0 ? `, ${Math.round(100 * indicators)} % of them indicators` : '';
  const labels = classes > 2 ? `, ${classes} classes` : '';
  const penalty = l2 > 0 ? `l2 = ${l2}` : 'no penalty';
  return (
    `${rows.toLocaleString('en')} rows × ${features} features${categories}${labels}; condition ${condition}, ` +
    `scores of standard deviation ${separability}, ${penalty}.`
  );
}

/** How many times as long as on the same X with labels of two classes. */
type Multiples = { readonly title: string; of(run: Run): string } | undefined;

function multiplesOf(problem: Problem, { problems, runs }: Results): Multiples {
  const twin = problems.find((other) => other !== problem && other.classes === 2 && sharesRows(other, problem));
  if (twin === undefined) return undefined;
  const binary = runs.filter((run) => run.problem === twin.name);
  return {
    title: `× ${twin.name}`,
    of: (run) => (run.contender === 'memory-read' ? '' : ratio(run, median(binary, run.contender, run.measure))),
  };
}

function evaluationTable(runs: readonly Run[], multiples: Multiples): string {
  const bandwidth = median(runs, 'memory-read', 'read rate');
  const lines = runsOf(runs, 'evaluation').map((run): Cells => {
    const of = (measure: string): Run | undefined => other(runs, run, measure);
    const rate = of('read rate')?.median;
    const precision = precisionOf(run.contender);
    const reference = run.contender === 'memory-read' ? undefined : median(runs, `ours-${precision}-2`, 'evaluation');
    const share = bandwidth && rate ? `${Math.round((100 * rate) / bandwidth)} %` : '';
    return [
      run.contender,
      precision,
      figure(run),
      ratio(run, reference),
      rate ? rate.toPrecision(3) : '',
      share,
      figure(of('start')),
      figure(of('first evaluation')),
      power(of('gradient error')),
      ...(multiples ? [multiples.of(run)] : []),
    ];
  });
  const titles = ['contender', 'X in', 'time', '× ours', 'GB/s', 'of bandwidth', 'start', 'first', 'gradient error'];
  return markdown([...titles, ...(multiples ? [multiples.title] : [])], lines);
}

function fitTable(runs: readonly Run[]): string {
  const reference = fastestOurs(runs, 'fit');
  const lines = runsOf(runs, 'fit').map((run): Cells => {
    const of = (measure: string): string => power(other(runs, run, measure));
    return [run.contender, figure(run), ratio(run, reference), run.setting ?? '', of('gap'), of('coefficient error')];
  });
  const table = markdown(['contender', 'time', '× ours', 'at', 'gap', 'coefficient error'], lines);
  return [table, ...publicFits(runs)].join('\n\n');
}

/** The class beside its own solver, and scikit-learn's fastest solver beside the class. */
function publicFits(runs: readonly Run[]): string[] {
  const solver = median(runs, 'ours-float64-2', 'fit');
  const timed = runsOf(runs, 'fit').filter((run) => run.median !== null);
  const classes = timed.filter((run) => publicNames.includes(run.contender));
  if (solver === undefined || classes.length === 0) return [];
  const over = (value: (seconds: number) => number): string =>
    classes.map(({ contender, median: seconds }) => `${contender} ${value(seconds!).toPrecision(2)}`).join(', ');
  const theirs = timed.filter((run) => run.contender.startsWith('sklearn-')).map((run) => run.median!);
  const beside = `scikit-learn's best time over theirs: ${over((seconds) => Math.min(...theirs) / seconds)}.`;
  return [
    `Time over that of ours-float64-2, whose solver they use: ${over((seconds) => seconds / solver)}.`,
    ...(theirs.length > 0 ? [beside] : []),
  ];
}

const fileTable =
  (measure: FileMeasure, ours: string) =>
  (runs: readonly Run[]): string => {
    const reference = median(runs, ours, measure);
    const lines = runsOf(runs, measure).map((run): Cells => {
      const memory = other(runs, run, 'peak memory')?.median;
      const of = (measure: string): string => power(other(runs, run, measure));
      const megabytes = memory ? `${Math.round(memory)} MB` : '';
      return [run.contender, figure(run), ratio(run, reference), megabytes, of('gap'), of('coefficient error')];
    });
    return markdown(['contender', 'wall time', '× ours', 'peak memory', 'gap', 'coefficient error'], lines);
  };

/** A line a contender, a column a number of rows, and the slope of log time on log rows. */
function scalingTable({ problems, runs }: Results): string {
  const contenders = [...new Set(runsOf(runs, 'scaling').map(({ contender }) => contender))];
  const lines = contenders.map((contender): Cells => {
    const mine = problems.map(({ name }) =>
      runsOf(runs, 'scaling').find((run) => run.problem === name && run.contender === contender),
    );
    const timed = problems.flatMap(({ rows }, i) => (mine[i]?.median ? [{ rows, seconds: mine[i].median }] : []));
    const exponent = slope(
      timed.map(({ rows }) => Math.log(rows)),
      timed.map(({ seconds }) => Math.log(seconds)),
    );
    return [contender, ...mine.map(figure), timed.length > 1 ? exponent.toFixed(2) : ''];
  });
  return markdown(['contender', ...problems.map(({ rows }) => rows.toLocaleString('en')), 'slope'], lines);
}

function commandTable({ runs }: Results): string {
  const lines = runsOf(runs, 'command').map((run): Cells => {
    const memory = other(runs, run, 'peak memory')?.median;
    return [run.problem, figure(run), memory ? `${Math.round(memory)} MB` : ''];
  });
  return markdown(['command', 'wall time', 'peak memory'], lines);
}

const publicNames = oursClass.map(({ name }) => name);
const order = [...sessionContenders, ...programContenders].map(({ name }) => name);
const place = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);

/** The runs of a measure in the order of contenders.ts, whichever run came first. */
const runsOf = (runs: readonly Run[], measure: string): Run[] =>
  runs.filter((run) => run.measure === measure).sort((a, b) => place(a.contender) - place(b.contender));

const other = (runs: readonly Run[], { problem, contender }: Run, measure: string): Run | undefined =>
  runs.find((run) => run.problem === problem && run.contender === contender && run.measure === measure);

const median = (runs: readonly Run[], contender: string, measure: string): number | undefined =>
  runs.find((run) => run.contender === contender && run.measure === measure)?.median ?? undefined;

const precisionOf = (name: string): string =>
  sessionContenders.find((contender) => contender.name === name)?.precision ?? '';

/** The solver of this library that was the fastest to be near enough. */
function fastestOurs(runs: readonly Run[], measure: string): number | undefined {
  const times = runsOf(runs, measure).flatMap(({ contender, median: seconds }) =>
    contender.startsWith('ours-') && seconds !== null ? [seconds] : [],
  );
  return times.length > 0 ? Math.min(...times) : undefined;
}

function figure(run: Run | undefined): string {
  if (run === undefined) return '';
  if (run.failed !== undefined) return `failed: ${run.failed.replaceAll('|', '\\|')}`;
  const [least, most] = [Math.min(...run.samples), Math.max(...run.samples)];
  const scale = least >= 0.1 ? { factor: 1, unit: 's' } : { factor: 1000, unit: 'ms' };
  const show = (seconds: number): string => Number((seconds * scale.factor).toPrecision(3)).toString();
  const range = run.samples.length > 1 ? ` (${show(least)}–${show(most)})` : '';
  return `${show(run.median!)} ${scale.unit}${range}`;
}

const ratio = (run: Run, reference: number | undefined): string =>
  run.median !== null && reference ? (run.median / reference).toPrecision(2) : '';

const power = (run: Run | undefined): string =>
  run?.median === undefined || run.median === null ? '' : run.median.toExponential(1);

export function markdown(titles: Cells, lines: readonly Cells[]): string {
  const row = (cells: Cells): string => `| ${cells.join(' | ')} |`;
  return [row(titles), row(titles.map(() => '---')), ...lines.map(row)].join('\n');
}
