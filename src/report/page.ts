/**
 * The frame of a page that needs nothing else: its policy forbids every address, and its one script, which copies texts
 * that the page has, is named by its hash, so that no other can run.
 */
import { createHash } from 'node:crypto';
import { escapeHtml } from '../explain/markup.ts';

const script = `for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.value);
    } catch {
      source.style.display = 'block';
      source.select();
      document.execCommand('copy');
      source.style.display = '';
    }
    const title = button.textContent;
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = title; }, 1500);
  });
}`;

export function pageFrame({ title, style, body }: Readonly<Record<'title' | 'style' | 'body', string>>): string {
  const hash = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${body}
</main>
<script>${script}</script>
</body>
</html>
`;
}

/** A button for each text, by its name. */
export function copyButtons(texts: Readonly<Record<string, string>>): string {
  const items = Object.entries(texts).map(([name, text], k) => {
    const area = `<textarea id="copy-${k}" readonly aria-label="${escapeHtml(name)}">${escapeHtml(text)}</textarea>`;
    return `<button type="button" data-copy="copy-${k}" hidden>Copy as ${escapeHtml(name)}</button>${area}`;
  });
  return `<div class="copy">${items.join('')}</div>`;
}

export interface TableOptions {
  readonly head: readonly string[];
  /** Of each line: its cells, the first its name. */
  readonly rows: readonly (readonly string[])[];
  /** Class of the name's cell of each line. */
  readonly kinds?: readonly string[];
  readonly caption?: string | undefined;
  /** The last column is of words. */
  readonly notes?: boolean;
}

export function tableOf({ head, rows, kinds, caption, notes }: TableOptions): string {
  const body = rows.map(([name = '', ...cells], k) => {
    const kind = kinds?.[k];
    const own = `<th scope="row"${kind ? ` class="${kind}"` : ''}>${markupOfName(name)}</th>`;
    return `<tr>${own}${cells.map((cell) => `<td${cell === 'reference' ? ' class="quiet"' : ''}>${escapeHtml(cell)}</td>`).join('')}</tr>`;
  });
  const titles = head.map((cell) => `<th scope="col">${markupOfName(cell)}</th>`).join('');
  const above = caption === undefined ? '' : `<caption><span>${escapeHtml(caption)}</span></caption>`;
  return `<div class="scroll"><table${notes ? ' class="notes"' : ''}>${above}<thead><tr>${titles}</tr></thead><tbody>${body.join('\n')}</tbody></table></div>`;
}

/** It may go on in the next line after an underscore, rather than within a word. */
export const markupOfName = (name: string): string => escapeHtml(name).replaceAll('_', '_<wbr>');

/** Names and values, one below the other. */
export function listOf(items: readonly (readonly [name: string, value: string])[]): string {
  const lines = items.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<dl>${lines.join('\n')}</dl>`;
}

export const paragraph = (text: string, kind = ''): string =>
  `<p${kind === '' ? '' : ` class="${kind}"`}>${escapeHtml(text)}</p>`;
