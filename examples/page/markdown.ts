/**
 * docs/derivation.md → the blocks of the story: the derivation is written once, for readers of the repository and of the
 * page. Only what that file uses is known here: headings, paragraphs, lists, tables, quotes, fenced formulas and numbers,
 * images, emphasis, code, links and TeX between dollar signs. Text is escaped before it becomes markup.
 */
import { readFileSync } from 'node:fs';
import { mathml } from './mathml.ts';

/** A stretch of the story; or the place of a picture, or before a heading or a paragraph that opens in bold, by its words. */
export type Block = { readonly html: string } | { readonly figure: string };

export function storyOf(path: string): readonly Block[] {
  const text = readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const blocks: Block[] = [];
  for (const part of partsOf(text)) {
    const image = /^!\[.*\]\((.*)\)$/s.exec(part)?.[1];
    const lead = image ?? /^(?:#+ (.*)|\*\*([^*]+)\*\*)/.exec(part)?.slice(1).find(Boolean);
    if (lead) blocks.push({ figure: lead });
    if (!image) blocks.push({ html: blockOf(part) });
  }
  return joined(blocks);
}

/** Paragraphs, and fences whole. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  for (const piece of text.split(/^(```\w*\n[\s\S]*?\n```)$/m)) {
    if (piece.startsWith('```')) parts.push(piece);
    else parts.push(...piece.split(/\n\s*\n/).map((part) => part.trim()));
  }
  return parts.filter((part) => part !== '');
}

function blockOf(part: string): string {
  const fence = /^```(\w*)\n([\s\S]*?)\n```$/.exec(part);
  if (fence?.[1] === 'math') return `<div class="formula block">${mathml(`${fence[2]}$`)}</div>`;
  if (fence) return `<pre class="numbers">${escaped(fence[2]!).replaceAll('-', '−')}</pre>`;
  const heading = /^(#+) (.*)$/.exec(part);
  if (heading)
    return `<h${heading[1]!.length} id="${slug(heading[2]!)}">${inline(heading[2]!)}</h${heading[1]!.length}>`;
  if (part.startsWith('>')) return `<p class="source">${inline(part.replace(/^> ?/gm, ''))}</p>`;
  if (part.startsWith('|')) return tableOf(part.split('\n'));
  if (part.startsWith('- '))
    return `<ul>${part
      .split(/^- /m)
      .slice(1)
      .map((item) => `<li>${inline(item)}</li>`)
      .join('')}</ul>`;
  return `<p>${inline(part)}</p>`;
}

function tableOf([head, , ...rows]: readonly string[]): string {
  const cells = (line: string): string[] =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => inline(cell.trim()));
  const row = (line: string, tag: string): string =>
    `<tr>${cells(line)
      .map((cell) => `<${tag}>${cell}</${tag}>`)
      .join('')}</tr>`;
  return `<div class="table"><table><thead>${row(head!, 'th')}</thead><tbody>${rows.map((line) => row(line, 'td')).join('')}</tbody></table></div>`;
}

/** Code and formulas are set aside while the rest becomes markup. */
function inline(text: string): string {
  const kept: string[] = [];
  const keep = (html: string): string => `\uE000${kept.push(html) - 1}\uE000`;
  return escaped(
    text
      .replace(/`([^`]+)`/g, (_, code: string) => keep(`<code>${escaped(code)}</code>`))
      .replace(/\$([^$]+)\$/g, (_, formula: string) => keep(mathml(formula))),
  )
    .replace(/\[([^\]]+)\]\(([^)]+)\)/g, (_, words: string, address: string) => link(words, address))
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/\*([^*]+)\*/g, '<em>$1</em>')
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\uE000(\d+)\uE000/g, (_, k: string) => kept[Number(k)]!);
}

/** The page stands alone: files of the repository are named there, and linked where they lie. */
function link(words: string, address: string): string {
  const whole = /^(https?:|#)/.test(address) ? address : new URL(address, `${repository}docs/`).href;
  return `<a href="${whole}">${words}</a>`;
}

const repository = 'https://github.com/tfjs-logistic/tfjs-logistic/blob/main/';

function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Neighbouring stretches as one. */
function joined(blocks: readonly Block[]): Block[] {
  const all: Block[] = [];
  for (const block of blocks) {
    const last = all.at(-1);
    if ('html' in block && last && 'html' in last) all[all.length - 1] = { html: last.html + block.html };
    else all.push(block);
  }
  return all;
}
