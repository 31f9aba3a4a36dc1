import { useLocation } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { PathLink } from './PathLink';

export interface LinkTab {
  to: string;
  label: ReactNode;
  /** Not offered to this person. */
  hidden?: boolean;
}

/** Screens that belong together, as links beside each other. */
export function LinkTabs({ label, tabs }: { label: string; tabs: LinkTab[] }) {
  const path = useLocation({ select: (location) => location.pathname });
  const shown = tabs.filter((tab) => !tab.hidden);
  if (shown.length < 2) return null;
  return (
    <nav className="lt-views lt-link-tabs" aria-label={label}>
      {shown.map((tab) => (
        <PathLink
          key={tab.to}
          to={tab.to}
          className="lt-view"
          aria-current={tab.to === path ? 'page' : undefined}
        >
          {tab.label}
        </PathLink>
      ))}
    </nav>
  );
}
