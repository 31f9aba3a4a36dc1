import { useQuery } from '@tanstack/react-query';
import { Input } from 'antd';
import { call } from '@/api/client';
import { t, textOr } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { Page } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { ruleTitle } from '../queries';
import { dayText, sourceText } from '../ruleWords';
import type { RuleSetRow } from '../types';

const FILTERS = { q: text() };

/** Every rule that a consortium may set for itself. */
export default function Rules() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const go = useGo();
  const sets = useQuery({
    queryKey: ['rule-set', 'list'],
    queryFn: ({ signal }) => call<RuleSetRow[]>('GET', '/api/rule-sets', { signal }),
  });
  const rows = (sets.data ?? []).filter(({ newest }) => {
    const words = `${newest.code} ${newest.title_zh} ${newest.title_en}`.toLowerCase();
    return words.includes((filters.q ?? '').toLowerCase());
  });
  return (
    <Page
      wide
      title={t('admin.rules.title')}
      tools={
        <Input.Search
          className="lt-filter-search"
          allowClear
          placeholder={t('admin.rules.q')}
          aria-label={t('admin.rules.q')}
          defaultValue={filters.q}
          onSearch={(q) => setFilters({ q: q || undefined })}
        />
      }
    >
      {sets.isPending && <LinesSkeleton rows={10} />}
      {sets.isError && <ErrorState error={sets.error} onRetry={() => void sets.refetch()} />}
      {sets.data && (
        <DataTable<RuleSetRow>
          id="admin.rules"
          label={t('admin.rules.title')}
          rows={rows}
          rowKey={({ newest }) => newest.code}
          onOpen={({ newest }) => go(`/admin/rules/${newest.code}`)}
          filtered={Boolean(filters.q)}
          onClearFilters={() => setFilters({ q: undefined })}
          columns={[
            {
              key: 'title',
              title: t('admin.rules.name'),
              width: 260,
              always: true,
              render: ({ newest }) => ruleTitle(newest),
            },
            {
              key: 'module',
              title: t('admin.rules.module'),
              width: 120,
              render: ({ newest }) => moduleName(newest.code),
            },
            {
              key: 'version',
              title: t('admin.rules.version'),
              width: 80,
              align: 'right',
              render: ({ newest }) => newest.version,
            },
            {
              key: 'effective',
              title: t('admin.rules.effective'),
              width: 120,
              render: ({ newest }) => dayText(newest.effective_from),
            },
            {
              key: 'source',
              title: t('admin.rules.source'),
              width: 320,
              render: ({ newest }) => sourceText(newest.source),
            },
            {
              key: 'keeper',
              title: t('admin.rules.keeper'),
              width: 140,
              render: (row) => <Keeper row={row} />,
            },
          ]}
          phoneRow={(row) => (
            <>
              <strong>{ruleTitle(row.newest)}</strong>
              <div className="lt-muted">
                {t('admin.rules.version-from', {
                  n: row.newest.version,
                  day: dayText(row.newest.effective_from),
                })}
              </div>
            </>
          )}
        />
      )}
    </Page>
  );
}

function moduleName(code: string): string {
  const module = code.split('.')[0] ?? code;
  return textOr(module, `admin.module.${module}`);
}

function Keeper({ row }: { row: RuleSetRow }) {
  if (!row.known) return <StatusTag tone="neutral" label={t('admin.rules.unknown')} />;
  return t(row.security ? 'admin.rules.by-security' : 'admin.rules.by-system');
}
