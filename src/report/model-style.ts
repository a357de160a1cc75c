/** The style of a model's report: a document of one column that prints, charts two abreast where there is room. */
import { baseStyle } from './style.ts';

export const style = `${baseStyle}
:root { --estimate: #2563a8; --other: #b8690b; --held: #2563a8; --trained: #8a6d9e; --warn: #b3261e; --tint: #f4f6f8; }
@media (prefers-color-scheme: dark) {
  :root { --estimate: #74aef0; --other: #e0a050; --held: #74aef0; --trained: #b79acb; --warn: #f2897f; --tint: #1d2226; }
}
main { max-width: 920px; }
h1 { font-size: 28px; overflow-wrap: anywhere; }
h2 { margin: 40px 0 10px; font-size: 20px; line-height: 1.3; }
h3 { margin: 20px 0 6px; font-size: 16px; }
figure h2 { margin: 20px 0 4px; font-size: 16px; }
p, li, dd { overflow-wrap: anywhere; }
main p { max-width: 75ch; margin: 0 0 8px; }
.quiet { color: var(--quiet); }
.charts.two { align-items: start; }
@media (min-width: 900px), print { .charts.two { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.keys { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 20px 0 0; padding: 0; list-style: none; }
.keys li { background: var(--tint); border-radius: 8px; padding: 10px 14px; }
.keys b { display: block; font-size: 22px; line-height: 1.3; font-weight: 600; font-variant-numeric: tabular-nums; }
.keys span { color: var(--quiet); font-size: 14px; display: block; line-height: 1.35; }
.warnings { border-left: 4px solid var(--warn); margin: 20px 0 0; padding: 4px 0 4px 14px; }
.warnings h2 { margin: 0 0 4px; font-size: 16px; }
.warnings li { margin: 2px 0; }
th, td { padding: 5px 0 5px 18px; vertical-align: baseline; }
th:first-child, td:first-child { padding-left: 0; white-space: normal; overflow-wrap: break-word; max-width: 28em; }
tbody th { min-width: min(7em, 28vw); }
thead th { border-bottom: 1.5px solid var(--quiet); vertical-align: bottom; white-space: normal; }
tbody th { font-weight: 400; color: inherit; text-align: left; }
tbody th.term { font-weight: 600; }
tbody th.level { padding-left: 18px; }
td.quiet { color: var(--quiet); }
.notes td:last-child { text-align: left; }
.notes th:first-child { min-width: 0; }
figcaption { margin-top: 4px; }
caption { caption-side: top; text-align: left; font-weight: 600; padding: 12px 0 4px; white-space: normal; }
caption span { display: block; max-width: calc(100vw - 40px); }
.copy { margin: 10px 0 0; }
.copy button { font: inherit; font-size: 14px; color: inherit; background: var(--tint); border: 1px solid var(--line); border-radius: 6px; padding: 4px 12px; margin-right: 8px; cursor: pointer; }
.copy button:hover { border-color: var(--quiet); }
.copy textarea { display: none; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 20px; margin: 0; font-size: 15px; }
dt { color: var(--quiet); }
dd { margin: 0; font-variant-numeric: tabular-nums; }
footer { margin-top: 40px; border-top: 1px solid var(--line); padding-top: 10px; color: var(--quiet); font-size: 14px; }
@media (max-width: 500px) {
  main { padding: 16px 14px 32px; }
  table { font-size: 13px; }
  th, td { padding-left: 9px; }
  th:first-child, td:first-child { max-width: 45vw; }
  tbody th.level { padding-left: 12px; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: 8px; }
}
@media print {
  @page { margin: 14mm; }
  :root { color-scheme: light; --page: #fff; --text: #000; --quiet: #555; --line: #ccc; --tint: #f4f6f8; --estimate: #2563a8; --other: #b8690b; --held: #2563a8; --trained: #8a6d9e; --warn: #b3261e; }
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  .copy { display: none; }
  .keys li, .legend i { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .scroll { overflow: visible; background: none; }
  table { font-size: 9.5pt; white-space: normal; }
  th, td { padding-left: 8pt; }
  figure, tr, .keys, .warnings, dl { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  thead { display: table-header-group; }
}
`;
