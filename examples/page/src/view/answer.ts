/** An answer of the worker that follows signals: asked for when what it depends on has changed and the figure is in sight. */
import { effect } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { useInSight } from './in-sight.ts';

/** `ask` reads its signals before it first awaits; an answer that has been overtaken is thrown away. */
export function useAnswer<T>(ask: () => Promise<T> | undefined) {
  const [ref, inSight] = useInSight();
  const [answer, setAnswer] = useState<T | undefined>(undefined);
  useEffect(() => {
    if (!inSight) return undefined;
    let latest = 0;
    const stop = effect(() => {
      const mine = ++latest;
      ask()?.then(
        (value) => mine === latest && setAnswer(value),
        () => {}, // said where it was asked for by hand; a figure keeps what it had
      );
    });
    return () => {
      latest++;
      stop();
    };
  }, [inSight]);
  return [ref, answer] as const;
}
