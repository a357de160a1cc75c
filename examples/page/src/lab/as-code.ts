/** The fit of the lab as a command and as a program. Rows of the page's own are a file that is saved beside them. */
import type { DataPoint } from './data-sets.ts';
import * as lab from './state.ts';

interface Source {
  readonly file: string;
  readonly target: string;
  readonly only: readonly string[] | undefined;
}

function sourceNow(): Source {
  const own = lab.file.value;
  return own
    ? { file: own.file.name, target: own.target, only: own.only }
    : { file: 'rows.csv', target: 'y', only: undefined };
}

/** As a POSIX shell reads it. */
function quoted(text: string): string {
  return /^[\w./:@%+=-]+$/.test(text) && !text.startsWith('-') ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

export function commandOf(): string {
  const { file, target, only } = sourceNow();
  const l2 = lab.l2.value;
  const options = [
    ...['--target', quoted(target)],
    ...(only ? ['--only', quoted(only.join(','))] : []),
    ...(l2 > 0 ? ['--l2', String(l2)] : []),
    ...(only === undefined && file === 'rows.csv' && l2 > 0 ? ['--no-standardize'] : []),
  ];
  return `logit train ${quoted(file)} ${options.join(' ')} --out model.json\nlogit predict model.json ${quoted(file)}\n`;
}

export function programOf(): string {
  const { file, target, only } = sourceNow();
  const l2 = lab.l2.value;
  const options = {
    ...(l2 > 0 && { l2 }),
    ...(l2 > 0 && file === 'rows.csv' && { standardize: false }),
    ...(only && { only }),
  };
  const given = Object.keys(options).length === 0 ? '' : JSON.stringify(options);
  return `import { writeFile } from 'node:fs/promises';
import { LogisticRegression } from 'tfjs-logistic/node';

const estimator = new LogisticRegression(${given});
const model = await estimator.fit(${JSON.stringify(file)}, ${JSON.stringify(target)});
console.log(model.coefficients, model.warnings);
await writeFile('model.json', JSON.stringify(model));
`;
}

/** Own rows as a file. */
export function csvOf(points: readonly DataPoint[]): string {
  const n = points[0]!.x.length;
  const head = [...Array.from({ length: n }, (_, j) => `x${j + 1}`), 'y'].join(',');
  return `${head}\n${points.map(({ x, y }) => [...x, y].join(',')).join('\n')}\n`;
}
