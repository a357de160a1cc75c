/** `logit inspect MODEL FILE --effects`: average marginal effects over the rows of a file. */
import type { Cell, FittedLogisticRegression, MarginalEffects } from '../node.ts';
import { describeInterval, describeP } from './inference-table.ts';
import { warnDropped } from './labelled-rows.ts';
import { printJson, printText } from './output.ts';
import { chooseWeights, openRows, type RowFlags, type WeightFlags } from './rows.ts';
import { show, table } from './table.ts';

export interface EffectsFlags extends RowFlags, WeightFlags {
  readonly json?: boolean;
  readonly unseen?: 'error' | 'ignore';
}

export async function printEffects(
  model: FittedLogisticRegression,
  file: string,
  flags: EffectsFlags,
  signal: AbortSignal,
): Promise<void> {
  const { names, read, close } = await openRows(model, file, flags, signal);
  const rows: Cell[][] = [];
  const weights: number[] = [];
  const dropped = { unpredictable: 0, noWeight: 0 };
  try {
    const column = chooseWeights(model, file, flags, names);
    const readWeight = model.weightReader(column);
    let number = 0;
    for await (const chunk of read(column === undefined ? [] : [column])) {
      signal.throwIfAborted();
      for (const { cells, others } of chunk) {
        number++;
        const weight = column === undefined ? 1 : readWeight(others[0], `${file}: row ${number}, column ${column}`);
        if ('problem' in model.scoreRow(cells, { unseen: flags.unseen })) dropped.unpredictable++;
        else if (weight === undefined) dropped.noWeight++;
        else {
          rows.push(cells);
          weights.push(weight);
        }
      }
    }
  } finally {
    await close();
  }
  warnDropped(dropped);
  const effects = await model.marginalEffects(rows, { unseen: flags.unseen, sampleWeight: weights });
  if (flags.json === true) await printJson(effects);
  else await printText(effectsTable(model, effects));
}

function effectsTable(model: FittedLogisticRegression, { effects, level, notes }: MarginalEffects): string {
  if (effects.length === 0) return 'The model has no column: there are no effects.\n';
  const of = model.classes.length === 2 ? `on P(${model.positive})` : 'on P';
  const header = [`average effect ${of}`, 'estimate', 'std. error', 'z', 'p', `${100 * level}% interval`];
  const rows = effects.map((effect) => {
    const change = effect.level === undefined ? effect.column : `${effect.column}: ${effect.level} − ${effect.against}`;
    const { estimate, standardError, z, p, confidenceInterval } = effect;
    return [
      effect.class === undefined ? change : `${effect.class}: ${change}`,
      show(estimate),
      ...(standardError === null ? ['', '', ''] : [show(standardError), z!.toFixed(3), describeP(p!)]),
      describeInterval(confidenceInterval),
    ];
  });
  return `${table([header, ...rows])}${notes.map((note) => `${note}\n`).join('')}`;
}
