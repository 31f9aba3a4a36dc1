import { t } from '@/i18n';

const ROWS_DEFAULT = 8;

/** Grey lines where text will stand. */
export function LinesSkeleton({ rows = ROWS_DEFAULT }: { rows?: number }) {
  return (
    <div className="lt-skeleton" role="status" aria-label={t('kit.loading')}>
      {Array.from({ length: rows }, (_, index) => (
        <div
          key={index}
          className="lt-skeleton-line"
          style={{ width: `${92 - ((index * 17) % 35)}%` }}
        />
      ))}
    </div>
  );
}

/** A screen on its way: title, tools and rows. */
export function PageSkeleton() {
  return (
    <div className="lt-skeleton lt-skeleton-page" role="status" aria-label={t('kit.loading')}>
      <div className="lt-skeleton-line lt-skeleton-title" />
      <div className="lt-skeleton-line lt-skeleton-tools" />
      <LinesSkeleton rows={10} />
    </div>
  );
}
