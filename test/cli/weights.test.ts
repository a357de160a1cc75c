/** T13: rows are weighed in evaluation as in training, and what is no weight is refused with its line. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Folder, folderHere } from '../support/command.ts';

const data = 'x,n,y\n0,3,0\n0,1,1\n1,1,0\n1,3,1\n';
// scikit-learn's, with sample_weight = n: log loss, accuracy, AUC, average precision.
const weighted = { meanLogLoss: 0.562335, accuracy: 0.75, auc: 0.75, averagePrecision: 0.6875 };
const once = { meanLogLoss: 0.83699, accuracy: 0.5, auc: 0.5, averagePrecision: 0.5 };

let folder: Folder;
beforeAll(async () => {
  folder = folderHere();
  folder.write('w.csv', data);
  await folder.train('w.csv', '--target', 'y', '--weights', 'n', '--out', 'm.json');
});

async function evaluated(file: string, ...options: string[]) {
  const { code, stdout, stderr } = await folder.logit(['evaluate', 'm.json', file, '--json', ...options]);
  if (code !== 0) throw new Error(stderr);
  return { metrics: JSON.parse(stdout), stderr };
}
function expectMetrics(found: Record<string, number>, truth: Record<string, number>): void {
  for (const [name, value] of Object.entries(truth)) expect(found[name], name).toBeCloseTo(value, 5);
}

describe('evaluate', () => {
  test('uses the column that weighed the rows in training, and says so', async () => {
    const { metrics, stderr } = await evaluated('w.csv');
    expectMetrics(metrics, weighted);
    expect(metrics.weights).toBe('n');
    expect(stderr).toMatch(/weighed by n, as in training; --no-weights/);
  });

  test('uses another one, or none', async () => {
    folder.write('k.csv', data.replace('n', 'k'));
    const other = await evaluated('k.csv', '--weights', 'k');
    expectMetrics(other.metrics, weighted);
    expect(other.stderr).toMatch(/^warning: [^\n]*training rows[^\n]*\n$/);
    const none = await evaluated('w.csv', '--no-weights');
    expectMetrics(none.metrics, once);
    expect(none.metrics.weights).toBeNull();
  });

  test('says where there are none', async () => {
    const { metrics, stderr } = await evaluated('k.csv');
    expectMetrics(metrics, once);
    expect(stderr).toMatch(/weighed by n in training, and k\.csv has no such column/);
    await expect(evaluated('w.csv', '--weights', 'nn')).rejects.toThrow(/no column "nn".*did "n" mean it/);
  });

  test('leaves out rows without a weight and of weight 0, as training does', async () => {
    folder.write('gaps.csv', `${data}1,,0\n1,0,0\n`);
    const { metrics, stderr } = await evaluated('gaps.csv');
    expectMetrics(metrics, weighted);
    expect(metrics.dropped).toMatchObject({ noWeight: 1, zeroWeight: 1 });
    expect(stderr).toMatch(/without a weight/);
    expect(stderr).toMatch(/of weight 0/);
  });

  test('reads weights as they were spelled in training', async () => {
    const commas = 'x;n;y\n0;1,5;0\n0;0,5;1\n1;0,5;0\n1;1,5;1\n';
    folder.write('commas.csv', commas);
    await folder.train('commas.csv', '--target', 'y', '--weights', 'n', '--out', 'commas.json');
    const { stdout } = await folder.logit(['evaluate', 'commas.json', 'commas.csv', '--json']);
    expectMetrics(JSON.parse(stdout), weighted);
  });
});

test.each([
  ['a negative one', '-3'],
  ['a word', 'much'],
])('%s is no weight: told by its line', async (_, weight) => {
  folder.write('bad.csv', data.replace('1,1,0', `1,${weight},0`));
  const trained = await folder.logit(['train', 'bad.csv', '--target', 'y', '--weights', 'n']);
  expect(trained).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('bad.csv:4: column n') });
  await expect(evaluated('bad.csv')).rejects.toThrow(/bad\.csv: row 3, column n: .* is not a sample weight/);
});
