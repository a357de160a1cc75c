/** The two parts of the page, the story and the lab, and the way from one to the other. */

import { part } from './address.ts';
import { Lab } from './lab/lab.tsx';
import { Story } from './story/story.tsx';

const titles = { story: 'Story', lab: 'Lab' } as const;

export function Page() {
  return (
    <>
      <nav class="top" aria-label="Parts">
        <strong>
          Logistic regression<span>, one derivative at a time</span>
        </strong>
        {Object.entries(titles).map(([name, title]) => (
          <a key={name} href={`#${name}`} aria-current={part.value === name ? 'page' : undefined}>
            {title}
          </a>
        ))}
      </nav>
      {part.value === 'lab' ? <Lab /> : <Story />}
    </>
  );
}
