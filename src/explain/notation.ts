/**
 * Formulas in two notations at once: plain text for terminals and presentation MathML for pages. An expression is built
 * once, with parentheses where the order of operations needs them. Nothing in it comes from data but numbers; it
 * evaluates nothing.
 */

/** A formula as a reader gets it. */
export interface Formula {
  /** (a − y)·x_1 */
  readonly text: string;
  /** A whole element: <math>…</math> */
  readonly mathml: string;
}

/** What binds: a sum loosest, then a product, then what stands by itself. */
type Binding = 'sum' | 'product' | 'atom';

/** A formula or a part of one. `mathml` is what stands inside <math>. */
export interface Expression {
  readonly text: string;
  readonly mathml: string;
  readonly binds: Binding;
}

export const formulaOf = ({ text, mathml }: Expression): Formula => ({ text, mathml: `<math>${mathml}</math>` });

const operator = (sign: string): string => `<mo>${sign}</mo>`;
const row = (mathml: string): string => `<mrow>${mathml}</mrow>`;

const parenthesised = ({ mathml }: Expression): string =>
  `<mo stretchy="false">(</mo>${mathml}<mo stretchy="false">)</mo>`;

/** z, dW, or with indices w_1 and w_1,2. */
export function symbol(letter: string, ...indices: readonly number[]): Expression {
  if (indices.length === 0) return { text: letter, mathml: `<mi>${letter}</mi>`, binds: 'atom' };
  const index = indices.map((i) => `<mn>${i}</mn>`).join(operator(','));
  return {
    text: `${letter}_${indices.join(',')}`,
    mathml: `<msub><mi>${letter}</mi>${row(index)}</msub>`,
    binds: 'atom',
  };
}

/** A number to six significant digits; a negative one takes parentheses like a sum. */
export function number(value: number): Expression {
  const text = String(Number(value.toPrecision(6)))
    .replaceAll('-', '−')
    .replace('Infinity', '∞');
  return { text, mathml: `<mn>${text}</mn>`, binds: text.startsWith('−') ? 'sum' : 'atom' };
}

/** Where `part` stands beside something that binds like `beside`. */
function inside(part: Expression, beside: Binding): Expression {
  const order: readonly Binding[] = ['sum', 'product', 'atom'];
  if (order.indexOf(part.binds) >= order.indexOf(beside)) return part;
  return { text: `(${part.text})`, mathml: row(parenthesised(part)), binds: 'atom' };
}

/** a + b + … */
export function plus(...parts: readonly Expression[]): Expression {
  if (parts.length === 1) return parts[0]!;
  const [first, ...others] = parts as [Expression, ...Expression[]];
  const all = [first, ...others.map((part) => (part.text.startsWith('−') ? inside(part, 'product') : part))];
  return {
    text: all.map(({ text }) => text).join(' + '),
    mathml: row(all.map(({ mathml }) => mathml).join(operator('+'))),
    binds: 'sum',
  };
}

/** a − b */
export function minus(a: Expression, b: Expression): Expression {
  const subtracted = inside(b, 'product');
  return {
    text: `${a.text} − ${subtracted.text}`,
    mathml: row(`${a.mathml}${operator('−')}${subtracted.mathml}`),
    binds: 'sum',
  };
}

/** −a */
export function negative(a: Expression): Expression {
  const own = inside(a, 'product');
  return { text: `−${own.text}`, mathml: row(`${operator('−')}${own.mathml}`), binds: 'sum' };
}

/** a·b·… */
export function times(...parts: readonly Expression[]): Expression {
  if (parts.length === 1) return parts[0]!;
  const all = parts.map((part) => inside(part, 'product'));
  return {
    text: all.map(({ text }) => text).join('·'),
    mathml: row(all.map(({ mathml }) => mathml).join(operator('·'))),
    binds: 'product',
  };
}

/** a/b */
export function over(a: Expression, b: Expression): Expression {
  return {
    text: `${inside(a, 'product').text}/${inside(b, 'atom').text}`,
    mathml: `<mfrac>${row(a.mathml)}${row(b.mathml)}</mfrac>`,
    binds: 'product',
  };
}

/** ln(a), σ(z) */
export function call(name: string, argument: Expression): Expression {
  return {
    text: `${name}(${argument.text})`,
    mathml: row(`<mi>${name}</mi>${parenthesised(argument)}`),
    binds: 'atom',
  };
}

/** e^(a) */
export function exp(a: Expression): Expression {
  return { text: `e^(${a.text})`, mathml: `<msup><mi>e</mi>${row(a.mathml)}</msup>`, binds: 'atom' };
}

/** Xᵀ */
export function transposed(a: Expression): Expression {
  const own = inside(a, 'atom');
  return { text: `${own.text}ᵀ`, mathml: `<msup>${own.mathml}<mi>T</mi></msup>`, binds: 'atom' };
}

/** ∂L/∂w_1 */
export function partial(of: Expression, by: Expression): Expression {
  const [above, below] = [inside(of, 'atom'), inside(by, 'atom')];
  return {
    text: `∂${above.text}/∂${below.text}`,
    mathml: `<mfrac>${row(`<mo>∂</mo>${above.mathml}`)}${row(`<mo>∂</mo>${below.mathml}`)}</mfrac>`,
    binds: 'atom',
  };
}
