/**
 * The computational graph of the chosen row: values on the way forward and local derivatives on the way back stand on
 * every edge, each with its check by differences. Nodes are buttons in the order of computation.
 */
import { linkHorizontal } from 'd3-shape';
import { Figure, useWidth } from '../view/figure.tsx';
import { Formula } from '../view/formula.tsx';
import { type Explained, explained, type GraphEdge, type GraphNode, shownFeatures, stops } from './explained.ts';
import { type GraphLayout, labelSize, layOut, nodeSize, type Place } from './graph-layout.ts';
import { short, six } from './numbers.ts';
import { looked } from './passes.ts';
import * as lab from './state.ts';

/** Where a pass stands at a node or an edge. */
type Pass = 'now' | 'done' | '';

function passOf(id: string, direction: 'forward' | 'backward'): Pass {
  const index = stops.value.findIndex((stop) => stop.id === id && stop.direction === direction);
  if (index < 0 || lab.stage.value < index) return '';
  return lab.stage.value === index ? 'now' : 'done';
}

export function Graph() {
  const [ref, width] = useWidth(760);
  const graph = explained.value;
  if (graph === undefined) return null;
  const shown = shownFeatures.value;
  const inputs = [...shown.flatMap((j) => [`x_${j + 1}`, `w_${j + 1}`]), 'b'];
  const layout = layOut(width, inputs);
  const nodes = [...inputs, 'z', 'a', 'y', 'L'].map((id) => graph.nodes.find((node) => node.id === id)!);
  const edges = graph.edges.filter(({ from, to }) => layout.labels.has(`${from}>${to}`));
  const hidden = (lab.row.value?.x.length ?? 0) - shown.length;
  return (
    <Figure
      kind="graph"
      title={`Row ${lab.chosen.value + 1} as a graph`}
      table={() => tableOf(graph)}
      caption={
        <>
          Each edge carries a value forward (→) and its local derivative backward (←), and below it what differences
          measure.
          {hidden > 0 && ` ${hidden} features that weigh less in this row enter z too and are in the table.`}
        </>
      }
    >
      <div class="canvas" ref={ref} style={{ height: `${layout.height}px` }}>
        <svg width={width} height={layout.height} aria-hidden="true">
          {edges.map((edge) => (
            <path
              key={`${edge.from}>${edge.to}`}
              class={`edge ${passOf(edge.from, 'backward')}`}
              d={linkOf(layout, edge)}
            />
          ))}
        </svg>
        {edges.map((edge) => (
          <EdgeLabel
            key={`${edge.from}>${edge.to}`}
            edge={edge}
            at={layout.labels.get(`${edge.from}>${edge.to}`)!}
            value={graph.nodes.find(({ id }) => id === edge.from)!.value}
          />
        ))}
        <Nodes nodes={nodes} layout={layout} />
      </div>
    </Figure>
  );
}

/** From the node or, where the label stands on the way to another row, from behind the label. */
function linkOf({ nodes, labels }: GraphLayout, { from, to }: GraphEdge): string {
  const source = nodes.get(from)!;
  const target = nodes.get(to)!;
  const right = nodeSize.width / 2;
  if (source.x === target.x) {
    const sign = Math.sign(target.y - source.y);
    return `M${source.x} ${source.y + (sign * nodeSize.height) / 2}V${target.y - (sign * nodeSize.height) / 2}`;
  }
  const label = labels.get(`${from}>${to}`)!;
  const bend = label.y === source.y ? label.x + labelSize.width / 2 - 4 : source.x + right;
  const curve = linkHorizontal()({ source: [bend, source.y], target: [target.x - right, target.y] });
  return `M${source.x + right} ${source.y}H${bend}${curve}`;
}

function EdgeLabel({ edge, at, value }: { readonly edge: GraphEdge; readonly at: Place; readonly value: number }) {
  return (
    <div
      class={`edge-label ${passOf(edge.from, 'backward')}`}
      style={{
        left: `${at.x - labelSize.width / 2}px`,
        top: `${at.y - labelSize.height / 2}px`,
        width: `${labelSize.width}px`,
      }}
    >
      <span class={`s-${edge.from[0]}`}>{short(value)} →</span>
      <span class="local">
        ← {partialText(edge)} = <b>{short(edge.value)}</b>
      </span>
      <Check value={edge.value} measured={edge.measured} />
    </div>
  );
}

/** ∂z/∂w₁ */
function partialText({ from, to }: GraphEdge) {
  const [letter, index] = from.split('_');
  return (
    <span>
      ∂<i class={`s-${to}`}>{to}</i>/∂<i class={`s-${letter}`}>{letter}</i>
      {index && <sub>{index}</sub>}
    </span>
  );
}

/** What differences measure, and whether it is the same to their precision. */
export function Check({ value, measured }: { readonly value: number; readonly measured: number | null }) {
  if (measured === null) return <span class="check">not measurable</span>;
  const same = Math.abs(value - measured) <= 1e-6 * Math.max(1, Math.abs(value));
  return (
    <span class={same ? 'check' : 'check differs'}>
      {same ? '✓' : '≠'} {six(measured)}
    </span>
  );
}

/** One stop for the Tab key; arrows go from node to node in the order of computation. */
function Nodes({ nodes, layout }: { readonly nodes: readonly GraphNode[]; readonly layout: GraphLayout }) {
  const keys = (event: KeyboardEvent, i: number): void => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (i + step + nodes.length) % nodes.length;
    looked.value = nodes[next]!.id;
    const buttons = (event.currentTarget as Element).parentElement!.parentElement!.querySelectorAll('button');
    buttons[next]!.focus();
  };
  const known = nodes.some(({ id }) => id === looked.value) ? looked.value : 'z';
  return (
    <ol class="nodes" aria-label="The graph, in the order of computation">
      {nodes.map((node, i) => {
        const { x, y } = layout.nodes.get(node.id)!;
        return (
          <li key={node.id} style={{ left: `${x - nodeSize.width / 2}px`, top: `${y - nodeSize.height / 2}px` }}>
            <button
              type="button"
              class={`node is-${node.id[0]} ${passOf(node.id, 'forward')} back-${passOf(node.id, 'backward')}`}
              tabIndex={node.id === known ? 0 : -1}
              aria-pressed={node.id === known}
              title={node.name}
              aria-label={`${node.symbol.text}, ${node.name}: ${short(node.value)}. ${node.gradient.symbol.text} = ${short(node.gradient.value)}`}
              onClick={() => {
                looked.value = node.id;
              }}
              onKeyDown={(event) => keys(event, i)}
            >
              <span class="value">
                <Formula mathml={node.symbol.mathml} /> <b>{short(node.value)}</b>
              </span>
              <span class="slope">∂L {short(node.gradient.value)}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

function tableOf({ nodes, edges }: Explained) {
  return {
    head: ['quantity', 'name', 'value', '∂L/∂it', 'measured', 'local derivatives'],
    rows: nodes.map(({ id, symbol, name, value, gradient }) => [
      symbol.text,
      name,
      six(value),
      six(gradient.value),
      gradient.measured === null ? '—' : six(gradient.measured),
      edges
        .filter(({ from }) => from === id)
        .map(({ symbol: partial, value: local }) => `${partial.text} = ${six(local)}`)
        .join('; '),
    ]),
  };
}
