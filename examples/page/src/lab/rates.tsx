/** Gradient descent at six learning rates, as parts of 2/λ_max, beyond which it cannot settle in the minimum. */

import { useAnswer } from '../view/answer.ts';
import { Figure } from '../view/figure.tsx';
import { Formula } from '../view/formula.tsx';
import { call } from '../worker/client.ts';
import { short } from './numbers.ts';
import { Plot } from './plot.tsx';
import { newtonPath, type Path, pathOf } from './solve.ts';
import * as lab from './state.ts';

const parts = [0.02, 0.1, 0.5, 0.95, 1.3, 2];
const iterations = 60;

interface Answer {
  readonly limit: number;
  readonly lowest: number;
  readonly paths: readonly Path[];
}

function ask(): Promise<Answer> | undefined {
  const n = lab.placed.value?.features.length;
  const l2 = lab.l2.value;
  if (n === undefined) return undefined;
  return (async () => {
    const zero = new Float64Array(n + 1);
    const end = (await newtonPath(zero, l2)).steps.at(-1)!;
    const { largestCurvature, value } = await call('evaluate', [end.theta, l2]);
    const limit = 2 / largestCurvature;
    const paths: Path[] = [];
    for (const part of parts)
      paths.push(await pathOf({ solver: 'gd', from: zero, l2, maxIterations: iterations, learningRate: part * limit }));
    return { limit, lowest: value, paths };
  })();
}

export function RatesPart() {
  const [ref, answer] = useAnswer(ask);
  const first = answer?.paths[0]?.steps[0]?.value ?? 1;
  return (
    <section class="part" ref={ref}>
      <h2>How long a step may be</h2>
      <p>
        Where λ<sub>max</sub> is the largest eigenvalue of the second derivative at the minimum, a step of rate r
        multiplies the error in its direction by 1 − r·λ<sub>max</sub>. Up to r = 2/λ<sub>max</sub>
        {answer ? ` = ${short(answer.limit)}` : ''} that shrinks; beyond it, it grows.
      </p>
      <Figure
        title="Mean loss over 60 steps from 0"
        table={() => ({
          head: ['rate', 'of 2/λ_max', 'loss after 60 steps', 'outcome'],
          rows: (answer?.paths ?? []).map((path, k) => [
            short(parts[k]! * answer!.limit),
            parts[k]!,
            short(path.steps.at(-1)!.value),
            path.outcome,
          ]),
        })}
        caption={
          <>
            The dashed line is the loss of the minimum. Curves in blue keep{' '}
            <Formula mathml={tex`r < 2/\lambda_{\text{max}}`} />; those in red step further, and come away from it
            again.
          </>
        }
      >
        <div class="multiples">
          {answer?.paths.map((path, k) => (
            <div key={parts[k]} class={parts[k]! > 1 ? 'beyond' : ''}>
              <p class="numbers">
                <b>r = {short(parts[k]! * answer.limit)}</b> · {short(parts[k]!)} × 2/λ<sub>max</sub>
              </p>
              <Plot
                label={`Mean loss at learning rate ${short(parts[k]! * answer.limit)}`}
                height={130}
                x={[0, iterations]}
                y={[Math.min(answer.lowest, first) * 0.9, Math.max(first * 1.6, answer.lowest * 1.2)]}
                curves={[
                  {
                    name: 'loss',
                    colour: parts[k]! > 1 ? 'L' : 'w',
                    values: path.steps.map(({ value }, i) => [i, value] as const),
                  },
                ]}
                marks={[{ at: answer.lowest, name: '' }]}
              />
            </div>
          ))}
        </div>
      </Figure>
    </section>
  );
}
