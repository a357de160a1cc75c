/** Where a line parts the classes the weights run off; a penalty brings them back, and the library says so. */
import { useAnswer } from '../view/answer.ts';
import { Figure } from '../view/figure.tsx';
import { call } from '../worker/client.ts';
import { chooseSet, rowsNow } from './actions.ts';
import { short } from './numbers.ts';
import { Plot } from './plot.tsx';
import { newtonPath } from './solve.ts';
import * as lab from './state.ts';

const strengths = [0, 0.001, 0.01, 0.1] as const;
const looks = [
  { colour: 'L', dashes: '' },
  { colour: 'z', dashes: '7 3' },
  { colour: 'x', dashes: '3 3' },
  { colour: 'w', dashes: '1 4' },
] as const;

export function PenaltyPart() {
  const [ref, answer] = useAnswer(ask);
  return (
    <section class="part" ref={ref}>
      <h2>Weights that run off</h2>
      <p>
        Where a line parts the classes without error, longer weights are always better, and there is no minimum. A
        penalty ½·l2·‖w‖² makes long weights cost something.
      </p>
      <div class="even">
        <Figure
          title="Length of w by Newton’s steps"
          table={() => ({
            head: ['l2', 'iterations', '‖w‖ where it ends', 'outcome'],
            rows: (answer?.paths ?? []).map(({ iterations, lengths, outcome }, k) => [
              strengths[k]!,
              iterations,
              short(lengths.at(-1)![1]),
              outcome,
            ]),
          })}
          caption={answer?.paths.map(({ outcome }, k) => `l2 = ${strengths[k]}: ${outcome}`).join(' · ')}
        >
          <Plot
            label="Length of w by iteration, for four strengths of the penalty"
            xTitle="iteration"
            height={230}
            curves={(answer?.paths ?? []).map(({ lengths }, k) => ({
              name: `l2 = ${strengths[k]}`,
              values: lengths,
              ...looks[k]!,
            }))}
          />
        </Figure>
        <div>
          <h3>What the library says of these rows</h3>
          {answer?.warnings.length === 0 && <p class="note">Nothing: there is a minimum, and the fit found it.</p>}
          {answer?.warnings.map((warning) => (
            <blockquote key={warning} class="warning">
              {warning}
            </blockquote>
          ))}
          {lab.setName.value !== 'separable' && (
            <button type="button" onClick={() => chooseSet('separable')}>
              Take the separable rows
            </button>
          )}
        </div>
      </div>
    </section>
  );
}

interface Answer {
  readonly paths: readonly {
    readonly lengths: readonly (readonly [number, number])[];
    readonly outcome: string;
    readonly iterations: number;
  }[];
  readonly warnings: readonly string[];
}

function ask(): Promise<Answer> | undefined {
  const n = lab.placed.value?.features.length;
  if (n === undefined) return undefined;
  const rows = rowsNow();
  const l2 = lab.l2.value;
  return (async () => {
    const paths = [];
    for (const strength of strengths) {
      const { steps, outcome, iterations } = await newtonPath(new Float64Array(n + 1), strength);
      paths.push({
        lengths: steps.map(({ theta }, i) => [i, Math.hypot(...theta.slice(0, n))] as const),
        outcome,
        iterations,
      });
    }
    const model = JSON.parse(await call('fit', [{ rows, l2, backend: 'auto' }]));
    return { paths, warnings: model.training.warnings.map(({ message }: { message: string }) => message) };
  })();
}
