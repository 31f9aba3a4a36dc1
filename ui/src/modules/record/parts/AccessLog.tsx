/** Who looked, when, for which organization and on which basis. */
import { t } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { StatusTag } from '@/kit/StatusTag';
import { useAccessLog, useOrgName } from '../api';
import type { AccessEntry } from '../types';
import { basisText, basisTone, eventText, roleText } from '../words';

export function AccessLog({ id }: { id: string }) {
  const pages = useAccessLog(id);
  const orgName = useOrgName();
  const by = (row: AccessEntry) =>
    [orgName(row.org_id), roleText(row.role), row.actor_name].filter(Boolean).join(' · ');
  const columns: Column<AccessEntry>[] = [
    {
      key: 'at',
      title: t('record.access.at'),
      width: 150,
      render: (row) => <DateTime at={row.at} />,
    },
    { key: 'who', title: t('record.access.who'), width: 260, render: by },
    {
      key: 'what',
      title: t('record.access.what'),
      width: 160,
      render: (row) => eventText(row.event),
    },
    {
      key: 'basis',
      title: t('record.basis.label'),
      width: 140,
      render: (row) =>
        row.basis ? (
          <StatusTag plain tone={basisTone(row.basis)} label={basisText(row.basis)} />
        ) : (
          <span className="lt-muted">—</span>
        ),
    },
  ];
  return (
    <DataTable<AccessEntry>
      id="record.access"
      plain
      label={t('record.access.title')}
      columns={columns}
      pages={pages}
      rowKey={(row) => row.id}
      phoneRow={(row) => (
        <span className="record-text">
          <span>
            <b>{eventText(row.event)}</b> {row.basis && basisText(row.basis)}
          </span>
          <span className="lt-muted">
            {by(row)} · <DateTime at={row.at} />
          </span>
        </span>
      )}
    />
  );
}
