/** The story's figures: the derivation's own row, with every number to be moved. */
import { computed, signal } from '@preact/signals';
import { explainNumbers } from '../../../../src/explain/numbers.ts';
import { curvature, sigmoid } from '../../../../src/math/logistic.ts';
import { GraphPicture } from '../lab/graph.tsx';
import { Inspector } from '../lab/inspector.tsx';
import { LossSlopes } from '../lab/losses.tsx';
import { short, six } from '../lab/numbers.ts';
import { Plot } from '../lab/plot.tsx';
import { Figure } from '../view/figure.tsx';

/** "One row with numbers" of the derivation. */
const start = { 'x₁': 1, 'x₂': 2, 'w₁': 0.5, 'w₂': -0.25, b: 0.1 };
type Name = keyof typeof start;
const names = Object.keys(start) as Name[];

const given = signal<Readonly<Record<Name, number>>>(start);
const label = signal(1);
const looked = signal('z');
const graph = computed(() => {
  const { 'x₁': x1, 'x₂': x2, 'w₁': w1, 'w₂': w2, b } = given.value;
  return explainNumbers({ x: [x1, x2], weights: [[w1, w2]], biases: [b], label: label.value });
});
const numberOf = (id: string): number => graph.value.nodes.find((node) => node.id === id)!.value;

export function GraphFigure() {
  const node = graph.value.nodes.find(({ id }) => id === looked.value)!;
  return (
    <div class="wide">
      <Figure
        title="The graph, with numbers that move"
        tools={
          <button
            type="button"
            class="quiet"
            onClick={() => {
              given.value = start;
              label.value = 1;
            }}
          >
            Start over
          </button>
        }
        table={() => ({
          head: ['quantity', 'value', '∂L/∂it'],
          rows: graph.value.nodes.map(({ symbol, value, gradient }) => [symbol.text, six(value), six(gradient.value)]),
        })}
        caption="Every edge carries a value to the right (→) and a local derivative to the left (←); ✓ is the same derivative measured by nudging."
      >
        <GraphPicture graph={graph.value} shown={[0, 1]} looked={looked} passOf={() => ''} />
        <div class="sliders">
          {names.map((name) => (
            <label key={name}>
              <span class={`s-${name[0]}`}>{name}</span>
              <input
                type="range"
                min="-4"
                max="4"
                step="0.05"
                value={given.value[name]}
                onInput={({ currentTarget }) => {
                  given.value = { ...given.value, [name]: Number(currentTarget.value) };
                }}
              />
              <output>{short(given.value[name])}</output>
            </label>
          ))}
          <label>
            <span class="s-y">y</span>
            <select
              value={label.value}
              onChange={({ currentTarget }) => {
                label.value = Number(currentTarget.value);
              }}
            >
              <option value={1}>1</option>
              <option value={0}>0</option>
            </select>
          </label>
        </div>
        <Inspector node={node} />
      </Figure>
    </div>
  );
}

const zs = Array.from({ length: 97 }, (_, i) => -6 + i / 8);

export function SigmoidFigure() {
  const z = numberOf('z');
  const at = Math.max(-6, Math.min(6, z));
  return (
    <Figure
      title="The sigmoid and its slope"
      table={() => ({
        head: ['z', 'a', '∂a/∂z'],
        rows: zs.filter((_, i) => i % 8 === 0).map((v) => [short(v), six(sigmoid(v)), six(curvature(v))]),
      })}
      caption={`At z = ${short(z)}, the score of the row above, a = ${short(sigmoid(z))} and its slope is a(1 − a) = ${short(curvature(z))}. It is steepest at z = 0, where it is one quarter.`}
    >
      <Plot
        label="The sigmoid and its derivative"
        xTitle="z"
        height={220}
        y={[0, 1.02]}
        curves={[
          { name: 'a = σ(z)', colour: 'a', values: zs.map((v) => [v, sigmoid(v)]) },
          { name: '∂a/∂z = a(1 − a)', colour: 'z', dashes: '6 4', values: zs.map((v) => [v, curvature(v)]) },
        ]}
        dots={[
          { x: at, y: sigmoid(at), colour: 'a' },
          { x: at, y: curvature(at), colour: 'z' },
        ]}
      />
    </Figure>
  );
}

export function LossesFigure() {
  return (
    <LossSlopes
      y={label.value}
      z={numberOf('z')}
      caption="The dots are the row above. Move its numbers until it is surely wrong, and compare how far the two dots are from 0."
    />
  );
}

/** The derivation's two rows: each has its own pull on w, and dW is their mean. */
const rows = [
  { x: [1, 2], y: 1 },
  { x: [3, -1], y: 0 },
] as const;

export function PullsFigure() {
  const { 'w₁': w1, 'w₂': w2, b } = given.value;
  const pulls = rows.map(({ x, y }) => {
    const own = explainNumbers({ x, weights: [[w1, w2]], biases: [b], label: y });
    const of = (id: string): number => own.nodes.find((node) => node.id === id)!.gradient.value;
    return { y, x, dz: of('z'), dw: [of('w_1'), of('w_2')] as const, db: of('b') };
  });
  const mean = (pick: (pull: (typeof pulls)[number]) => number): number =>
    pulls.reduce((sum, pull) => sum + pick(pull), 0) / pulls.length;
  const table = {
    head: ['row', 'dz', 'x₁·dz', 'x₂·dz', '1·dz'],
    rows: [
      ...pulls.map(({ x, y, dz, dw, db }) => [
        `x = (${x.map(short).join(', ')}), y = ${y}`,
        six(dz),
        six(dw[0]),
        six(dw[1]),
        six(db),
      ]),
      [
        'mean: dW, db',
        six(mean(({ dz }) => dz)),
        six(mean(({ dw }) => dw[0])),
        six(mean(({ dw }) => dw[1])),
        six(mean(({ db }) => db)),
      ],
    ],
  };
  return (
    <figure class="figure sums">
      <header>
        <h3>Each row’s way, and their mean</h3>
      </header>
      <div class="table" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {table.head.map((cell) => (
                <th key={cell} scope="col">
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((cells) => (
              <tr key={cells[0]}>
                {cells.map((cell, j) => (
                  <td key={j}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <figcaption>
        At w = ({short(w1)}, {short(w2)}) and b = {short(b)}, which follow the sliders of the graph above.
      </figcaption>
    </figure>
  );
}
