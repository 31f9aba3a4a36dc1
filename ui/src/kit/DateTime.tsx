import { dateText, dateTimeText, relativeText, useNow } from './time';

export interface DateTimeProps {
  at: string | null | undefined;
  /** `both` shows the absolute time with the relative one beside it. */
  show?: 'absolute' | 'relative' | 'both' | 'date';
}

/** A moment. The other reading is always in the tooltip. */
export function DateTime({ at, show = 'absolute' }: DateTimeProps) {
  const now = useNow();
  if (!at) return <span className="lt-muted">—</span>;
  const absolute = show === 'date' ? dateText(at) : dateTimeText(at);
  const relative = relativeText(at, now);
  if (show === 'both') {
    return (
      <time dateTime={at} className="lt-figures">
        {absolute} <span className="lt-muted">{relative}</span>
      </time>
    );
  }
  const shown = show === 'relative' ? relative : absolute;
  return (
    <time dateTime={at} className="lt-figures" title={shown === relative ? absolute : relative}>
      {shown}
    </time>
  );
}
