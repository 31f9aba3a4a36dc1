import { Button } from 'antd';
import { call, type Page as Rows } from '@/api/client';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { FilterBar } from '@/kit/FilterBar';
import { Page } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { EmptyState } from '@/kit/States';
import { choice, countFilters, useUrlFilters } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import { BASE } from '../queries';
import { type Extract, STATES } from '../types';
import { StateTag } from '../words';

const FILTERS = { state: choice(STATES) };

/** The extracts that were asked for, and where they stand. */
export default function Extracts() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const can = useCan();
  const go = useGo();
  const pages = usePages<Extract>(['research-extract', 'list', filters], (after, signal) =>
    call<Rows<Extract>>('GET', BASE, { query: { ...filters, after }, signal }),
  );
  return (
    <Page
      wide
      title={t('research.title')}
      actions={
        can('research.request') && (
          <Button type="primary" onClick={() => go('/research/new')}>
            {t('research.new')}
          </Button>
        )
      }
      tools={
        <FilterBar
          spec={FILTERS}
          values={filters}
          onChange={setFilters}
          fields={[
            {
              kind: 'choice',
              name: 'state',
              label: t('research.state-title'),
              options: STATES.map((value) => ({ value, label: t(`research.state.${value}`) })),
            },
          ]}
        />
      }
    >
      <DataTable<Extract>
        id="research.extracts"
        label={t('research.title')}
        columns={columns()}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={(row) => go(`/research/${row.id}`)}
        filtered={countFilters(FILTERS, filters) > 0}
        onClearFilters={() => setFilters({ state: undefined })}
        empty={<EmptyState title={t('research.none')} hint={t('research.none-hint')} />}
        phoneRow={(row) => (
          <>
            <StateTag state={row.state} />
            <div>{row.asked.purpose}</div>
            <span className="lt-muted">
              {row.requested.name} · <DateTime at={row.requested.at} />
            </span>
          </>
        )}
      />
    </Page>
  );
}

function columns(): Column<Extract>[] {
  return [
    {
      key: 'state',
      title: t('research.state-title'),
      width: 110,
      always: true,
      render: (row) => <StateTag state={row.state} />,
    },
    {
      key: 'purpose',
      title: t('research.field.purpose'),
      width: 320,
      always: true,
      render: (row) => row.asked.purpose,
    },
    {
      key: 'shape',
      title: t('research.field.shape'),
      width: 110,
      render: (row) => t(`research.shape.${row.asked.shape}`),
    },
    {
      key: 'period',
      title: t('research.period'),
      width: 200,
      render: (row) => `${row.asked.from} – ${row.asked.to}`,
    },
    { key: 'k', title: 'k', width: 60, align: 'right', render: (row) => row.asked.k },
    {
      key: 'patients',
      title: t('research.report.patients'),
      width: 90,
      align: 'right',
      render: (row) => (row.files.length > 0 ? row.report?.patients : '—'),
    },
    {
      key: 'by',
      title: t('research.requested-by'),
      width: 120,
      render: (row) => row.requested.name,
    },
    {
      key: 'at',
      title: t('research.requested-at'),
      width: 150,
      render: (row) => <DateTime at={row.requested.at} />,
    },
  ];
}
