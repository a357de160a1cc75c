/**
 * The text of a number as it stood in the file, from the float64 and the byte that the kernel keeps beside it: digits
 * up to 15 come back from the float64 alone, of more what they are apart is kept as well. The forms are those of
 * assembly/numbers.ts. It reads no text.
 */

/** Where the digits after the point, or the exponent form, are kept in a spelling. */
const fractionBits = 0x1f;
const long = 0x80;

/** The form of a spelling; a cell with the spelling 0 is no number but a text of the dictionary. */
export const forms = { exponent: 0x00, point: 0x20, bare: 0x40, comma: 0x60 } as const;

/** A bit for each form that a column has, as assembly/numbers.ts sets them. */
export const formBits = { exponent: 1, point: 2, bare: 4, comma: 8, long: 16 } as const;

export const formOf = (spelling: number): number => spelling & 0x60;
/** Digits after the point or comma; of the exponent form one more. */
export const fractionOf = (spelling: number): number => spelling & fractionBits;

const tens = Array.from({ length: 32 }, (_, k) => Number(`1e${k}`));

export function spell(value: number, spelling: number, delta: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  const form = formOf(spelling);
  if (form === forms.exponent) {
    const [digits, exponent] = magnitude.toExponential(fractionOf(spelling) - 1).split('e') as [string, string];
    return `${sign}${digits}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
  }
  const fraction = fractionOf(spelling);
  const scaled = magnitude * tens[fraction]!;
  const digits =
    (spelling & long) === 0 ? String(Math.round(scaled)) : String(BigInt(Math.trunc(scaled)) + BigInt(delta));
  if (fraction === 0) return sign + digits;
  const padded = digits.padStart(form === forms.bare ? fraction : fraction + 1, '0');
  const whole = padded.slice(0, padded.length - fraction);
  return `${sign}${whole}${form === forms.comma ? ',' : '.'}${padded.slice(-fraction)}`;
}
