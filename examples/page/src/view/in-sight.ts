/** Whether an element is near what is seen of the page. */
import { useEffect, useRef, useState } from 'preact/hooks';

export function useInSight() {
  const ref = useRef<HTMLElement>(null);
  const [inSight, setInSight] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => setInSight(entry!.isIntersecting), { rootMargin: '100px' });
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, []);
  return [ref, inSight] as const;
}
