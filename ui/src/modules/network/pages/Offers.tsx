import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { call } from '@/api/client';
import { orgName } from '@/api/organizations';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { useConceptName, word } from '../queries';
import type { OrgBrief, Providers } from '../types';
import { ConceptSelect } from './fields';
import { NetworkTabs } from './NetworkTabs';
import '../network.css';

const FILTERS = { code: text(), for_org_id: text() };

/** Who offers a service or technique to one's own organization, or to another. */
export default function Offers() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const name = useConceptName('technique', filters.code);
  const found = useQuery({
    queryKey: ['technique', 'providers', filters],
    queryFn: ({ signal }) =>
      call<Providers>('GET', '/api/techniques/providers', { query: filters, signal }),
    enabled: Boolean(filters.code),
  });
  return (
    <Page
      wide
      title={t('network.offers.title')}
      tools={
        <>
          <NetworkTabs />
          <div className="lt-filter-fields">
            <div className="network-ask">
              <label className="lt-muted" htmlFor="offers-what">
                {t('network.offers.what')}
              </label>
              <ConceptSelect
                id="offers-what"
                system="technique"
                value={filters.code}
                onChange={(code) => setFilters({ code: code || undefined })}
              />
            </div>
            <div className="network-ask">
              <label className="lt-muted" htmlFor="offers-for">
                {t('network.offers.for')}
              </label>
              <OrgSelect
                id="offers-for"
                providersOnly
                allowClear
                placeholder={t('network.offers.own')}
                value={filters.for_org_id}
                onChange={(for_org_id) => setFilters({ for_org_id })}
              />
            </div>
          </div>
        </>
      }
    >
      {!filters.code && (
        <EmptyState title={t('network.offers.ask')} hint={t('network.offers.ask-hint')} />
      )}
      {filters.code && found.isPending && <LinesSkeleton rows={5} />}
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.items.length === 0 && (
        <Alert type="info" showIcon title={t('network.offers.none', { name })} />
      )}
      {found.data && found.data.items.length > 0 && (
        <DataTable<OrgBrief>
          id="network.offers"
          label={t('network.offers.title')}
          rows={found.data.items}
          rowKey={(row) => row.id}
          columns={[
            {
              key: 'org',
              title: t('network.field.org'),
              width: 240,
              always: true,
              render: (row) => (
                <PathLink to={`/network/organizations/${row.id}?tab=techniques`}>
                  {orgName(row)}
                </PathLink>
              ),
            },
            {
              key: 'kind',
              title: t('network.field.kind'),
              width: 160,
              render: (row) => word('kind', row.kind),
            },
            {
              key: 'level',
              title: t('network.field.level'),
              width: 100,
              render: (row) => word('level', row.level),
            },
          ]}
          phoneRow={(row) => (
            <>
              <PathLink to={`/network/organizations/${row.id}?tab=techniques`}>
                {orgName(row)}
              </PathLink>
              <span className="lt-muted">{word('kind', row.kind)}</span>
            </>
          )}
        />
      )}
    </Page>
  );
}
