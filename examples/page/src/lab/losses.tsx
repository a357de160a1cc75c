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
const squaredSlope = (z: number, y: number): number => (sigmoid(z) - y) * sigmoid(z) * sigmoid(-z);

export function LossesPart() {
  const [ref, answer] = useAnswer(ask);
  const row = lab.row.value;
  const y = row?.y ?? 1;
  const z = row ? Math.max(-8, Math.min(8, scoreOf(lab.theta.value, row.x))) : 0;
  const curve = (name: string, f: (z: number) => number, colour: string, dashes?: string) => ({
    name,
    colour,
    values: zs.map((at) => [at, f(at)] as const),
    ...(dashes && { dashes }),
  });
  return (
    <section class="part" ref={ref}>
      <h2>Why not squared error</h2>
      <p>
        With ½(a − y)² the derivative keeps the factor a(1 − a), which dies where the model is sure. A row that is
        surely wrong then hardly pulls at all. The logarithm cancels that factor.
      </p>
      <div class="even">
        <Figure
          title={`∂L/∂z of a row of class ${lab.classes.value[y]}, by its score`}
          table={() => ({
            head: ['z', 'log loss', '∂L/∂z', '½(a − y)²', 'its ∂/∂z'],
            rows: zs
              .filter((_, i) => i % 10 === 0)
              .map((at) => [
                short(at),
                short(logLoss(at, y)),
                short(residual(at, y)),
                short((sigmoid(at) - y) ** 2 / 2),
                short(squaredSlope(at, y)),
              ]),
          })}
          caption="The dots are the chosen row."
        >
          <Plot
            label="Derivatives of both losses by the score"
            xTitle="z"
            y={y === 1 ? [-1.05, 0.05] : [-0.05, 1.05]}
            height={230}
            curves={[
              curve('log loss: a − y', (at) => residual(at, y), 'L'),
              curve('squared: (a − y)·a·(1 − a)', (at) => squaredSlope(at, y), 'b', '5 4'),
            ]}
            dots={[
              { x: z, y: residual(z, y), colour: 'L' },
              { x: z, y: squaredSlope(z, y), colour: 'b' },
            ]}
          />
        </Figure>
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
