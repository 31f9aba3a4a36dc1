import type { ReactNode } from 'react';

/** A region that scrolls by itself. */
export function Scroll({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <div className="hl7-scroll" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
