/** A row: a ring for class 0, a filled square on its corner for class 1; a button for keys, a handle for mouse and touch. */
import { useRef } from 'preact/hooks';
import { flip, replace } from './actions.ts';
import type { DataPoint } from './data-sets.ts';
import { short } from './numbers.ts';
import * as lab from './state.ts';

interface DotProps {
  readonly index: number;
  readonly point: DataPoint;
  readonly x: number;
  readonly y: number;
  /** Rows of a file stay where they are. */
  readonly own: boolean;
  onMove(event: PointerEvent): void;
  onShift(dx: number, dy: number): void;
  onAdd(): void;
}

export function Dot({ index, point, x, y, own, onMove, onShift, onAdd }: DotProps) {
  const dragged = useRef(false);
  const chosen = index === lab.chosen.value;
  const choose = (): void => {
    lab.chosen.value = index;
    lab.stage.value = -1;
  };
  const neighbour = (step: number, from: Element): void => {
    const count = lab.points.value.length;
    lab.chosen.value = (index + step + count) % count;
    lab.stage.value = -1;
    const dots = from.parentElement!.querySelectorAll<SVGGElement>('.dot');
    requestAnimationFrame(() => dots[lab.chosen.value]?.focus());
  };
  const keys = (event: KeyboardEvent): void => {
    const far = event.shiftKey ? 0.5 : 0.1;
    const ofOwn: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => onShift(-far, 0),
      ArrowRight: () => onShift(far, 0),
      ArrowUp: () => onShift(0, far),
      ArrowDown: () => onShift(0, -far),
      f: () => flip(index),
      Delete: () => replace(index, undefined),
      Backspace: () => replace(index, undefined),
      n: onAdd,
    };
    const all: Readonly<Record<string, () => void>> = {
      PageDown: () => neighbour(1, event.currentTarget as Element),
      PageUp: () => neighbour(-1, event.currentTarget as Element),
      Enter: choose,
      ' ': choose,
    };
    const action = all[event.key] ?? (own ? ofOwn[event.key] : undefined);
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  const [first, second] = lab.drawn.value;
  const coordinates = [first, ...(second === undefined ? [] : [second])].map(
    (j) => `${lab.features.value[j]?.name} ${short(point.x[j]!)}`,
  );
  const name = `Row ${index + 1}, class ${lab.classes.value[point.y]}: ${coordinates.join(', ')}`;
  return (
    <g
      class={`dot ${point.y === 1 ? 'one' : 'zero'}${chosen ? ' chosen' : ''}`}
      transform={`translate(${x} ${y})`}
      role="button"
      tabindex={chosen ? 0 : -1}
      aria-label={name}
      aria-pressed={chosen}
      onKeyDown={keys}
      onPointerDown={(event) => {
        dragged.current = false;
        event.currentTarget.setPointerCapture(event.pointerId);
        choose();
      }}
      onPointerMove={(event) => {
        if (!own || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
        if (!dragged.current && Math.hypot(event.movementX, event.movementY) < 1) return;
        dragged.current = true;
        onMove(event);
      }}
      onDblClick={own ? () => flip(index) : undefined}
    >
      <circle class="hit" r="13" />
      <circle class="ring" r="10.5" />
      {point.y === 1 ? <path class="shape" d="M0-6.6 6.6 0 0 6.6-6.6 0z" /> : <circle class="shape" r="4.8" />}
    </g>
  );
}
