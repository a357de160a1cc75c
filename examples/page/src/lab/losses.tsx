/** Log loss beside squared loss: what each says of one row, and where each leads from a start that is sure and wrong. */
import { logLoss, residual, sigmoid } from '../../../../src/math/logistic.ts';
import { useAnswer } from '../view/answer.ts';
import { Figure } from '../view/figure.tsx';
import { short } from './numbers.ts';
import { Plot } from './plot.tsx';
import { scoreOf } from './scores.ts';
import { newtonPath, pathOf } from './solve.ts';
import * as lab from './state.ts';

const zs = Array.from({ length: 81 }, (_, i) => -8 + i / 5);
const squaredSlope = (z: number, y: number): number => 2 * (sigmoid(z) - y) * sigmoid(z) * sigmoid(-z);

export function LossesPart() {
  const [ref, answer] = useAnswer(ask);
  const row = lab.row.value;
  return (
    <section class="part" ref={ref}>
      <h2>Why not squared error</h2>
      <p>
        With (a − y)² the derivative keeps the factor a(1 − a), which dies where the model is sure. A row that is surely
        wrong then hardly pulls at all. The logarithm cancels that factor.
      </p>
      <div class="even">
        {row && <LossSlopes y={row.y} z={scoreOf(lab.theta.value, row.x)} caption="The dots are the chosen row." />}
        <Figure
          title="Rows on the wrong side, from the same wrong start"
          table={() => ({
            head: ['step', 'log loss', 'squared error'],
            rows: (answer?.log ?? [])
              .filter((_, i) => i % 10 === 0)
              .map(([i, wrong]) => [i, `${short(wrong)} %`, `${short(answer!.squared[i]?.[1] ?? Number.NaN)} %`]),
          })}
          caption="Gradient descent at the same rate; it begins where every sign is the opposite of the best."
        >
          <Plot
            label="Share of rows on the wrong side by step"
            xTitle="step"
            y={[0, 100]}
            height={230}
            curves={[
              { name: 'log loss, % wrong', colour: 'L', values: answer?.log ?? [] },
              { name: 'squared error, % wrong', colour: 'b', dashes: '5 4', values: answer?.squared ?? [] },
            ]}
          />
        </Figure>
      </div>
    </section>
  );
}

/** How hard each loss pulls on one row, by its score. */
export function LossSlopes({ y, z, caption }: { readonly y: number; readonly z: number; readonly caption: string }) {
  const at = Math.max(-8, Math.min(8, z));
  const curve = (name: string, slope: (z: number) => number, colour: string, dashes = '') => ({
    ...{ name, colour, dashes },
    values: zs.map((score) => [score, slope(score)] as const),
  });
  const squared = (score: number): number => squaredSlope(score, y);
  const log = (score: number): number => residual(score, y);
  return (
    <Figure
      title={`∂L/∂z of a row with y = ${y}, by its score`}
      table={() => ({
        head: ['z', 'log loss', 'its ∂/∂z', '(a − y)²', 'its ∂/∂z'],
        rows: zs
          .filter((_, i) => i % 10 === 0)
          .map((score) => [score, logLoss(score, y), log(score), (sigmoid(score) - y) ** 2, squared(score)].map(short)),
      })}
      caption={caption}
    >
      <Plot
        label="Derivatives of both losses by the score"
        xTitle="z"
        y={y === 1 ? [-1.05, 0.05] : [-0.05, 1.05]}
        height={230}
        curves={[curve('log loss: a − y', log, 'L'), curve('squared error: 2(a − y)·a(1 − a)', squared, 'b', '5 4')]}
        dots={[
          { x: at, y: log(at), colour: 'L' },
          { x: at, y: squared(at), colour: 'b' },
        ]}
      />
    </Figure>
  );
}

interface Answer {
  readonly log: readonly (readonly [number, number])[];
  readonly squared: readonly (readonly [number, number])[];
}

function ask(): Promise<Answer> | undefined {
  const n = lab.placed.value?.features.length;
  const points = lab.points.value;
  if (n === undefined) return undefined;
  const wrong = (theta: Float64Array): number =>
    (100 * points.filter(({ x, y }) => scoreOf(theta, x) > 0 !== (y === 1)).length) / points.length;
  return (async () => {
    // A little penalty, so that there is a minimum to be opposite to.
    const best = (await newtonPath(new Float64Array(n + 1), 0.01)).steps.at(-1)!.theta;
    const from = best.map((w) => -3 * w);
    const follow = async (loss: 'log' | 'squared') => {
      const { steps } = await pathOf({ solver: 'gd', from, l2: 0, maxIterations: 200, learningRate: 1, loss });
      return steps.map(({ theta }, i) => [i, wrong(theta)] as const);
    };
    return { log: await follow('log'), squared: await follow('squared') };
  })();
}
