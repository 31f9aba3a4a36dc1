import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { call, newKey, type Page as Rows } from '@/api/client';
import { useCan } from '@/api/session';
import { t, textOr } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { Facts, Page } from '@/kit/Page';
import { SidePreview } from '@/kit/SidePreview';
import { EmptyState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { choice, useUrlFilters } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import { linesOf } from '../ruleDiff';
import type { Job, JobState } from '../types';
import { SystemTabs } from './AdminTabs';
import '../admin.css';

const STATES: readonly JobState[] = ['dead', 'waiting', 'done', 'cancelled'];
const FILTERS = { state: choice(STATES) };

/** Work that runs by itself; what failed too often waits here for a person. */
export default function Jobs() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const [shown, setShown] = useState<Job | null>(null);
  const state = filters.state ?? 'dead';
  const can = useCan();
  const pages = usePages<Job>(['job', state], (after, signal) =>
    call<Rows<Job>>('GET', '/api/jobs', { query: { state, after }, signal }),
  );
  async function retry(job: Job) {
    try {
      const headers = { 'Idempotency-Key': newKey() };
      await call('POST', `/api/jobs/${job.id}/retry`, { headers });
      toast.success(t('admin.jobs.retried'));
      setShown(null);
      await pages.refetch();
    } catch (thrown) {
      toast.error(thrown);
    }
  }
  const mayRetry = (job: Job) => job.state === 'dead' && can('job.manage');
  const columns: Column<Job>[] = [
    {
      key: 'kind',
      title: t('admin.jobs.kind'),
      width: 220,
      always: true,
      render: (job) => <span title={job.kind}>{textOr(job.kind, `admin.job.${job.kind}`)}</span>,
    },
    { key: 'key', title: t('admin.jobs.key'), width: 200, render: (job) => job.key || '—' },
    {
      key: 'run',
      title: t('admin.jobs.run-at'),
      width: 150,
      render: (job) => <DateTime at={job.run_at} />,
    },
    {
      key: 'attempts',
      title: t('admin.jobs.attempts'),
      width: 90,
      align: 'right',
      render: (job) => job.attempts,
    },
    {
      key: 'finished',
      title: t('admin.jobs.finished'),
      width: 150,
      render: (job) => <DateTime at={job.finished_at} />,
    },
    { key: 'error', title: t('admin.jobs.error'), width: 320, render: (job) => job.last_error },
    {
      key: 'retry',
      title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
      width: 90,
      align: 'right',
      render: (job) =>
        mayRetry(job) && (
          <Button size="small" onClick={() => void retry(job)}>
            {t('kit.action.retry')}
          </Button>
        ),
    },
  ];
  return (
    <Page
      wide
      title={t('admin.jobs.title')}
      tools={
        <>
          <SystemTabs />
          <Segmented
            value={state}
            options={STATES.map((value) => ({ value, label: t(`admin.job-state.${value}`) }))}
            onChange={(next) => setFilters({ state: next })}
          />
        </>
      }
    >
      <DataTable
        id="admin.jobs"
        label={t('admin.jobs.title')}
        columns={columns}
        pages={pages}
        rowKey={(job) => job.id}
        onOpen={setShown}
        empty={<EmptyState title={t(`admin.jobs.none-${state}`)} />}
        phoneRow={(job) => (
          <>
            <strong>{textOr(job.kind, `admin.job.${job.kind}`)}</strong>
            <div className="lt-muted">
              <DateTime at={job.run_at} /> {job.last_error}
            </div>
          </>
        )}
      />
      <SidePreview
        open={shown !== null}
        onClose={() => setShown(null)}
        title={shown ? textOr(shown.kind, `admin.job.${shown.kind}`) : ''}
        extra={
          shown &&
          mayRetry(shown) && (
            <Button type="primary" onClick={() => void retry(shown)}>
              {t('kit.action.retry')}
            </Button>
          )
        }
      >
        {shown && (
          <div className="lt-stack">
            <Facts
              items={[
                { label: t('admin.jobs.kind'), value: <code>{shown.kind}</code> },
                { label: t('admin.jobs.key'), value: shown.key || null },
                { label: t('admin.jobs.created'), value: <DateTime at={shown.created_at} /> },
                { label: t('admin.jobs.run-at'), value: <DateTime at={shown.run_at} /> },
                { label: t('admin.jobs.attempts'), value: shown.attempts },
                { label: t('admin.jobs.finished'), value: <DateTime at={shown.finished_at} /> },
              ]}
            />
            {shown.last_error && <pre className="admin-pre">{shown.last_error}</pre>}
            <pre className="admin-pre">{linesOf(shown.body).join('\n')}</pre>
          </div>
        )}
      </SidePreview>
    </Page>
  );
}
