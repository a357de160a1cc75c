/** TeX → MathML at build time: the page needs no library for it. */
import temml from 'temml';

/** Throws where the formula is no TeX. A $ at the end sets it in display style. */
export function mathml(formula: string): string {
  const display = formula.endsWith('$');
  const text = display ? formula.slice(0, -1) : formula;
  return temml.renderToString(text, { displayMode: display, throwOnError: true });
}
