/**
 * TeX → MathML at build time. Every symbol of the derivation has its macro, which gives it its colour wherever it
 * stands: \w{1} is w with index 1 in the colour of weights.
 */
import temml from 'temml';

/** Symbols of the derivation; each is a class of style/symbols.css. */
const symbols = ['x', 'w', 'b', 'z', 'a', 'y', 'L'] as const;

const indexed = (name: string): string => `\\class{s-${name}}{\\mathit{${name}}_{#1}}`;
const plain = (name: string): string => `\\class{s-${name}}{\\mathit{${name}}}`;

const macros = {
  ...Object.fromEntries(symbols.map((name) => [`\\${name}`, plain(name)])),
  ...Object.fromEntries(['x', 'w'].map((name) => [`\\${name}i`, indexed(name)])),
  '\\p': '\\frac{\\partial #1}{\\partial #2}',
  '\\X': '\\class{s-x}{\\mathit{X}}',
  '\\W': '\\class{s-w}{\\mathit{W}}',
  '\\Z': '\\class{s-z}{\\mathit{Z}}',
  '\\A': '\\class{s-a}{\\mathit{A}}',
  '\\Y': '\\class{s-y}{\\mathit{Y}}',
};

/** Throws where the formula is no TeX. A trailing $ sets it in display style. */
export function mathml(formula: string): string {
  const display = formula.endsWith('$');
  const text = display ? formula.slice(0, -1) : formula;
  return temml.renderToString(text, { displayMode: display, macros: { ...macros }, trust: true, throwOnError: true });
}
