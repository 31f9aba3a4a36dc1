import { t } from '@/i18n';
import { DateTime } from '@/kit/DateTime';
import { Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import type { useOutboundStatistics } from '../queries';
import type { OutboundState, ReceiverFigures } from '../types';
import { outcomeText, ReceiverTag } from '../words';
import { Scroll } from './Scroll';

const COUNTS = ['dead', 'waiting', 'accepted', 'withheld', 'skipped'] as const;

interface OutboundFiguresProps {
  statistics: ReturnType<typeof useOutboundStatistics>;
  /** Days were chosen; else the figures are of the last seven. */
  chosen: boolean;
  /** The address of what a figure counts. */
  linkOf: (row: ReceiverFigures, state: OutboundState) => string;
}

/** How sending to each receiver goes, and what became of what was queued. */
export function OutboundFigures({ statistics, chosen, linkOf }: OutboundFiguresProps) {
  return (
    <Section title={t(chosen ? 'hl7v2.out-figures.chosen' : 'hl7v2.out-figures.week')}>
      {statistics.isPending ? (
        <LinesSkeleton rows={3} />
      ) : statistics.isError ? (
        <ErrorState error={statistics.error} onRetry={() => void statistics.refetch()} />
      ) : statistics.data.items.length === 0 ? (
        <EmptyState title={t('hl7v2.receiver.none')} hint={t('hl7v2.receiver.none-hint')} />
      ) : (
        <Table rows={troubledFirst(statistics.data.items)} linkOf={linkOf} />
      )}
    </Section>
  );
}

/** Those that fail now, then those with most set aside and waiting. */
function troubledFirst(rows: ReceiverFigures[]): ReceiverFigures[] {
  const trouble = (row: ReceiverFigures) => (row.error ? 1_000_000 : 0) + row.dead + row.waiting;
  return [...rows].sort((one, other) => trouble(other) - trouble(one));
}

function Table({
  rows,
  linkOf,
}: {
  rows: ReceiverFigures[];
  linkOf: OutboundFiguresProps['linkOf'];
}) {
  return (
    <Scroll label={t('hl7v2.out-figures.title')}>
      <table className="hl7-table hl7-figures">
        <thead>
          <tr>
            <th scope="col">{t('hl7v2.outbound.receiver')}</th>
            <th scope="col">{t('hl7v2.out-figures.now')}</th>
            {COUNTS.map((count) => (
              <th key={count} scope="col" className="hl7-count">
                {t(`hl7v2.out-figures.${count}`)}
              </th>
            ))}
            <th scope="col">{t('hl7v2.out-figures.oldest')}</th>
            <th scope="col">{t('hl7v2.out-figures.last')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.receiver_id}>
              <th scope="row">
                <PathLink to={`/hl7v2/receivers/${row.receiver_id}`}>{row.receiver_name}</PathLink>
              </th>
              <td>
                <Now row={row} />
              </td>
              {COUNTS.map((count) => (
                <td key={count} className="hl7-count">
                  {row[count] > 0 ? (
                    <PathLink to={linkOf(row, count)}>{row[count]}</PathLink>
                  ) : (
                    row[count]
                  )}
                </td>
              ))}
              <td>
                <DateTime at={row.oldest_at} />
              </td>
              <td>
                <DateTime at={row.accepted_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Now({ row }: { row: ReceiverFigures }) {
  if (row.state !== 'active') return <ReceiverTag state={row.state} />;
  if (!row.error) return <StatusTag plain tone="done" label={t('hl7v2.out-figures.fine')} />;
  const [code = ''] = row.error.split(': ');
  return (
    <span className="lt-row" title={row.error}>
      <StatusTag plain tone="overdue" label={outcomeText(code)} />
    </span>
  );
}
