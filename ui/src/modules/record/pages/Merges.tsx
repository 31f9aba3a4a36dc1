import { Button } from 'antd';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { Page } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { EmptyState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { useOrgName } from '../api';
import { useMerges } from '../indexApi';
import type { PatientMerge } from '../types';
import { IndexTabs } from './Index';
import '../record.css';

/** Merges of the group, the newest first. */
export default function Merges() {
  const pages = useMerges();
  const go = useGo();
  const can = useCan();
  const orgName = useOrgName();
  const columns: Column<PatientMerge>[] = [
    {
      key: 'at',
      title: t('record.merge.at'),
      width: 150,
      always: true,
      render: (row) => (
        <PathLink to={`/record/index/merges/${row.id}`} className="record-open">
          <DateTime at={row.at} />
        </PathLink>
      ),
    },
    {
      key: 'by',
      title: t('record.merge.by'),
      width: 220,
      render: (row) => [row.merged.account_name, orgName(row.org_id)].filter(Boolean).join(' · '),
    },
    {
      key: 'reason',
      title: t('record.index.reason'),
      width: 320,
      render: (row) => row.merged.reason,
    },
    {
      key: 'state',
      title: t('record.index.state-label'),
      width: 120,
      render: (row) => <MergeTag merge={row} />,
    },
  ];
  return (
    <Page
      wide
      title={t('record.merge.title')}
      tools={<IndexTabs />}
      actions={
        can('record.read') && (
          <Button onClick={() => go('/record/index/merges/new')}>{t('record.two.title')}</Button>
        )
      }
    >
      <DataTable<PatientMerge>
        id="record.merges"
        label={t('record.merge.title')}
        columns={columns}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={(row) => go(`/record/index/merges/${row.id}`)}
        empty={<EmptyState title={t('record.merge.empty')} hint={t('record.merge.empty-hint')} />}
        phoneRow={(row) => (
          <span className="record-text">
            <span>
              <DateTime at={row.at} /> <MergeTag merge={row} />
            </span>
            <span className="lt-muted">{row.merged.reason}</span>
          </span>
        )}
      />
    </Page>
  );
}

export function MergeTag({ merge }: { merge: PatientMerge }) {
  const tone = merge.state === 'done' ? 'done' : 'neutral';
  return <StatusTag tone={tone} label={t(`record.merge.state.${merge.state}`)} />;
}
