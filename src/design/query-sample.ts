/** The sampled rows of a query as a source. */
import type { Feature } from '../predict/model-file.ts';
import type { RowSource } from '../rows/contract.ts';
import type { QueriedColumn, QueriedRows, QueriedTerm } from '../sql/queried-rows.ts';
import type { Answers } from './query-summaries.ts';
import type { ScaledTerm } from './terms.ts';

export function queriedTerm(
  { factors, mean, scale }: ScaledTerm,
  columns: readonly QueriedColumn[],
  features: readonly Feature[],
): QueriedTerm {
  const { column: name, basis } = factors[0]!;
  const column = columns.find((candidate) => candidate.name === name)!;
  if (basis.kind !== 'level' || column.kind !== 'categorical') return { column, mean, scale };
  const anyCase = features.some((feature) => feature.column === name && feature.kind === 'boolean');
  return { column: { ...column, anyCase }, level: basis.level, mean, scale };
}

/** The sampled answers [columns…, class code, s] as a source, in the units of the design. */
export function sampleSource(
  sampled: Answers,
  { terms, labels, weights }: QueriedRows,
  { columns, factors }: { readonly columns: readonly QueriedColumn[]; readonly factors: Float64Array | undefined },
): RowSource {
  const at = columns.length;
  const codes = Int32Array.from(sampled, (answer) => Number(answer[at]));
  return {
    rows: sampled.length,
    classes: labels.length,
    labels: codes,
    weights:
      weights === undefined && factors === undefined
        ? undefined
        : Float64Array.from(sampled, (answer, i) => Number(answer[at + 1]) * (factors?.[codes[i]!] ?? 1)),
    columns: terms.map(({ column: { name, anyCase }, level, mean, scale }) => {
      const k = columns.findIndex((column) => column.name === name);
      const spelled = (text: unknown): unknown => (anyCase ? String(text).toLowerCase() : text);
      const x = Float64Array.from(sampled, (answer) =>
        level === undefined ? Number(answer[k]) : Number(spelled(answer[k]) === spelled(level)),
      );
      return { kind: 'dense', mean, scale, read: (from, into) => into.set(x.subarray(from, from + into.length)) };
    }),
  };
}

/** The mean of the k-th column by the weights, which come last. */
export function meanOf(sampled: Answers, k: number): number {
  let [mean, total] = [0, 0];
  for (const answer of sampled) {
    const weight = Number(answer.at(-1));
    total += weight;
    mean += (weight / total) * Number(answer[k]) - (weight / total) * mean;
  }
  return mean;
}
