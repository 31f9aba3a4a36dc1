import { t } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { FilterBar } from '@/kit/FilterBar';
import { Page } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { StatusTag } from '@/kit/StatusTag';
import { choice, useUrlFilters } from '@/kit/urlFilters';
import { useBreakGlassList, useOrgName } from '../api';
import type { BreakGlassRow } from '../types';
import { roleText } from '../words';
import '../record.css';

const FILTERS = { state: choice(['reviewed'] as const) };

/** Emergency accesses that a privacy officer was told of. */
export default function BreakGlassList() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const pages = useBreakGlassList(filters.state ?? 'open');
  const go = useGo();
  const orgName = useOrgName();
  const columns: Column<BreakGlassRow>[] = [
    {
      key: 'at',
      title: t('record.access.at'),
      width: 150,
      render: (row) => <DateTime at={row.access.at} />,
    },
    {
      key: 'who',
      title: t('record.access.who'),
      width: 220,
      always: true,
      render: (row) =>
        [orgName(row.access.org_id), roleText(row.access.role), row.access.account_name]
          .filter(Boolean)
          .join(' · '),
    },
    {
      key: 'patient',
      title: t('record.field.name'),
      width: 120,
      render: (row) => row.patient.name,
    },
    {
      key: 'reason',
      title: t('kit.form.reason'),
      width: 320,
      render: (row) => row.access.reason,
    },
    {
      key: 'state',
      title: t('record.glass.state'),
      width: 110,
      render: (row) => <GlassTag row={row} />,
    },
  ];
  return (
    <Page
      wide
      title={t('record.glass.title')}
      tools={
        <FilterBar
          spec={FILTERS}
          values={filters}
          onChange={setFilters}
          fields={[]}
          views={[
            { key: 'open', label: t('record.glass.open'), filters: {} },
            { key: 'reviewed', label: t('record.glass.reviewed'), filters: { state: 'reviewed' } },
          ]}
        />
      }
    >
      <DataTable<BreakGlassRow>
        id="record.break-glass"
        label={t('record.glass.title')}
        columns={columns}
        pages={pages}
        rowKey={(row) => row.access.id}
        onOpen={(row) => go(`/record/break-glass/${row.access.id}`)}
        phoneRow={(row) => (
          <span className="record-text">
            <span>
              <b>{row.access.account_name}</b> → {row.patient.name} <GlassTag row={row} />
            </span>
            <span className="lt-muted">{row.access.reason}</span>
          </span>
        )}
      />
    </Page>
  );
}

export function GlassTag({ row }: { row: BreakGlassRow }) {
  const { review } = row.access;
  if (!review) return <StatusTag tone="waiting" label={t('record.glass.open')} />;
  const tone = review.outcome === 'justified' ? 'done' : 'overdue';
  return <StatusTag tone={tone} label={t(`record.glass.outcome.${review.outcome}`)} />;
}
