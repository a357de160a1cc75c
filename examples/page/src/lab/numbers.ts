/** Numbers as the page shows them: a real minus sign, four significant digits, six decimals where digits are compared. */

export function short(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : value < 0 ? '−∞' : '—';
  const size = Math.abs(value);
  const text =
    size !== 0 && (size < 1e-4 || size >= 1e5) ? value.toExponential(1) : String(Number(value.toPrecision(4)));
  return text.replaceAll('-', '−');
}

/** As docs/derivation.md prints them; what six decimals would hide, by its digits. */
export function six(value: number): string {
  const text = value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(4) : value.toFixed(6);
  return text.replaceAll('-', '−');
}

const subscripts = '₀₁₂₃₄₅₆₇₈₉';
export function subscript(index: number): string {
  return [...String(index)].map((digit) => subscripts[Number(digit)]).join('');
}
