/**
 * What the nodes of a row's graph stand for. Features count from 1; a class is named by its code, 0 for the
 * reference, and so is a score vector by the class that it belongs to.
 */
export type NodeRole =
  | CellRole
  | { readonly role: 'feature'; readonly feature: number }
  | { readonly role: 'weight'; readonly feature: number; readonly class: number }
  | { readonly role: 'bias' | 'score' | 'probability' | 'label'; readonly class: number }
  | { readonly role: 'loss' | 'sample weight' | 'weighted loss' };

/** The number that a factor makes of a cell of a raw row: its own or a function of it, or 1 and 0 for whether it has one level. */
export interface CellRole {
  readonly role: 'cell';
  readonly column: string;
  /** The cell as it was given, as text; null where it is missing. */
  readonly given: string | null;
  /** Whether the model's own value was put in place of a missing cell. */
  readonly imputed: boolean;
  /** The level that the number stands for. */
  readonly level?: string;
}
