import { Button } from 'antd';
import { useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { Page } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { useApps } from '../queries';
import type { AppRow } from '../types';
import { AppTag } from '../words';

/** Apps that may ask for records by SMART on FHIR. */
export default function Apps() {
  const go = useGo();
  const can = useCan();
  const orgName = useOrgName();
  const apps = useApps();
  const create = can('smart.manage') && (
    <Button type="primary" onClick={() => go('/smart/apps/new')}>
      {t('smart.new')}
    </Button>
  );
  return (
    <Page wide title={t('smart.title')} actions={create}>
      {apps.isPending && <LinesSkeleton rows={5} />}
      {apps.isError && <ErrorState error={apps.error} onRetry={() => void apps.refetch()} />}
      {apps.data && (
        <DataTable<AppRow>
          id="smart.apps"
          label={t('smart.title')}
          rows={apps.data}
          rowKey={(row) => row.id}
          onOpen={(row) => go(`/smart/apps/${row.id}`)}
          empty={<EmptyState title={t('smart.none')} hint={t('smart.none-hint')} action={create} />}
          columns={[
            {
              key: 'name',
              title: t('smart.field.name'),
              width: 220,
              always: true,
              render: (row) => row.name,
            },
            {
              key: 'state',
              title: t('smart.field.state'),
              width: 110,
              render: (row) => <AppTag state={row.state} />,
            },
            {
              key: 'client',
              title: t('smart.field.client'),
              width: 200,
              render: (row) => t(`smart.client.${row.client}`),
            },
            {
              key: 'org',
              title: t('smart.field.org'),
              width: 200,
              render: (row) => orgName(row.org_id),
            },
            {
              key: 'grants',
              title: t('smart.field.grants'),
              width: 110,
              render: (row) => row.grants,
            },
            {
              key: 'used',
              title: t('smart.field.used'),
              width: 160,
              render: (row) => (row.used_at ? <DateTime at={row.used_at} /> : t('smart.never')),
            },
          ]}
          phoneRow={(row) => (
            <>
              <span className="lt-row">
                <strong>{row.name}</strong>
                <AppTag state={row.state} />
              </span>
              <span className="lt-muted">
                {orgName(row.org_id)} · {t(`smart.client.${row.client}`)}
              </span>
            </>
          )}
        />
      )}
    </Page>
  );
}
