import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/client';
import { useCan } from '@/api/session';
import { t, textOr } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import type { FollowerView, SystemView } from '../types';
import { SystemTabs } from './AdminTabs';
import '../admin.css';

const REREAD_MS = 30_000;
/** A follower this far behind is late. */
const BEHIND_SOON = 1_000;

/** Is everything running? What is not stands first. */
export default function System() {
  const system = useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => call<SystemView>('GET', '/api/system', { signal }),
    refetchInterval: REREAD_MS,
  });
  if (system.isPending) return <PageSkeleton />;
  if (system.isError && !system.data) {
    return <ErrorState page error={system.error} onRetry={() => void system.refetch()} />;
  }
  const view = system.data;
  return (
    <Page wide title={t('admin.system.title')} meta={<Health view={view} />} tools={<SystemTabs />}>
      <Section title={t('admin.system.installation')}>
        <Facts
          items={[
            { label: t('admin.system.name'), value: view.name },
            {
              label: t('admin.system.version'),
              value: `${view.version}${view.demo ? ` · ${t('admin.system.demo')}` : ''}`,
            },
            {
              label: t('admin.system.engine'),
              value: textOr(view.engine, `admin.engine.${view.engine}`),
            },
            { label: t('admin.system.clock'), value: <DateTime at={view.now} /> },
            {
              label: t('admin.system.schema'),
              value: (
                <StatusTag
                  tone={view.schema_current ? 'done' : 'overdue'}
                  label={t(view.schema_current ? 'admin.system.current' : 'admin.system.behind')}
                />
              ),
            },
            { label: t('admin.system.migrations'), value: view.migrations },
            { label: t('admin.system.accounts'), value: number(view.accounts_active) },
            { label: t('admin.system.sessions'), value: number(view.sessions) },
            {
              label: t('admin.system.files'),
              value: t('admin.system.files-of', {
                n: number(view.files),
                size: bytesText(view.file_bytes),
              }),
            },
          ]}
        />
      </Section>
      <Section title={t('admin.system.chain')}>
        <Facts
          items={[
            { label: t('admin.system.events'), value: number(view.events) },
            { label: t('admin.system.head'), value: view.head && number(view.head.seq) },
            {
              label: t('admin.chain.signed-at'),
              value: view.head && <DateTime at={view.head.at} show="both" />,
            },
            {
              label: t('admin.audit.hash'),
              value: view.head && <span className="admin-hash">{view.head.hash}</span>,
              wide: true,
            },
          ]}
        />
      </Section>
      <Jobs view={view} />
      <Followers followers={view.followers} />
    </Page>
  );
}

function Health({ view }: { view: SystemView }) {
  const failing = view.followers.some((one) => one.failures > 0);
  if (!view.schema_current || view.jobs_dead > 0 || failing) {
    return <StatusTag tone="overdue" label={t('admin.system.needs-care')} />;
  }
  return <StatusTag tone="done" label={t('admin.system.fine')} />;
}

function Jobs({ view }: { view: SystemView }) {
  const can = useCan();
  const link = (state: string, count: number) =>
    can('job.read') ? (
      <PathLink to={`/admin/jobs?state=${state}`}>{number(count)}</PathLink>
    ) : (
      number(count)
    );
  return (
    <Section title={t('admin.jobs.title')}>
      <Facts
        items={[
          { label: t('admin.job-state.waiting'), value: link('waiting', view.jobs_waiting) },
          { label: t('admin.system.jobs-overdue'), value: number(view.jobs_overdue) },
          {
            label: t('admin.job-state.dead'),
            value: (
              <span className="lt-row">
                {link('dead', view.jobs_dead)}
                {view.jobs_dead > 0 && <StatusTag tone="overdue" label={t('admin.system.look')} />}
              </span>
            ),
          },
        ]}
      />
    </Section>
  );
}

function Followers({ followers }: { followers: FollowerView[] }) {
  return (
    <Section title={t('admin.system.followers')}>
      <DataTable<FollowerView>
        id="admin.followers"
        label={t('admin.system.followers')}
        rows={followers}
        rowKey={(row) => row.name}
        quiet
        plain
        columns={[
          {
            key: 'name',
            title: t('admin.system.follower'),
            width: 220,
            render: (row) => textOr(row.name, `admin.follower.${row.name}`),
          },
          {
            key: 'state',
            title: t('admin.accounts.state'),
            width: 130,
            render: (row) => <FollowerState row={row} />,
          },
          {
            key: 'behind',
            title: t('admin.system.behind-by'),
            width: 120,
            align: 'right',
            render: (row) => number(row.behind),
          },
          {
            key: 'retry',
            title: t('admin.system.retry-at'),
            width: 150,
            render: (row) => <DateTime at={row.retry_at} />,
          },
          {
            key: 'error',
            title: t('admin.jobs.error'),
            width: 320,
            render: (row) => row.last_error,
          },
        ]}
      />
    </Section>
  );
}

function FollowerState({ row }: { row: FollowerView }) {
  if (!row.known) return <StatusTag tone="neutral" label={t('admin.system.follower-unknown')} />;
  if (row.failures > 0) {
    return <StatusTag tone="overdue" label={t('admin.system.failing', { n: row.failures })} />;
  }
  if (row.behind > BEHIND_SOON) return <StatusTag tone="soon" label={t('admin.system.catching')} />;
  return <StatusTag tone="done" label={t('admin.system.up-to-date')} />;
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

const KIB = 1024;
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** `20.4 MiB`. */
export function bytesText(bytes: number): string {
  const step = Math.min(
    UNITS.length - 1,
    bytes > 0 ? Math.floor(Math.log(bytes) / Math.log(KIB)) : 0,
  );
  return `${(bytes / KIB ** step).toFixed(step === 0 ? 0 : 1)} ${UNITS[step]}`;
}
