import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/client';
import { language, t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { Page } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import type { CodeSystem } from '../types';

export function useSystems() {
  return useQuery({
    queryKey: ['code-system'],
    queryFn: ({ signal }) => call<CodeSystem[]>('GET', '/api/terminology/systems', { signal }),
  });
}

export function systemName(system: CodeSystem): string {
  return language() === 'en' ? system.name_en : system.name_zh;
}

/** The code systems of this installation. */
export default function Systems() {
  const systems = useSystems();
  const go = useGo();
  return (
    <Page wide title={t('terminology.title')}>
      {systems.isPending && <LinesSkeleton rows={8} />}
      {systems.isError && (
        <ErrorState error={systems.error} onRetry={() => void systems.refetch()} />
      )}
      {systems.data && (
        <DataTable<CodeSystem>
          id="terminology.systems"
          label={t('terminology.title')}
          rows={systems.data}
          rowKey={(row) => row.system}
          onOpen={(row) => go(`/terminology/${row.system}`)}
          columns={[
            {
              key: 'name',
              title: t('terminology.name'),
              width: 220,
              always: true,
              render: systemName,
            },
            {
              key: 'system',
              title: t('terminology.code'),
              width: 160,
              render: (row) => <code>{row.system}</code>,
            },
            {
              key: 'concepts',
              title: t('terminology.concepts'),
              width: 100,
              align: 'right',
              render: (row) => row.concepts.toLocaleString('en-US'),
            },
            {
              key: 'edition',
              title: t('terminology.edition'),
              width: 160,
              render: (row) => row.edition,
            },
            {
              key: 'source',
              title: t('terminology.source'),
              width: 360,
              render: (row) => row.source,
            },
          ]}
          phoneRow={(row) => (
            <>
              <strong>{systemName(row)}</strong>
              <div className="lt-muted">
                {t('terminology.count', { n: row.concepts })} · {row.edition}
              </div>
            </>
          )}
        />
      )}
    </Page>
  );
}
