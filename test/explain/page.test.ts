/** The report and the page of a row: what they show is the graph's, and text from data is text. */
import { parseHTML } from 'linkedom';
import { beforeAll, describe, expect, test } from 'vitest';
import { pageOf } from '../../src/explain/page.ts';
import { reportOf } from '../../src/explain/report.ts';
import { FittedLogisticRegression, LogisticRegression, type RowExplanation } from '../../src/index.ts';
import { golden2, twoClasses } from '../predict/model-2.ts';

const row = { mass: 4000, bill: 50, island: 'Dream', tagged: 'no' };
const heading = { title: 'Row 1 of data.csv', summary: 'kind is 1' };
const binary = FittedLogisticRegression.fromJSON<number>(twoClasses({ classes: [0, 1], reference: 0 }));
const three = FittedLogisticRegression.fromJSON(golden2);

const open = (explanation: RowExplanation) => parseHTML(pageOf(explanation, heading)).document;

describe.each([
  ['two classes', binary.explain(row, 1)],
  ['three classes and a weight', three.explain(row, 'gentoo', { sampleWeight: 2 })],
] as const)('%s', (_, explanation) => {
  const document = open(explanation);

  test('the picture has a box for each quantity and a line for each use of one by another', () => {
    expect(document.querySelectorAll('svg .node')).toHaveLength(explanation.nodes.length);
    expect(document.querySelectorAll('svg .line')).toHaveLength(explanation.edges.length);
    const values = [...document.querySelectorAll('svg .value')].map(({ textContent }) => textContent);
    const own = explanation.nodes.map(({ value }) => String(Number(value.toPrecision(4))).replaceAll('-', '−'));
    expect(values).toEqual(own);
  });

  test('each weight and intercept has a line with its derivative and the measurement of it', () => {
    const lines = [...document.querySelectorAll('tr')].map((line) =>
      [...line.children].map(({ textContent }) => textContent),
    );
    const parameters = explanation.nodes.filter(({ about }) => about.role === 'weight' || about.role === 'bias');
    const six = (value: number): string => String(Number(value.toPrecision(6))).replaceAll('-', '−');
    for (const { name, gradient } of parameters) {
      const end = [six(gradient.value), six(gradient.measured!)];
      const own = lines.filter((cells) => cells.length === 6 && cells.slice(4).join() === end.join());
      expect(own.length, name).toBeGreaterThanOrEqual(1);
    }
    expect(document.querySelectorAll('script, link, img, iframe, [onerror], [onload]')).toHaveLength(0);
  });

  test('each formula of the scores, probabilities and loss is a step that ends with its value', () => {
    const steps = reportOf(explanation).flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'step'));
    const symbols = steps.map(({ symbol }) => symbol.text);
    for (const { about, symbol, value, gradient } of explanation.nodes) {
      const shown = about.role === 'score' ? [gradient.symbol, gradient.value] : [symbol, value];
      if (!['score', 'probability', 'loss', 'weighted loss'].includes(about.role)) continue;
      const step = steps[symbols.indexOf((shown[0] as { text: string }).text)]!;
      expect(step.equals.at(-1)!.text).toBe(String(Number((shown[1] as number).toPrecision(6))).replaceAll('-', '−'));
    }
  });
});

test.each([
  [binary.explain(row, 1), '∂L/∂a·∂a/∂z·∂z/∂w_1'],
  [three.explain(row, 'gentoo'), '∂L/∂z_1·∂z_1/∂w_1,1'],
  [binary.explain(row, 1, { sampleWeight: 2 }), '∂(s·L)/∂L·∂L/∂a·∂a/∂z·∂z/∂w_1'],
])('the factors of the first weight are written out, and their product is its derivative', (explanation, symbols) => {
  const steps = reportOf(explanation).flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'step'));
  const { symbol, equals } = steps.find((step) => step.equals[0]!.text === symbols)!;
  const numbers = equals[1]!.text.split('·').map((text) => Number(text.replace('−', '-').replace(/[()]/g, '')));
  const { gradient } = explanation.nodes.find((node) => node.gradient.symbol.text === symbol.text)!;
  const product = numbers.reduce((all, factor) => all * factor, 1);
  // Six digits are printed of each factor.
  expect(Math.abs(product - gradient.value)).toBeLessThanOrEqual(numbers.length * 5e-6 * Math.abs(gradient.value));
});

test.each([
  [1234, '1234'],
  [null, 'not measurable'],
])('a measurement of %j is shown as it is', (measured, words) => {
  const { nodes, edges, ...more } = binary.explain(row, 1);
  const document = open({
    ...more,
    nodes: nodes.map((node) => ({ ...node, gradient: { ...node.gradient, measured } })),
    edges: edges.map((edge) => ({ ...edge, measured })),
  });
  const last = (selector: string) =>
    [...document.querySelectorAll(selector)].map(({ lastElementChild }) => lastElementChild!.textContent);
  // A line for each weight, the intercept, each feature and each cell; ∂L/∂a, ∂a/∂z, ∂L/∂z, ∂L/∂w_1.
  const lines = last('tbody tr').filter((cell) => cell === words).length;
  const own = nodes.filter(({ about }) => ['weight', 'bias', 'feature', 'cell'].includes(about.role)).length;
  expect(lines).toBe(own);
  const steps = [...document.querySelectorAll('.measured')].map(({ textContent }) => textContent);
  expect(steps).toEqual(Array(4).fill(`≈ ${words}, measured`));
});

test('a graph of too many quantities has its tables and no picture', async () => {
  const wide = Array.from({ length: 40 }, (_, i) => Array.from({ length: 20 }, (_, j) => Math.sin(i * 20 + j)));
  const labels = wide.map((_, i) => i % 2);
  const model = await new LogisticRegression({ l2: 1 }).fit(wide, labels);
  const document = open(model.explain(wide[0]!, 0));
  expect(document.querySelector('svg')).toBeNull();
  expect(document.querySelectorAll('table')).toHaveLength(5);
});

describe('names and cells that look like markup', () => {
  const bad = '<img src=x onerror="alert(1)">';
  const level = `z'"></td><script>alert(2)</script>`;
  let page: string;
  let document: ReturnType<typeof open>;
  let explanation: RowExplanation;
  beforeAll(async () => {
    const rows = Array.from({ length: 12 }, (_, i) => {
      const cells = {
        [bad]: i % 5,
        __own: i % 3,
        town: i % 2 ? level : 'Ulm',
        '</title><b>y</b>': i % 4 > 1 ? level : 'no',
      };
      return JSON.parse(JSON.stringify(cells).replace('__own', '__proto__')) as object;
    });
    const model = await new LogisticRegression({ l2: 0.1 }).fit(rows, '</title><b>y</b>');
    explanation = model.explain(rows[3] as never, level);
    page = pageOf(explanation, { title: `Row 1 of ${bad}.csv`, summary: `${explanation.target} is ${level}` });
    document = parseHTML(page).document;
  });

  test('are text', () => {
    expect(document.querySelectorAll('script, img, b, [onerror]')).toHaveLength(0);
    expect(document.querySelector('h1')!.textContent).toBe(`Row 1 of ${bad}.csv`);
    expect(document.querySelector('.summary')!.textContent).toBe(`</title><b>y</b> is ${level}`);
    const heads = [...document.querySelectorAll('tbody th')].map(({ textContent }) => textContent);
    // A parser of HTML takes <title> within <svg> for HTML, which this test's does not.
    expect(page).not.toMatch(/<(img|b>|script)/);
    expect(heads).toEqual(expect.arrayContaining([bad, '__proto__', `town=${level}`]));
  });

  test('and __proto__ is a column like any other', () => {
    const own = explanation.nodes.filter(({ about }) => about.role === 'cell' && about.column === '__proto__');
    expect(own.map(({ value }) => value)).toEqual([0]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});
