import type { ReactNode } from 'react';
import { t } from '@/i18n';
import { DateTime } from './DateTime';
import { EmptyState } from './States';
import type { Tone } from './tokens';

export interface TimelineItem {
  id: string;
  at: string;
  title: ReactNode;
  /** Who did it, and for whom. */
  who?: ReactNode;
  /** Which side did it: the two sides of a case stand left and right of the line. */
  side?: 'left' | 'right';
  tone?: Tone;
  icon?: ReactNode;
  body?: ReactNode;
}

export interface TimelineProps {
  items: TimelineItem[];
  label: string;
  /** Titles of the two sides. */
  sides?: { left: ReactNode; right: ReactNode };
}

/** What happened, by whom, when: both sides of a case on one line. */
export function Timeline({ items, label, sides }: TimelineProps) {
  if (items.length === 0) return <EmptyState title={t('kit.timeline.empty')} />;
  return (
    <div className={sides ? 'lt-timeline lt-timeline-sides' : 'lt-timeline'}>
      {sides && (
        <div className="lt-timeline-heads">
          <span>{sides.left}</span>
          <span>{sides.right}</span>
        </div>
      )}
      <ol aria-label={label}>
        {items.map((item) => (
          <li key={item.id} data-side={item.side ?? 'left'} data-tone={item.tone ?? 'neutral'}>
            <span className="lt-timeline-dot" aria-hidden="true">
              {item.icon}
            </span>
            <div className="lt-timeline-text">
              <div className="lt-timeline-title">{item.title}</div>
              <div className="lt-timeline-by lt-muted">
                {item.who} <DateTime at={item.at} />
              </div>
              {item.body && <div className="lt-timeline-body">{item.body}</div>}
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}
