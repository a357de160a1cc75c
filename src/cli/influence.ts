/** `logit inspect MODEL FILE --influence`: what each row of a file does to the fit, as CSV, as JSON, or the rows that do most as a table. */
import type { FittedLogisticRegression, Influence, Label, RowInfluence } from '../node.ts';
import { csvField } from '../report/csv.ts';
import { type LabelledRow, readLabelled, warnDropped } from './labelled-rows.ts';
import { printJson, printText } from './output.ts';
import type { RowFlags, WeightFlags } from './rows.ts';
import { show, table } from './table.ts';
import { warn } from './talk.ts';

export interface InfluenceFlags extends RowFlags, WeightFlags {
  readonly json?: boolean;
  readonly top?: number;
  readonly unseen?: 'error' | 'ignore';
}

export async function printInfluence(
  model: FittedLogisticRegression,
  file: string,
  flags: InfluenceFlags,
  signal: AbortSignal,
): Promise<void> {
  const used: (Pick<LabelledRow, 'number' | 'cells' | 'weight'> & { readonly label: Label })[] = [];
  const byCode = [model.reference, ...model.classes.filter((label) => label !== model.reference)];
  const { dropped } = await readLabelled(model, file, { ...flags, signal }, ({ number, cells, code, weight }) => {
    used.push({ number, cells, label: byCode[code]!, weight });
  });
  warnDropped(dropped);
  const found = await model.influence(
    used.map(({ cells }) => cells),
    used.map(({ label }) => label),
    { unseen: flags.unseen, sampleWeight: used.map(({ weight }) => weight) },
  );
  // Numbers of the file, in which rows may have been left out.
  const influence = { ...found, rows: found.rows.map((row, i) => ({ ...row, row: used[i]!.number })) };
  for (const note of influence.notes) warn(note);
  if (flags.json === true) await printJson(influence);
  else if (flags.top !== undefined) await printText(topTable(influence, flags.top));
  else for (const lines of csvOf(influence)) await printText(lines);
}

const numbers = [
  'probability',
  'leverage',
  'pearsonResidual',
  'devianceResidual',
  'standardizedPearsonResidual',
  'standardizedDevianceResidual',
  'cooksDistance',
] as const satisfies readonly (keyof RowInfluence)[];
const rowsPerWrite = 1000;

/** A line for each row, in pieces. */
function* csvOf({ coefficients, rows }: Influence): Generator<string> {
  const names = ['row', 'label', ...numbers, ...coefficients.map((name) => `dfbetas(${name})`)];
  yield `${names.map(csvField).join(',')}\n`;
  for (let from = 0; from < rows.length; from += rowsPerWrite) {
    const lines = rows.slice(from, from + rowsPerWrite).map((row) => {
      return [row.row, row.label, ...numbers.map((name) => row[name]), ...row.dfbetas]
        .map(String)
        .map(csvField)
        .join(',');
    });
    yield `${lines.join('\n')}\n`;
  }
}

/** The rows of the largest Cook's distances, with the coefficient that each moves most. */
function topTable({ coefficients, rows }: Influence, most: number): string {
  const top = [...rows].sort((a, b) => b.cooksDistance - a.cooksDistance).slice(0, most);
  const lines = top.map((row) => {
    const sizes = row.dfbetas.map(Math.abs);
    const at = sizes.indexOf(Math.max(...sizes));
    return [
      String(row.row),
      String(row.label),
      show(row.probability),
      show(row.leverage),
      show(row.standardizedDevianceResidual),
      show(row.cooksDistance),
      `${coefficients[at]} ${row.dfbetas[at]! > 0 ? '+' : '−'}${sizes[at]!.toFixed(2)} SE`,
    ];
  });
  const header = ['row', 'label', 'P', 'leverage', 'std. deviance residual', "Cook's distance", 'moves most'];
  return table([header, ...lines]);
}
