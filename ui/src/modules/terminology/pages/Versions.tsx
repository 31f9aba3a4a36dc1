import { Button } from 'antd';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { Page } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { VersionTag } from '../parts/VersionTag';
import { systemName, useSystems, useVersions } from '../queries';
import type { Version } from '../types';

/** The versions of a code system. */
export default function Versions() {
  const system = useRouteParam('system');
  const systems = useSystems();
  const versions = useVersions(system);
  const go = useGo();
  const about = systems.data?.find((one) => one.system === system);
  return (
    <Page
      wide
      title={t('terminology.versions-of', { name: about ? systemName(about) : system })}
      back={`/terminology/${system}`}
      actions={
        <Button type="primary" onClick={() => go(`/terminology/${system}/import`)}>
          {t('terminology.import')}
        </Button>
      }
    >
      {versions.isPending && <LinesSkeleton rows={4} />}
      {versions.isError && (
        <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />
      )}
      {versions.data && (
        <DataTable<Version>
          id="terminology.versions"
          label={t('terminology.versions')}
          rows={versions.data}
          rowKey={(row) => row.id}
          onOpen={(row) => go(`/terminology/${system}/versions/${row.number}`)}
          empty={<EmptyState title={t('terminology.no-versions')} />}
          columns={[
            {
              key: 'number',
              title: t('terminology.version'),
              width: 80,
              always: true,
              align: 'right',
              render: (row) => row.number,
            },
            {
              key: 'edition',
              title: t('terminology.edition'),
              width: 160,
              render: (row) => row.edition || '—',
            },
            {
              key: 'state',
              title: t('terminology.state'),
              width: 110,
              render: (row) => <VersionTag state={row.state} />,
            },
            {
              key: 'days',
              title: t('terminology.in-force'),
              width: 210,
              render: (row) =>
                row.effective_from || row.effective_to
                  ? `${row.effective_from ?? '…'} – ${row.effective_to ?? '…'}`
                  : '—',
            },
            {
              key: 'changes',
              title: t('terminology.changes'),
              width: 220,
              render: (row) => <Changes version={row} />,
            },
            { key: 'note', title: t('terminology.note'), width: 200, render: noteOf },
            {
              key: 'by',
              title: t('terminology.brought-by'),
              width: 120,
              render: (row) => row.brought_by,
            },
            {
              key: 'at',
              title: t('terminology.brought-at'),
              width: 150,
              render: (row) => <DateTime at={row.created_at} />,
            },
          ]}
          phoneRow={(row) => (
            <>
              <strong>
                {row.number} · {row.edition || '—'}
              </strong>{' '}
              <VersionTag state={row.state} />
              <div className="lt-muted">
                <Changes version={row} />
              </div>
            </>
          )}
        />
      )}
    </Page>
  );
}

function noteOf(row: Version): string {
  const back = row.restores ? t('terminology.restored', { n: row.restores }) : '';
  return [back, row.note].filter(Boolean).join(' · ') || '—';
}

const SIGNS = [
  ['added', '+'],
  ['changed', '~'],
  ['retired', '−'],
  ['removed', '×'],
  ['invalid', '!'],
] as const;

function Changes({ version }: { version: Version }) {
  const parts = SIGNS.filter(([name]) => version.counts[name] > 0).map(
    ([name, sign]) => `${sign}${version.counts[name]} ${t(`terminology.change-${name}`)}`,
  );
  return <>{parts.join('  ') || '—'}</>;
}
