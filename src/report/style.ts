/**
 * What pages of reports have in common, light and dark: system fonts, tables of figures, whose edge is in shadow where they go
 * on, charts of one width or another.
 */
export const baseStyle = `
:root { color-scheme: light dark; --page: #fff; --text: #1d2126; --quiet: #59616b; --line: #d9dde2; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14171a; --text: #e4e7ea; --quiet: #a0a8b1; --line: #363c43; }
}
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { margin: 0 auto; padding: 24px 20px 48px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 18px; margin: 32px 0 8px; }
main > p { max-width: 75ch; margin: 0; }
.charts { display: grid; gap: 16px 40px; grid-template-columns: minmax(0, 1fr); }
figure { margin: 0; }
figure > div { overflow: hidden; }
figcaption, .legend { color: var(--quiet); font-size: 14px; max-width: 640px; }
.legend { margin: 0; }
.legend span { margin-right: 16px; white-space: nowrap; }
.legend i { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin-right: 6px; }
.wide { display: none; }
@media (min-width: 700px), print { .wide { display: block; } .narrow { display: none; } }
.scroll { overflow-x: auto; background: linear-gradient(to right, var(--page) 12px, transparent) left / 40px 100% no-repeat local,
  linear-gradient(to left, var(--page) 12px, transparent) right / 40px 100% no-repeat local,
  linear-gradient(to right, var(--line), transparent) left / 14px 100% no-repeat, linear-gradient(to left, var(--line), transparent) right / 14px 100% no-repeat; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { text-align: right; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 500; }
th:first-child, td:first-child { text-align: left; }
ul { margin: 0; padding-left: 20px; }
li { overflow-wrap: anywhere; }
`;
