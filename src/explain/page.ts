/**
 * The explanation of a row as one page that needs nothing else: the picture of its graph and the sections of the report,
 * formulas in MathML, in the reader's light or dark scheme and at any width. No script; text from data is escaped.
 */
import { escapeHtml } from './markup.ts';
import { pictureOf } from './picture.ts';
import { type Block, type Piece, reportOf, type Section } from './report.ts';
import type { RowExplanation } from './row.ts';

export interface PageHeading {
  readonly title: string;
  readonly summary: string;
}

export function pageOf(explanation: RowExplanation, { title, summary }: PageHeading): string {
  const picture = pictureOf(explanation);
  const intro = [
    'Forward, from left to right, each quantity is computed from those before it. Backward, each line carries a local',
    'derivative: how fast the quantity on its right moves with the one on its left. The derivative of the loss by any',
    'quantity is the product of the local derivatives along a way to the loss, added over all ways. Each is also',
    'measured, by nudging the quantity and computing the loss anew.',
  ].join(' ');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="summary">${escapeHtml(summary)}</p>
<p>${intro}</p>
${picture === undefined ? '' : wide('The computational graph', picture)}
${reportOf(explanation).map(sectionOf).join('\n')}
</main>
</html>
`;
}

const sectionOf = ({ title, blocks }: Section): string =>
  `<section><h2>${escapeHtml(title)}</h2>\n${blocks.map((block) => blockOf(block, title)).join('\n')}\n</section>`;

function blockOf(block: Block, title: string): string {
  if (block.kind === 'sentence') return `<p>${escapeHtml(block.text)}</p>`;
  if (block.kind === 'table') {
    const head = block.columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
    const rows = block.rows.map(([name, ...cells]) => {
      const others = cells.map((piece) => `<td>${markup(piece)}</td>`).join('');
      return `<tr><th scope="row">${markup(name!)}</th>${others}</tr>`;
    });
    return wide(title, `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`);
  }
  const { label, symbol, equals, measured } = block;
  const lines = [
    ...equals.map((formula) => `<div>= ${formula.mathml}</div>`),
    ...(measured === undefined ? [] : [`<div class="measured">≈ ${markup(measured)}, measured</div>`]),
  ];
  const where = label === undefined ? '' : `<span class="label">(${label})</span>`;
  return wide(symbol.text, `<div class="step"><div>${symbol.mathml}</div><div>${lines.join('')}</div>${where}</div>`);
}

const markup = (piece: Piece): string => (typeof piece === 'string' ? escapeHtml(piece) : piece.mathml);

/** What may be wider than the page scrolls by itself, by keyboard too. */
const wide = (name: string, content: string): string =>
  `<div class="wide" tabindex="0" role="region" aria-label="${escapeHtml(name)}">${content}</div>`;

const style = `
:root { color-scheme: light dark; --ink: #1f2328; --quiet: #59636e; --rule: #d0d7de; --card: #f6f8fa; --page: #ffffff;
  --x: #0969da; --w: #bc4c00; --z: #8250df; --a: #1a7f37; --y: #9a6700; --L: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --ink: #f0f6fc; --quiet: #9198a1; --rule: #3d444d; --card: #151b23; --page: #0d1117;
  --x: #58a6ff; --w: #f0883e; --z: #bc8cff; --a: #3fb950; --y: #d29922; --L: #ff7b72; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem }
h1 { font-size: clamp(1.25rem, 1rem + 1.5vw, 1.6rem); line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere }
h2 { font-size: 1.1rem; margin: 2.25rem 0 .5rem; overflow-wrap: anywhere }
p { max-width: 44rem; overflow-wrap: anywhere }
.summary { color: var(--quiet); margin-top: 0 }
.wide { overflow-x: auto; margin: .5rem 0; border-radius: 8px }
.wide:focus-visible { outline: 2px solid var(--x) }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .95rem }
th, td { padding: .3rem .75rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap }
th:first-child { text-align: left; padding-left: 0; font-weight: 500; max-width: 22rem; overflow: hidden; text-overflow: ellipsis }
thead th { color: var(--quiet); font-weight: 500 }
.step { display: grid; grid-template-columns: max-content max-content auto; column-gap: .5rem; padding: .6rem .75rem;
  background: var(--card); border-radius: 8px; width: max-content; min-width: 100% }
.step div div, .step > :first-child { padding: .2rem 0 }
.label, .measured { color: var(--quiet); font-size: .9rem }
.label { text-align: right }
math { font-size: 1.05em; math-style: normal }
svg { display: block; font-size: 13px }
svg text { text-anchor: middle; fill: var(--ink); font-variant-numeric: tabular-nums }
.letter { font-style: italic; font-size: 15px } .index { font-size: 10px }
.line { stroke: var(--rule); stroke-width: 1.5 }
svg .beside { text-anchor: start }
svg .local { fill: var(--L); font-size: 12px; stroke: var(--page); stroke-width: 5px; paint-order: stroke }
rect { fill: var(--card); stroke-width: 1.5; stroke: var(--quiet) }
.feature rect { stroke: var(--x) } .weight rect, .bias rect { stroke: var(--w) } .score rect { stroke: var(--z) }
.probability rect { stroke: var(--a) } .label rect { stroke: var(--y) } .loss rect, .weighted-loss rect { stroke: var(--L) }
`;
