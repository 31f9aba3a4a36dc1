import { t } from '@/i18n';
import { DateTime } from '@/kit/DateTime';
import { Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import type { useStatistics } from '../queries';
import type { SenderFigures } from '../types';
import { Scroll } from './Scroll';

const COUNTS = [
  'received',
  'applied',
  'kept',
  'failed',
  'rejected',
  'dismissed',
  'duplicates',
  'late',
] as const;

type Count = (typeof COUNTS)[number];

interface FiguresProps {
  statistics: ReturnType<typeof useStatistics>;
  /** Days were chosen; else the figures are of the last seven. */
  chosen: boolean;
  /** The address of what a figure counts; nothing where the list cannot show it. */
  linkOf: (row: SenderFigures, count: Count) => string | undefined;
}

/** What each sender sent and what became of it. */
export function Figures({ statistics, chosen, linkOf }: FiguresProps) {
  return (
    <Section title={t(chosen ? 'hl7v2.figures.chosen' : 'hl7v2.figures.week')}>
      {statistics.isPending ? (
        <LinesSkeleton rows={3} />
      ) : statistics.isError ? (
        <ErrorState error={statistics.error} onRetry={() => void statistics.refetch()} />
      ) : statistics.data.items.length === 0 ? (
        <EmptyState title={t('hl7v2.sender.none')} hint={t('hl7v2.sender.none-hint')} />
      ) : (
        <Table rows={troubledFirst(statistics.data.items)} linkOf={linkOf} />
      )}
    </Section>
  );
}

/** Those whose messages wait for somebody, then those that send most. */
function troubledFirst(rows: SenderFigures[]): SenderFigures[] {
  const waiting = (row: SenderFigures) => row.failed + row.rejected;
  return [...rows].sort(
    (one, other) => waiting(other) - waiting(one) || other.received - one.received,
  );
}

function Table({ rows, linkOf }: { rows: SenderFigures[]; linkOf: FiguresProps['linkOf'] }) {
  return (
    <Scroll label={t('hl7v2.figures.title')}>
      <table className="hl7-table hl7-figures">
        <thead>
          <tr>
            <th scope="col">{t('hl7v2.sender.title')}</th>
            {COUNTS.map((count) => (
              <th key={count} scope="col" className="hl7-count">
                {t(`hl7v2.figures.${count}`)}
              </th>
            ))}
            <th scope="col">{t('hl7v2.figures.last')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.sender_id}>
              <th scope="row">
                <PathLink to={`/hl7v2/senders/${row.sender_id}`}>{row.sender_name}</PathLink>
              </th>
              {COUNTS.map((count) => {
                const link = row[count] > 0 ? linkOf(row, count) : undefined;
                return (
                  <td key={count} className="hl7-count">
                    {link ? <PathLink to={link}>{row[count]}</PathLink> : row[count]}
                  </td>
                );
              })}
              <td>
                <DateTime at={row.last_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
