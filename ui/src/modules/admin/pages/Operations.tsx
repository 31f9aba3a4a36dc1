import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/client';
import { t, textOr } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { FilterBar } from '@/kit/FilterBar';
import { Page } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { countFilters, text, useUrlFilters } from '@/kit/urlFilters';
import { type ApiDocument, filterOperations, type Operation, operationsOf } from '../openapi';
import { SystemTabs } from './AdminTabs';
import '../admin.css';

const FILTERS = { q: text(), tag: text() };

/** Every operation of this server, with the permission it asks for. */
export default function Operations() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const document = useQuery({
    queryKey: ['openapi'],
    queryFn: ({ signal }) => call<ApiDocument>('GET', '/api/openapi.json', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    select: operationsOf,
  });
  const all = document.data ?? [];
  const tags = [...new Set(all.map((one) => one.tag))].filter(Boolean);
  const rows = filterOperations(all, filters.q).filter(
    (one) => !filters.tag || one.tag === filters.tag,
  );
  return (
    <Page
      wide
      title={t('admin.api.title')}
      meta={
        document.data && (
          <span className="lt-muted">{t('admin.api.count', { n: rows.length })}</span>
        )
      }
      actions={<a href="/api/openapi.json">openapi.json</a>}
      tools={
        <>
          <SystemTabs />
          <FilterBar
            spec={FILTERS}
            values={filters}
            onChange={setFilters}
            fields={[
              { kind: 'search', name: 'q', label: t('admin.api.q') },
              {
                kind: 'choice',
                name: 'tag',
                label: t('admin.rules.module'),
                options: tags.map((value) => ({
                  value,
                  label: textOr(value, `admin.module.${value}`),
                })),
              },
            ]}
          />
        </>
      }
    >
      {document.isPending && <LinesSkeleton rows={12} />}
      {document.isError && (
        <ErrorState error={document.error} onRetry={() => void document.refetch()} />
      )}
      {document.data && (
        <DataTable<Operation>
          id="admin.operations"
          label={t('admin.api.title')}
          rows={rows}
          rowKey={(row) => row.id}
          quiet
          filtered={countFilters(FILTERS, filters) > 0}
          onClearFilters={() => setFilters({ q: undefined, tag: undefined })}
          columns={[
            {
              key: 'path',
              title: t('admin.api.path'),
              width: 380,
              always: true,
              render: (row) => (
                <>
                  <span className="admin-method">{row.method}</span> <code>{row.path}</code>
                </>
              ),
            },
            {
              key: 'permission',
              title: t('admin.roles.permission'),
              width: 170,
              render: (row) => <code>{row.permission}</code>,
            },
            {
              key: 'summary',
              title: t('admin.api.summary'),
              width: 420,
              render: (row) => (
                <span lang="en" className="admin-summary" title={row.summary}>
                  {row.summary}
                </span>
              ),
            },
          ]}
          phoneRow={(row) => (
            <>
              <span className="admin-method">{row.method}</span> <code>{row.path}</code>
              <div className="lt-muted">{row.summary}</div>
            </>
          )}
        />
      )}
    </Page>
  );
}
