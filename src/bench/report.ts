/**
 * A run of the bench as one HTML page that loads nothing: charts as inline SVG, each in two widths of which the style
 * shows one, a table of every figure, and how they were measured.
 */
import { escapeHtml } from '../explain/markup.ts';
import { figureOf } from '../report/chart.ts';
import { type AbsentResult, type BenchReport, percentOfMemory, type TimedResult } from './bench.ts';
import { chartsOf } from './charts.ts';
import { style } from './report-style.ts';

/** Pixels across: on a phone, and on anything wider. */
const widths = { narrow: 340, wide: 640 } as const;

/** `day`: when it was measured, as text. */
export function renderReport(report: BenchReport, day: string): string {
  const { machine, problem, results } = report;
  const { rows, features, classes } = problem;
  const shape = `${count(rows)} rows × ${features} features, ${classes} classes`;
  const on = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGB} GB, Node ${machine.node}`;
  const timed = results.filter((result) => result.available);
  const missing = results.filter((result) => !result.available);
  const repetitions = timed[0]?.samplesMs.length ?? 0;
  const repeated = problem.distinctRows < rows ? ` and come again until there are ${count(rows)}` : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(`logit bench: ${shape}`)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Loss and gradient on each backend</h1>
<p>${escapeHtml(`${shape}, float32. ${on}; ${day}.`)}</p>
${
  timed.length > 0
    ? `<div class="charts">${chartsOf(report)
        .map((chart) => figureOf(chart, widths))
        .join('\n')}</div>`
    : ''
}
${timed.length > 0 ? `<h2>Figures</h2>\n<div class="scroll">${table(report, timed)}</div>` : ''}
${missing.length > 0 ? `<h2>Not available here</h2>\n<ul>${missing.map(reason).join('')}</ul>` : ''}
<h2>How this was measured</h2>
<p>Each backend has a process of its own. They take turns, so that whatever else the machine does is the same for all,
and each time ends when the result has been read back. The first evaluation is told apart and the second warms up; the
median is of ${repetitions} more, the spread is the slowest less the fastest. No time is given unless each
gradient, and the coefficients after the first steps of a fit on each backend, agree with those of plain float64 loops.
${count(problem.distinctRows)} rows are drawn from a seed (condition ${problem.condition}, scores of standard deviation ${problem.separability})${repeated}.</p>
</main>
</body>
</html>
`;
}

function table({ machine }: BenchReport, timed: readonly TimedResult[]): string {
  const titles = 'backend,kernel,start ms,upload ms,first ms,median ms,spread ms,rows/s,GB/s,of memory,error,runs on';
  const lines = timed.map((one) => [
    one.backend,
    one.kernel,
    ...[
      one.startupMs,
      one.uploadMs,
      one.firstMs,
      one.medianMs,
      one.spreadMs,
      one.rowsPerSecond,
      one.gigabytesPerSecond,
    ].map((value) => count(Number(value.toPrecision(3)))),
    percentOfMemory(one, machine),
    one.gradientError.toExponential(1),
    one.device,
  ]);
  const row = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${row(titles.split(','), 'th')}</thead><tbody>${lines.map((line) => row(line, 'td')).join('')}</tbody></table>`;
}

const reason = ({ backend, reason }: AbsentResult): string => `<li><b>${backend}</b>: ${escapeHtml(reason)}</li>`;

const count = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 9 });
