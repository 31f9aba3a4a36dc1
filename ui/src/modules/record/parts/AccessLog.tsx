/** Who looked, when, for which organization and on which basis. */
import { t, textOr } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { dateTimeText } from '@/kit/time';
import { rowsOf } from '@/kit/usePages';
import { listed } from '@/kit/words';
import { useAccessLog, useOrgName } from '../api';
import { appOf, openedIn, type Sitting, sittingsOf } from '../looks';
import { basisText, basisTone, eventText, roleText } from '../words';
import { ReadOn } from './ReadOn';

export function AccessLog({ id }: { id: string }) {
  const pages = useAccessLog(id);
  const orgName = useOrgName();
  const rows = rowsOf(pages);
  const by = ({ entries: [row] }: Sitting) =>
    row
      ? [orgName(row.org_id), roleText(row.role), row.actor_name].filter(Boolean).join(' · ')
      : '';
  const columns: Column<Sitting>[] = [
    {
      key: 'at',
      title: t('record.access.at'),
      width: 170,
      render: (row) => <Times sitting={row} />,
    },
    { key: 'who', title: t('record.access.who'), width: 240, render: by },
    {
      key: 'what',
      title: t('record.access.what'),
      width: 260,
      render: (row) => <Did sitting={row} />,
    },
    {
      key: 'basis',
      title: t('record.basis.label'),
      width: 120,
      render: (row) => <BasisOf sitting={row} />,
    },
  ];
  if (pages.isPending) return <LinesSkeleton rows={6} />;
  if (pages.isError && rows.length === 0) {
    return <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />;
  }
  return (
    <>
      <DataTable<Sitting>
        id="record.access"
        plain
        quiet
        label={t('record.access.title')}
        columns={columns}
        rows={sittingsOf(rows)}
        empty={<EmptyState title={t('record.access.none')} hint={t('record.access.none-hint')} />}
        rowKey={(row) => row.key}
        phoneRow={(row) => (
          <span className="record-text">
            <span>
              <b>{by(row)}</b> <BasisOf sitting={row} />
            </span>
            <Did sitting={row} />
            <span className="lt-muted">
              <Times sitting={row} />
            </span>
          </span>
        )}
      />
      {rows.length > 0 && (
        <ReadOn
          more={pages.hasNextPage}
          reading={pages.isFetchingNextPage}
          onMore={() => void pages.fetchNextPage()}
          shown={rows.length}
        />
      )}
    </>
  );
}

/** `14:02 – 14:20` of one sitting. */
function Times({ sitting: { entries } }: { sitting: Sitting }) {
  const [last] = entries;
  const first = entries.at(-1);
  if (!last || !first) return null;
  const until = dateTimeText(last.at);
  const from = dateTimeText(first.at);
  return (
    <>
      <DateTime at={first.at} />
      {until !== from && <span className="lt-figures"> – {until.slice(11)}</span>}
    </>
  );
}

function Did({ sitting }: { sitting: Sitting }) {
  const [entry] = sitting.entries;
  if (!entry) return null;
  const opened = openedIn(sitting).map((what) =>
    textOr(what, `record.access.opened.${what.replace('.', '-')}`),
  );
  return (
    <span>
      {eventText(entry.event)}
      {sitting.entries.length > 1 && ` ${t('record.access.times', { n: sitting.entries.length })}`}
      {appOf(entry) && (
        <span className="record-block">{t('record.access.through', { app: appOf(entry) })}</span>
      )}
      {opened.length > 0 && (
        <span className="lt-muted record-block">{listed([...new Set(opened)])}</span>
      )}
    </span>
  );
}

function BasisOf({ sitting: { entries } }: { sitting: Sitting }) {
  const basis = entries[0]?.basis;
  return basis ? (
    <StatusTag plain tone={basisTone(basis)} label={basisText(basis)} />
  ) : (
    <span className="lt-muted">—</span>
  );
}
