/**
 * The derivation, to be read from top to bottom: docs/derivation.md with figures that move between its paragraphs.
 */
import type { ComponentType } from 'preact';
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

export function Story() {
  return (
    <main class="story">
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
