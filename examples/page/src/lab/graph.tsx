/**
 * The computational graph of the chosen row: values on the way forward and local derivatives on the way back stand on
 * every edge, each with its check by differences. Nodes are buttons in the order of computation.
 */
import type { Signal } from '@preact/signals';
import { Figure, useWidth } from '../view/figure.tsx';
import { Formula } from '../view/formula.tsx';
import { type Explained, explained, type GraphEdge, type GraphNode, shownFeatures, stops } from './explained.ts';
import { type GraphLayout, layOut, type Place, type Size } from './graph-layout.ts';
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
  const graph = explained.value;
  if (graph === undefined) return null;
  const shown = shownFeatures.value;
  const hidden = (lab.row.value?.x.length ?? 0) - shown.length;
  return (
    <Figure
      kind="graph"
      title={`Row ${lab.chosen.value + 1} as a graph`}
      table={() => tableOf(graph)}
      caption={
        <>
          Each edge carries a value forward (→) and its local derivative backward (←), and below it what differences
          measure. Press a node to see it written out.
          {hidden > 0 && ` ${hidden} features that weigh less in this row enter z too and are in the table.`}
        </>
      }
    >
      <GraphPicture graph={graph} shown={shown} looked={looked} passOf={passOf} />
    </Figure>
  );
}

interface GraphProps {
  readonly graph: Explained;
  /** Features that are drawn, from 0. */
  readonly shown: readonly number[];
  /** The node that is looked at. */
  readonly looked: Signal<string>;
  readonly passOf: (id: string, direction: 'forward' | 'backward') => Pass;
}

export function GraphPicture({ graph, shown, looked, passOf }: GraphProps) {
  const [ref, width] = useWidth(760);
  const inputs = [...shown.flatMap((j) => [`x_${j + 1}`, `w_${j + 1}`]), 'b'];
  const layout = layOut(width, inputs);
  const nodeOf = (id: string): GraphNode => graph.nodes.find((node) => node.id === id)!;
  const edges = graph.edges.filter(({ from, to }) => layout.labels.has(`${from}>${to}`));
  return (
    <div class="canvas" ref={ref} style={{ height: `${layout.height}px` }}>
      <svg width={width} height={layout.height} aria-hidden="true">
        {edges.map((edge) => (
          <path key={edge.from} class={`edge ${passOf(edge.from, 'backward')}`} d={linkOf(layout, edge)} />
        ))}
      </svg>
      {edges.map((edge) => (
        <EdgeLabel
          key={edge.from}
          edge={edge}
          at={layout.labels.get(`${edge.from}>${edge.to}`)!}
          size={layout.label}
          value={nodeOf(edge.from).value}
          pass={passOf(edge.from, 'backward')}
        />
      ))}
      <Nodes nodes={[...inputs, 'z', 'a', 'y', 'L'].map(nodeOf)} layout={layout} looked={looked} passOf={passOf} />
    </div>
  );
}

/** From the node or, where the label stands on the way to another row, from behind the label. */
function linkOf({ nodes, labels, node: nodeSize, label: labelSize }: GraphLayout, { from, to }: GraphEdge): string {
  const source = nodes.get(from)!;
  const target = nodes.get(to)!;
  const right = nodeSize.width / 2;
  if (source.x === target.x) {
    const sign = Math.sign(target.y - source.y);
    return `M${source.x} ${source.y + (sign * nodeSize.height) / 2}V${target.y - (sign * nodeSize.height) / 2}`;
  }
  const label = labels.get(`${from}>${to}`)!;
  const bend = label.y === source.y ? label.x + labelSize.width / 2 - 4 : source.x + right;
  const middle = (bend + target.x - right) / 2;
  return `M${source.x + right} ${source.y}H${bend}C${middle} ${source.y} ${middle} ${target.y} ${target.x - right} ${target.y}`;
}

interface EdgeLabelProps {
  readonly edge: GraphEdge;
  readonly at: Place;
  readonly size: Size;
  readonly value: number;
  readonly pass: Pass;
}

function EdgeLabel({ edge, at, size, value, pass }: EdgeLabelProps) {
  return (
    <div
      class={`edge-label ${pass}`}
      style={{
        left: `${at.x - size.width / 2}px`,
        top: `${at.y - size.height / 2}px`,
        width: `${size.width}px`,
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
      {same ? '✓' : '≠'} {six(Math.abs(measured) < 1e-9 ? 0 : measured)}
    </span>
  );
}

/** One stop for the Tab key; arrows go from node to node in the order of computation. */
interface NodesProps extends Pick<GraphProps, 'looked' | 'passOf'> {
  readonly nodes: readonly GraphNode[];
  readonly layout: GraphLayout;
}

function Nodes({ nodes, layout, looked, passOf }: NodesProps) {
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
          <li
            key={node.id}
            style={{
              left: `${x - layout.node.width / 2}px`,
              top: `${y - layout.node.height / 2}px`,
              width: `${layout.node.width}px`,
            }}
          >
            <button
              type="button"
              class={`node is-${node.id[0]} ${passOf(node.id, 'forward')} back-${passOf(node.id, 'backward')}`}
              tabIndex={node.id === known ? 0 : -1}
              aria-pressed={node.id === known}
              onClick={() => {
                looked.value = node.id;
              }}
              onKeyDown={(event) => keys(event, i)}
            >
              <span class="value">
                <Formula mathml={node.symbol.mathml} /> <b>{short(node.value)}</b>
                <span class="unseen">, {node.name}; </span>
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
