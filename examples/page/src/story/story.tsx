/**
 * The derivation, to be read from top to bottom: docs/derivation.md with figures that move between its paragraphs.
 */
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { coloured } from '../view/formula.tsx';
import { GraphFigure, LossesFigure, PullsFigure, SigmoidFigure } from './figures.tsx';

/** By the words that they stand before, or by the picture in whose place they stand. */
const figures: Readonly<Record<string, ComponentType>> = {
  'derivation.svg': GraphFigure,
  'Backward: the five local derivatives': LossesFigure,
  '(B6)': SigmoidFigure,
  'Weights and penalty': PullsFigure,
};

const blocks = story`docs/derivation.md`;

/** What is wider than the page is scrolled, by keys too. */
function useReachable(ref: { readonly current: HTMLElement | null }): void {
  useEffect(() => {
    const mark = (): void => {
      for (const block of ref.current!.querySelectorAll<HTMLElement>('.formula.block, pre, .table')) {
        if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
        else block.removeAttribute('tabindex');
      }
    };
    const observer = new ResizeObserver(mark);
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, [ref]);
}

export function Story() {
  const ref = useRef<HTMLElement>(null);
  useReachable(ref);
  return (
    <main class="story" ref={ref}>
      <article>
        {blocks.map((block, i) => {
          if ('html' in block)
            return <div key={i} class="text" dangerouslySetInnerHTML={{ __html: coloured(block.html) }} />;
          const Own = figures[block.figure];
          return Own && <Own key={i} />;
        })}
        <p class="text end">
          <a href="#lab">Go on in the lab</a>, with rows of your own.
        </p>
      </article>
    </main>
  );
}
