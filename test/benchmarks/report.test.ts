/** The report of the benchmarks: sections replaced and nothing else, ratios, reasons, slopes. */
import { describe, expect, it } from 'vitest';
import { renderMeasure, replaceSection } from '../../benchmarks/report.ts';
import { mergeResults, type Results, type Run } from '../../benchmarks/results.ts';
import { slope } from '../../benchmarks/statistics.ts';

const problem = {
  rows: 1000,
  features: 3,
  classes: 2,
  condition: 10,
  separability: 2,
  indicators: 0,
  l2: 0.1,
  seed: 1,
};
const machine = { cpu: 'abacus', cores: 1, memoryGB: 1, node: 'v20' };
const at = '2026-01-01T00:00Z';

function run(contender: string, seconds: readonly number[], more: Partial<Run> = {}): Run {
  const median = seconds.length > 0 ? seconds[seconds.length >> 1]! : null;
  return { problem: 'small', contender, measure: 'fit', unit: 's', median, samples: seconds, at, ...more };
}
const results = (runs: readonly Run[], problems = [{ ...problem, name: 'small' }]): Results => ({
  machine,
  versions: {},
  problems,
  runs,
});

describe('the report', () => {
  it('replaces what is between the markers and leaves the prose', () => {
    const page = 'before\n<!-- bench:fit -->\nold\n<!-- /bench:fit -->\nafter';
    expect(replaceSection(page, 'fit', 'new')).toBe('before\n<!-- bench:fit -->\nnew\n<!-- /bench:fit -->\nafter');
    expect(() => replaceSection('no markers', 'fit', 'new')).toThrow('no markers <!-- bench:fit -->');
  });

  it('gives the median with its range, and the ratio to the fastest of ours', () => {
    const text = renderMeasure(
      'fit',
      results([run('glum', [1, 3, 4]), run('ours-float64-2', [1.5]), run('ours-float32-2', [2])]),
    );
    expect(text).toContain('| glum | 3 s (1–4) | 2.0 |');
    expect(text).toContain('| ours-float32-2 | 2 s | 1.3 |');
  });

  it('gives the class in multiples of its solver', () => {
    const runs = [run('ours-float64-2', [2]), run('ours-flat', [3]), run('sklearn-lbfgs', [9])];
    const text = renderMeasure('fit', results(runs));
    expect(text).toContain('whose solver they use: ours-flat 1.5.');
    expect(text).toContain("scikit-learn's best time over theirs: ours-flat 3.0.");
  });

  it('gives more classes in multiples of two on the same X', () => {
    const problems = [2, 4].map((classes) => ({ ...problem, classes, name: `classes-${classes}` }));
    const runs = problems.map(({ name, classes }) =>
      run('ours-float64-2', [classes * 2], { problem: name, measure: 'evaluation' }),
    );
    const [binary, four] = renderMeasure('evaluation', results(runs, problems)).split('**classes-4**');
    expect(four).toMatch(/× classes-2 \|\n[\s\S]*\| 2\.0 \|$/);
    expect(binary).not.toContain('× classes-2');
  });

  it('lists who failed with the reason, which cannot break the table', () => {
    const text = renderMeasure('fit', results([run('r-glm', [], { failed: 'a | b' })]));
    expect(text).toContain('| r-glm | failed: a \\| b |');
  });

  it('says where nothing was measured', () => {
    expect(renderMeasure('scaling', undefined)).toBe('Not measured yet.');
  });

  it('gives the slope of log time on log rows', () => {
    const problems = [100, 1000, 10_000].map((rows) => ({ ...problem, name: `rows-${rows}`, rows }));
    const runs = problems.map(({ name, rows }) => run('glum', [rows ** 1.5], { problem: name, measure: 'scaling' }));
    expect(renderMeasure('scaling', results(runs, problems))).toMatch(/\| 1\.50 \|$/);
    expect(slope([0, 1, 2], [5, 7, 9])).toBe(2);
  });
});

describe('results of a part of a measure', () => {
  it('replace that part, on the same machine only', () => {
    const old = results([run('glum', [1]), run('liblinear', [2])]);
    const fresh = results([run('glum', [3])]);
    expect(mergeResults(old, fresh).runs.map(({ contender, median }) => [contender, median])).toEqual([
      ['liblinear', 2],
      ['glum', 3],
    ]);
    expect(mergeResults({ ...old, machine: { ...machine, cores: 2 } }, fresh)).toEqual(fresh);
  });
});
