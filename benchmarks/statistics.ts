/** Of tables over several sizes. */

/** Least-squares slope of y on x. */
export function slope(x: readonly number[], y: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const mx = mean(x);
  const my = mean(y);
  let products = 0;
  let squares = 0;
  x.forEach((value, i) => {
    products += (value - mx) * (y[i]! - my);
    squares += (value - mx) ** 2;
  });
  return products / squares;
}
