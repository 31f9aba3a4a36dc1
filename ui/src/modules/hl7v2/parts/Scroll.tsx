import { type ReactNode, useEffect, useRef } from 'react';

/** A region that scrolls by itself, and at first shows what is marked in it. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const hit = box.current?.querySelector<HTMLElement>('mark, [data-hit="true"]');
    if (!box.current || !hit) return;
    const below = hit.getBoundingClientRect().top - box.current.getBoundingClientRect().top;
    box.current.scrollTop += below - box.current.clientHeight / 2;
  }, []);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <div ref={box} className="hl7-scroll" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
