/**
 * `npm run bench:report`: writes the tables of benchmarks/results into benchmarks/README.md, between the
 * markers `<!-- bench:NAME -->` and `<!-- /bench:NAME -->`, and leaves all else as it is. With `--quick`
 * the tables of results/quick are printed instead: they are for looking at, not for reporting.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { programContenders, sessionContenders } from './contenders.ts';
import { type Measure, measures, type Results, readResults, resultsFolder } from './results.ts';
import { headline, markdown, renderers } from './tables.ts';

const page = 'benchmarks/README.md';

/** The text with what is between the markers of a section replaced. Throws when they are missing. */
export function replaceSection(text: string, name: string, content: string): string {
  const [open, close] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const start = text.indexOf(open);
  const end = text.indexOf(close, start);
  if (start < 0 || end < 0) throw new Error(`there are no markers ${open} … ${close}`);
  return `${text.slice(0, start + open.length)}\n${content}\n${text.slice(end)}`;
}

/** One measure's section: the machine, then its tables. */
export function renderMeasure(measure: Measure, results: Results | undefined): string {
  if (results === undefined) return 'Not measured yet.';
  return `${headline(results)}\n\n${renderers[measure](results)}`;
}

/** Who took part, with the versions that ran. */
export function renderContenders(all: readonly (Results | undefined)[]): string {
  const versions = Object.assign({}, ...all.map((results) => results?.versions)) as { [name: string]: string };
  const lines = [...sessionContenders, ...programContenders]
    .filter(({ measures }) => !(measures as readonly string[]).includes('command'))
    .map(({ name, about }) => [name, about.replaceAll('|', '\\|'), versions[name] ?? '']);
  return markdown(['contender', 'what it is', 'what ran'], lines);
}

function main(quick: boolean): void {
  const all = measures.map((measure) => readResults(measure, quick ? `${resultsFolder}/quick` : resultsFolder));
  const sections: [string, string][] = [
    ...measures.map((measure, i): [string, string] => [measure, renderMeasure(measure, all[i])]),
    ['contenders', renderContenders(all)],
  ];
  if (quick) {
    process.stdout.write(sections.map(([name, content]) => `## ${name}\n\n${content}\n`).join('\n'));
    return;
  }
  let text = readFileSync(page, 'utf8');
  for (const [name, content] of sections) text = replaceSection(text, name, content);
  writeFileSync(page, text);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes('--quick'));
