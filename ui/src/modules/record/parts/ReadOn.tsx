import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { t } from '@/i18n';

/** How near to its end a list reads on. */
const READ_ON_PX = 300;

interface ReadOnProps {
  more: boolean;
  reading: boolean;
  onMore: () => void;
  /** How much is shown. */
  shown: number;
}

/** The end of a list that goes on: it reads on by itself when seen, the button serves the keyboard. */
export function ReadOn({ more, reading, onMore, shown }: ReadOnProps) {
  const mark = useRef<HTMLDivElement>(null);
  const latest = useRef(onMore);
  latest.current = onMore;
  useEffect(() => {
    const element = mark.current;
    if (!element || !more || reading || typeof IntersectionObserver === 'undefined') return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) latest.current();
      },
      { rootMargin: `${READ_ON_PX}px` },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [more, reading]);
  return (
    <div ref={mark} className="lt-table-more lt-muted" aria-live="polite">
      <span>{t(more ? 'record.chart.shown' : 'record.chart.all-shown', { n: shown })}</span>
      {more && (
        <Button size="small" loading={reading} onClick={onMore}>
          {t('record.chart.earlier')}
        </Button>
      )}
    </div>
  );
}
