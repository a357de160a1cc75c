/**
 * Symmetric positive (semi)definite matrices of float64, row by row in one array: Cholesky's
 * factorisation, its solve, and the search for rows that depend on earlier ones.
 * Source: Golub & Van Loan, Matrix Computations, 4th ed., sections 4.2 and 4.2.8.
 */

/** L with A = L·Lᵀ, lower triangular; undefined when a pivot is not positive. */
export function cholesky(a: Float64Array, order: number): Float64Array | undefined {
  const l = new Float64Array(order * order);
  for (let i = 0; i < order; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a[i * order + j]!;
      for (let k = 0; k < j; k++) rest -= l[i * order + k]! * l[j * order + k]!;
      if (i !== j) l[i * order + j] = rest / l[j * order + j]!;
      else if (rest > 0) l[i * order + i] = Math.sqrt(rest);
      else return undefined;
    }
  }
  return l;
}

/** x with L·Lᵀ·x = b. */
export function choleskySolve(l: Float64Array, b: Float64Array): Float64Array {
  const order = b.length;
  const x = b.slice();
  for (let i = 0; i < order; i++) {
    let rest = x[i]!;
    for (let k = 0; k < i; k++) rest -= l[i * order + k]! * x[k]!;
    x[i] = rest / l[i * order + i]!;
  }
  for (let i = order - 1; i >= 0; i--) {
    let rest = x[i]!;
    for (let k = i + 1; k < order; k++) rest -= l[k * order + i]! * x[k]!;
    x[i] = rest / l[i * order + i]!;
  }
  return x;
}

/** (L·Lᵀ)⁻¹ */
export function choleskyInverse(l: Float64Array, order: number): Float64Array {
  const inverse = new Float64Array(order * order);
  const unit = new Float64Array(order);
  for (let i = 0; i < order; i++) {
    unit.fill(0);
    unit[i] = 1;
    inverse.set(choleskySolve(l, unit), i * order);
  }
  return inverse;
}

/** ln|L·Lᵀ| */
export function logDeterminant(l: Float64Array, order: number): number {
  let total = 0;
  for (let i = 0; i < order; i++) total += 2 * Math.log(l[i * order + i]!);
  return total;
}

/**
 * Solves A·x = b for a positive semidefinite A that rounding may have made slightly indefinite:
 * the diagonal is raised, first by nothing, then by 1e-12 of its largest entry, and tenfold from there
 * (Nocedal & Wright, Numerical Optimization, 2nd ed., algorithm 3.3).
 */
export function solveDamped(a: Float64Array, b: Float64Array): Float64Array {
  const order = b.length;
  let largest = 0;
  for (let i = 0; i < order; i++) largest = Math.max(largest, Math.abs(a[i * order + i]!));
  if (!(largest > 0)) return b.slice();
  for (let damping = 0; ; damping = damping === 0 ? 1e-12 * largest : damping * 10) {
    const raised = a.slice();
    for (let i = 0; i < order; i++) raised[i * order + i]! += damping;
    const l = cholesky(raised, order);
    if (l !== undefined) return choleskySolve(l, b);
    if (!Number.isFinite(damping)) return b.slice();
  }
}

/** A row k of a Gram matrix that earlier rows explain: x_k = Σ_j coefficients_j · x_j over `of`. */
export interface Dependency {
  readonly index: number;
  readonly of: readonly number[];
  readonly coefficients: Float64Array;
}

/**
 * Rows of a Gram matrix that are linear combinations of earlier independent rows, in order: the first
 * of equal columns stays, later ones are named, as R's glm does. A row depends when what its pivot
 * keeps is at most `tolerance` of its own diagonal, so the test is relative to the column itself.
 */
export function findDependencies(gram: Float64Array, order: number, tolerance: number): Dependency[] {
  const kept: number[] = [];
  const rows: Float64Array[] = [];
  const found: Dependency[] = [];
  for (let k = 0; k < order; k++) {
    const row = new Float64Array(kept.length + 1);
    let pivot = gram[k * order + k]!;
    for (let i = 0; i < kept.length; i++) {
      const earlier = rows[i]!;
      let rest = gram[k * order + kept[i]!]!;
      for (let j = 0; j < i; j++) rest -= row[j]! * earlier[j]!;
      row[i] = rest / earlier[i]!;
      pivot -= row[i]! * row[i]!;
    }
    if (pivot > tolerance * gram[k * order + k]!) {
      row[kept.length] = Math.sqrt(pivot);
      rows.push(row);
      kept.push(k);
    } else {
      found.push({ index: k, ...combination(rows, kept, row) });
    }
  }
  return found;
}

/** Back substitution Lᵀ·c = row, keeping the columns that take part. */
function combination(rows: Float64Array[], kept: number[], row: Float64Array): Omit<Dependency, 'index'> {
  const c = row.slice(0, kept.length);
  for (let i = kept.length - 1; i >= 0; i--) {
    let rest = c[i]!;
    for (let j = i + 1; j < kept.length; j++) rest -= rows[j]![i]! * c[j]!;
    c[i] = rest / rows[i]![i]!;
  }
  const largest = c.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  const partners = kept.map((_, i) => i).filter((i) => Math.abs(c[i]!) > 1e-6 * largest);
  return { of: partners.map((i) => kept[i]!), coefficients: Float64Array.from(partners, (i) => c[i]!) };
}
