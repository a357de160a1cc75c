/**
 * A figure: a picture with its caption, and the same numbers as a table for whoever cannot or would rather not look at it.
 * Pictures are drawn in pixels of the width they have.
 */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

interface FigureProps {
  readonly title: string;
  /** One sentence on what is seen. */
  readonly caption?: ComponentChildren;
  readonly table: () => Table;
  readonly children: ComponentChildren;
  readonly tools?: ComponentChildren;
  readonly kind?: string;
}

export function Figure({ title, caption, table, children, tools, kind = '' }: FigureProps) {
  const [asTable, setAsTable] = useState(false);
  return (
    <figure class={`figure ${kind}`}>
      <header>
        <h3>{title}</h3>
        <div class="tools">
          {tools}
          <button type="button" class="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? 'Picture' : 'Table'}
          </button>
        </div>
      </header>
      {asTable ? <DataTable name={title} {...table()} /> : children}
      {caption && <figcaption>{caption}</figcaption>}
    </figure>
  );
}

function DataTable({ name, head, rows }: Table & { readonly name: string }) {
  return (
    <section class="table" tabIndex={0} aria-label={`${name}, as a table`}>
      <table>
        <thead>
          <tr>
            {head.map((cell) => (
              <th key={cell} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The width of an element, as it changes. */
export function useWidth(initial: number) {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(initial);
  useLayoutEffect(() => {
    const measure = (): void => setWidth(Math.round(ref.current?.clientWidth || initial));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, [initial]);
  return [ref, width] as const;
}
