/** An answer of the worker that follows signals: asked for when what it depends on has changed and the figure is in sight. */
import { effect } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';

/** `ask` reads its signals before it first awaits; an answer that has been overtaken is thrown away. */
export function useAnswer<T>(ask: () => Promise<T> | undefined) {
  const ref = useRef<HTMLElement>(null);
  const [answer, setAnswer] = useState<T | undefined>(undefined);
  useEffect(() => {
    let latest = 0;
    let stopFollowing = (): void => {};
    const follow = (): void => {
      stopFollowing = effect(() => {
        const mine = ++latest;
        ask()?.then(
          (value) => mine === latest && setAnswer(value),
          () => {}, // said where it was asked for by hand; a figure keeps what it had
        );
      });
    };
    const observer = new IntersectionObserver(([entry]) => {
      stopFollowing();
      stopFollowing = () => {};
      if (entry!.isIntersecting) follow();
    });
    observer.observe(ref.current!);
    return () => {
      observer.disconnect();
      stopFollowing();
    };
  }, []);
  return [ref, answer] as const;
}
