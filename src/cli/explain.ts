/** `logit explain`: the computational graph of one row's loss, forward and backward, as text, JSON or a page. */
import { pageOf } from '../explain/page.ts';
import { type Block, type Piece, reportOf, type Section } from '../explain/report.ts';
import {
  type Cell,
  type FittedLogisticRegression,
  type Label,
  LogisticError,
  loadModel,
  type UnseenPolicy,
} from '../node.ts';
import { requireFolder, requireOther, writeWhole } from '../platform/write-file.ts';
import { printJson, printText } from './output.ts';
import { chooseWeights, openRows, type RowFlags, type WeightFlags } from './rows.ts';
import { table } from './table.ts';
import { say, warn } from './talk.ts';
import { onOneLine } from './visible.ts';

interface ExplainFlags extends RowFlags, WeightFlags {
  readonly row: number;
  readonly label?: string;
  readonly unseen?: UnseenPolicy;
  readonly json?: boolean;
  readonly html?: string;
}

export async function explain(
  modelFile: string,
  file: string,
  flags: ExplainFlags,
  signal: AbortSignal,
): Promise<void> {
  const { row: number, unseen, html } = flags;
  if (!(Number.isInteger(number) && number >= 1)) throw badRow('a whole number from 1 on', number);
  if (html !== undefined) {
    await requireFolder(html);
    await requireOther(html, [modelFile, file], '--html');
  }
  const model = await loadModel(modelFile);
  const row = await findRow(model, file, flags, signal);
  const score = model.scoreRow(row.cells, { unseen });
  if ('problem' in score) throw new LogisticError('unpredictable-row', `${file}: row ${number}: ${score.problem}`);
  const label = labelOf(model, file, flags, row.label);
  const explanation = model.explain(row.cells, label, {
    unseen,
    ...(row.weight !== undefined && { sampleWeight: row.weight }),
  });
  const title = `Row ${number} of ${file}`;
  const place = model.classes.indexOf(score.prediction);
  const summary = `${explanation.target} is ${label}; predicted: ${score.prediction}, with probability ${score.probabilities[place]!.toPrecision(4)}`;
  if (flags.json === true) await printJson({ row: number, prediction: score.prediction, ...explanation });
  else if (html !== undefined) {
    await writeWhole(html, pageOf(explanation, { title, summary }));
    say(`Saved ${html}.`);
  } else await printText(`${onOneLine(`${title}: ${summary}.`)}\n${reportOf(explanation).map(sectionText).join('')}`);
}

/** Row N of the file: its cells in the model's order, its label's cell, its weight. */
async function findRow(model: FittedLogisticRegression, file: string, flags: ExplainFlags, signal: AbortSignal) {
  const { names, read, close } = await openRows(model, file, flags, signal);
  try {
    const target = model.toJSON().target.name;
    const weights = chooseWeights(model, file, flags, names);
    let count = 0;
    for await (const rows of read([target, ...(weights === undefined ? [] : [weights])])) {
      signal.throwIfAborted();
      const found = rows[flags.row - 1 - count];
      count += rows.length;
      if (found === undefined) continue;
      const { cells, others } = found;
      const where = `${file}: row ${flags.row}, column ${weights}`;
      const weight = weights === undefined ? undefined : model.weightReader(weights)(others[1], where);
      if (weights !== undefined && weight === undefined) {
        warn(`${where}: no weight, so training leaves the row out; it is explained as if it counted once`);
      }
      return { cells, label: names.includes(target) ? { cell: others[0] } : undefined, weight };
    }
    throw badRow(`from 1 to ${count}, the rows of ${file}`, flags.row);
  } finally {
    await close();
  }
}

const badRow = (expected: string, found: number): LogisticError =>
  new LogisticError('bad-option', `row should be ${expected}, found ${found}`, { details: { option: 'row' } });

/** The class that is asked for, else the one that the file gives. */
function labelOf(
  model: FittedLogisticRegression,
  file: string,
  { label: asked, row }: ExplainFlags,
  own: { readonly cell: Cell } | undefined,
): Label {
  const { target, missingTokens } = model.toJSON();
  const name = JSON.stringify(target.name);
  const why = 'and derivatives are those of a loss, which needs a label';
  const [first, second, ...more] = model.classes;
  const hint = `give one: --label ${first} or --label ${second}${more.length > 0 ? ' …' : ''}`;
  if (asked === undefined && own === undefined) {
    throw new LogisticError('missing-column', `${file}: there is no column ${name}, ${why}`, { hint });
  }
  const label = (asked ?? own!.cell) as Label;
  if (model.labelReader()(label) !== undefined) return label;
  if (asked !== undefined) {
    const message = `label should be one of ${model.classes.join(', ')}, found ${JSON.stringify(asked)}`;
    throw new LogisticError('unknown-label', message, { details: { option: 'label' } });
  }
  const text = String(label ?? '').trim();
  const found = ['', ...missingTokens].includes(text)
    ? 'is missing'
    : `is ${JSON.stringify(text)}, which is not a class of the model`;
  throw new LogisticError('unknown-label', `${file}: row ${row}: ${name} ${found}, ${why}`, { hint });
}

function sectionText({ title, blocks }: Section): string {
  return `\n${onOneLine(title)}\n${blocks.map(blockText).join('')}`;
}

function blockText(block: Block): string {
  if (block.kind === 'sentence') return indented(onOneLine(block.text));
  if (block.kind === 'table') return indented(table([block.columns, ...block.rows.map((row) => row.map(textOf))]));
  const { label, symbol, equals, measured } = block;
  const margin = ' '.repeat(symbol.text.length);
  const [first, ...others] = equals.map(textOf);
  return indented(
    [
      `${symbol.text} = ${first}${label === undefined ? '' : `   (${label})`}`,
      ...others.map((text) => `${margin} = ${text}`),
      ...(measured === undefined ? [] : [`${margin} ≈ ${textOf(measured)}, measured`]),
    ].join('\n'),
  );
}

const textOf = (piece: Piece): string => (typeof piece === 'string' ? piece : piece.text);

const indented = (text: string): string => text.trimEnd().replaceAll(/^/gm, '  ').concat('\n');
