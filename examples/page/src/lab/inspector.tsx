/**
 * The node that is looked at, written out: its formula with numbers, the chain of factors that its derivative is the product
 * of, the check by differences, and the line of the library that computes it.
 */
import type { Quoted } from '../../code-of.ts';
import { Code } from '../view/code.tsx';
import { Formula } from '../view/formula.tsx';
import type { GraphNode } from './explained.ts';
import { Check } from './graph.tsx';
import { six } from './numbers.ts';

const values: Readonly<Record<string, Quoted>> = {
  z: code`src/rows/reference.ts#scoreRow#z[c]! +=`,
  a: code`src/math/logistic.ts#sigmoid#`,
  L: code`src/math/logistic.ts#logLoss#return`,
};
const gradients: Readonly<Record<string, Quoted>> = {
  a: code`src/math/logistic.ts#curvature#return`,
  z: code`src/math/logistic.ts#residual#return`,
  w: code`src/rows/reference.ts#evaluate#gradient[c`,
  b: code`src/rows/reference.ts#evaluate#gradient[c`,
};

export function Inspector({ node }: { readonly node: GraphNode }) {
  const { symbol, name, value, computed, gradient } = node;
  const letter = node.id[0]!;
  return (
    <section class="inspector" aria-label="The node written out">
      <h3>
        <Formula mathml={symbol.mathml} /> <span>{name}</span>
      </h3>
      <div class="lines">
        {computed && <Chain left={symbol} written={computed} value={value} />}
        {node.id === 'L' ? (
          <p class="note">Everything is asked of L: the way back starts at ∂L/∂L = 1.</p>
        ) : (
          <>
            <Chain left={gradient.symbol} written={gradient.sum} value={gradient.value} />
            {gradient.simplified && <Chain written={gradient.simplified} value={gradient.value} />}
            <p class="note">
              By differences <Check value={gradient.value} measured={gradient.measured} />
            </p>
          </>
        )}
      </div>
      <div class="quotes">
        {values[letter] && <Code quoted={values[letter]} what="computes it" />}
        {gradients[letter] && (
          <Code quoted={gradients[letter]} what={letter === 'a' ? 'computes ∂a/∂z' : 'computes its derivative'} />
        )}
      </div>
    </section>
  );
}

interface ChainProps {
  readonly left?: { readonly mathml: string };
  readonly written: GraphNode['gradient']['sum'];
  readonly value: number;
}

/** left = formula = numbers = value, broken where an equals sign stands. */
function Chain({ left, written: { formula, substituted }, value }: ChainProps) {
  const number = `<math><mn>${six(value)}</mn></math>`;
  const known = [formula.mathml, substituted.mathml, number].filter((part, i, all) => part !== all[i - 1]);
  return (
    <p class="chain">
      {left && <Formula mathml={left.mathml} />}
      {known.map((part) => (
        <Formula key={part} mathml={part.replace('<math>', '<math><mo>=</mo>')} />
      ))}
    </p>
  );
}
