/** The address of the page: which part is open. */
import { signal } from '@preact/signals';

export type Part = 'story' | 'lab';

const partNow = (): Part => (location.hash.startsWith('#lab') ? 'lab' : 'story');

export const part = signal<Part>(typeof document === 'undefined' ? 'story' : partNow());

if (typeof document !== 'undefined') {
  addEventListener('hashchange', () => {
    part.value = partNow();
  });
}
