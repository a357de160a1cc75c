/** All rows at once: the gradient as the sum of what each row pulls, and the same as matrices with their shapes. */
import { explainBatch } from '../../../../src/explain/batch.ts';
import { Figure, useWidth } from '../view/figure.tsx';
import { Formula } from '../view/formula.tsx';
import { useInSight } from '../view/in-sight.ts';
import { linearScale } from '../view/scale.ts';
import { short } from './numbers.ts';
import { scoresNow } from './scores.ts';
import * as lab from './state.ts';

export function BatchPart() {
  const [ref, inSight] = useInSight();
  const [, second] = lab.drawn.value;
  return (
    <section class="part" ref={ref}>
      <h2>All rows at once</h2>
      <p>
        The derivative of a mean is the mean of the derivatives. Each row adds its own x·dz/m; laid end to end these
        arrows lead to dW, and a step goes the other way.
      </p>
      <div class="even">
        {second !== undefined && <Pulls second={second} inSight={inSight} />}
        <Matrices inSight={inSight} />
      </div>
    </section>
  );
}

interface InSight {
  /** Out of sight it does not follow the weights. */
  readonly inSight: boolean;
}

/** The terms of dW, end to end. */
function Pulls({ second, inSight }: InSight & { readonly second: number }) {
  const [ref, width] = useWidth(420);
  const height = Math.min(width * 0.8, 360);
  const [first] = lab.drawn.value;
  const points = lab.points.value;
  const scores = inSight ? scoresNow.value : scoresNow.peek();
  const m = points.length;
  const terms = points.map(({ x }, i) => [(x[first]! * scores[i]!.dz) / m, (x[second]! * scores[i]!.dz) / m] as const);
  let [x, y] = [0, 0];
  const joints = terms.map(([dx, dy]) => {
    const from = [x, y] as const;
    x += dx;
    y += dy;
    return { from, to: [x, y] as const };
  });
  const ends = [[0, 0], ...joints.map(({ to }) => to)];
  const reach = Math.max(0.02, ...ends.flatMap(([a, b]) => [Math.abs(a!), Math.abs(b!)])) * 1.15;
  const scale = linearScale([-reach, reach], [-height / 2, height / 2]);
  const at = ([a, b]: readonly [number, number]): [number, number] => [width / 2 + scale(a), height / 2 - scale(b)];
  const sum: readonly [number, number] = [x, y];
  const tip = at(sum);
  const long = Math.hypot(x, y) || 1;
  const away = [(18 * x) / long, (-18 * y) / long] as const; // beyond the tip
  return (
    <Figure
      title="dW as the sum of its terms"
      table={() => ({
        head: ['row', 'dz', 'x₁·dz/m', 'x₂·dz/m'],
        rows: [
          ...terms.map(([a, b], i) => [i + 1, short(scores[i]!.dz), short(a), short(b)]),
          ['sum', '', short(x), short(y)],
        ],
      })}
      caption={`dW = (${short(x)}, ${short(y)})${lab.file.value ? ' over the rows that are drawn' : ''}. Point at a term, and its row is chosen.`}
    >
      <div ref={ref}>
        <svg
          class="plot"
          width={width}
          height={height}
          role="img"
          aria-label="The terms of dW laid end to end, and their sum"
        >
          <line class="axis" x1={0} x2={width} y1={height / 2} y2={height / 2} />
          <line class="axis" y1={0} y2={height} x1={width / 2} x2={width / 2} />
          <path class="sum" d={`M${at([0, 0])}L${at(sum)}`} marker-end="url(#head-w)" />
          <defs>
            <marker id="head-w" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="5" markerHeight="5" orient="auto">
              <path d="M0 .5 6 3 0 5.5z" style="fill:var(--w)" />
            </marker>
          </defs>
          {joints.map(({ from, to }, i) => (
            <path
              key={i}
              class={i === lab.chosen.value ? 'pull chosen' : 'pull'}
              d={`M${at(from)}L${at(to)}`}
              onPointerEnter={() => {
                lab.chosen.value = i;
              }}
            />
          ))}
          <text x={tip[0] + away[0]} y={tip[1] + away[1] + 4} text-anchor="middle" class="s-w">
            dW
          </text>
        </svg>
      </div>
    </Figure>
  );
}

/** Columns of a matrix that are printed. */
const mostColumns = 5;

function Matrices({ inSight }: InSight) {
  const points = lab.points.value;
  const theta = inSight ? lab.theta.value : lab.theta.peek();
  const n = points[0]?.x.length ?? 0;
  const matrices = explainBatch({
    x: Array.from({ length: n }, (_, j) => points.map(({ x }) => x[j]!)),
    weights: [[...theta.slice(0, n)]],
    biases: [theta[n]!],
    labels: points.map(({ y }) => y),
    l2: lab.l2.value,
  });
  return (
    <Figure
      title="As matrices"
      table={() => ({
        head: ['matrix', 'what it is', 'shape', 'formula', 'first values'],
        rows: matrices.map(({ symbol, name, shape, computed, values }) => [
          symbol.text,
          name,
          `[${shape.join(', ')}]`,
          computed?.formula.text ?? '',
          values[0]!.slice(0, 4).map(short).join(', '),
        ]),
      })}
      caption={`m = ${points.length}${lab.file.value ? ' of the rows, those that are drawn' : ''}, n = ${n}.`}
    >
      <ul class="matrices">
        {matrices.map(({ id, symbol, shape, values, computed, name }) => (
          <li key={id} title={name}>
            <span class="what">
              <Formula mathml={symbol.mathml} />
              {computed && <Formula mathml={computed.formula.mathml.replace('<math>', '<math><mo>=</mo>')} />}
              <small>[{shape.join(' × ')}]</small>
            </span>
            <span class="cells">
              {values.slice(0, 3).map((row, i) => (
                <span key={i}>
                  {row.slice(0, mostColumns).map((value, j) => (
                    <i key={j} class={j === lab.chosen.value && shape[1] === points.length ? 'chosen' : ''}>
                      {short(value)}
                    </i>
                  ))}
                  {row.length > mostColumns && <span>…</span>}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </Figure>
  );
}
