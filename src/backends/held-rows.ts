/** The rows that a place holds: gone when they are closed, or with the place. */
import type { RowSums } from '../rows/contract.ts';

export interface HeldRows {
  /** The same rows, held until they are closed. */
  hold(rows: RowSums): RowSums;
  /** Closes those that are still held. */
  close(): Promise<void>;
}

export function holdRows(): HeldRows {
  const held = new Set<RowSums>();
  return {
    hold(rows) {
      held.add(rows);
      const close = async (): Promise<void> => {
        held.delete(rows);
        await rows.close();
      };
      return { ...rows, close };
    },
    async close() {
      await Promise.all([...held].map((rows) => rows.close()));
      held.clear();
    },
  };
}
