import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/client';
import { t } from '@/i18n';
import { Chart } from '@/kit/Chart';
import { DataTable } from '@/kit/DataTable';
import { download } from '@/kit/download';
import { FilterBar } from '@/kit/FilterBar';
import { Page, Section } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { countFilters, text, useUrlFilters } from '@/kit/urlFilters';
import type { IdleLine } from '../types';

const FILTERS = { kind: text(), from: text(), to: text() };
const SHOWN_MAX = 20;
const BAR_PX = 26;

/** How much of their open time devices stood idle, over the group. */
export default function Idle() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const report = useQuery({
    queryKey: ['equipment', 'idle', filters],
    queryFn: ({ signal }) =>
      call<IdleLine[]>('GET', '/api/resources/equipment/idle', { query: filters, signal }),
    meta: { follows: ['hold'] },
  });
  const lines = (report.data ?? []).toSorted((a, b) => share(b) - share(a));
  const kinds = [...new Set(lines.map((line) => line.kind))].sort();
  const shown = lines.slice(0, SHOWN_MAX).reverse();
  return (
    <Page
      wide
      back="/resources/equipment"
      title={t('resources.idle.title')}
      tools={
        <FilterBar
          spec={FILTERS}
          values={filters}
          onChange={setFilters}
          fields={[
            { kind: 'dates', name: 'from', to: 'to', label: t('resources.idle.dates') },
            {
              kind: 'choice',
              name: 'kind',
              label: t('resources.equipment.kind'),
              options: kinds.map((value) => ({ value, label: value })),
            },
          ]}
        />
      }
    >
      {report.isPending && <LinesSkeleton rows={10} />}
      {report.isError && <ErrorState error={report.error} onRetry={() => void report.refetch()} />}
      {report.data && (
        <>
          <Section>
            <Chart
              title={t('resources.idle.question')}
              unit={t('resources.idle.unit')}
              height={Math.max(160, shown.length * BAR_PX + 60)}
              empty={lines.length === 0}
              option={{
                xAxis: { type: 'value', max: 100 },
                yAxis: { type: 'category', data: shown.map(nameOf) },
                tooltip: {
                  trigger: 'item',
                  formatter: (mark) => tooltip(shown[(mark as { dataIndex: number }).dataIndex]),
                },
                series: [{ type: 'bar', data: shown.map(share) }],
              }}
              table={{
                head: [
                  t('resources.equipment.title'),
                  t('resources.idle.share'),
                  t('resources.idle.idle'),
                  t('resources.idle.open'),
                ],
                rows: lines.map((line) => [
                  nameOf(line),
                  share(line),
                  line.idle_minutes,
                  line.open_minutes,
                ]),
              }}
            />
          </Section>
          <DataTable<IdleLine>
            id="resources.idle"
            label={t('resources.idle.title')}
            rows={lines}
            rowKey={(line) => line.equipment_id}
            quiet
            filtered={countFilters(FILTERS, filters) > 0}
            onExport={() =>
              void download('/api/resources/equipment/idle/export', filters, 'idle.xlsx')
            }
            columns={[
              { key: 'org', title: t('resources.org'), width: 180, render: (row) => row.org_name },
              {
                key: 'kind',
                title: t('resources.equipment.kind'),
                width: 80,
                render: (row) => row.kind,
              },
              {
                key: 'name',
                title: t('resources.equipment.name'),
                width: 200,
                render: (row) => row.name,
              },
              minutes('open', (row) => row.open_minutes),
              minutes('used', (row) => row.used_minutes),
              minutes('maintenance', (row) => row.maintenance_minutes),
              minutes('idle', (row) => row.idle_minutes),
              {
                key: 'share',
                title: t('resources.idle.share'),
                width: 100,
                align: 'right',
                render: (row) => `${share(row)}%`,
              },
            ]}
          />
        </>
      )}
    </Page>
  );
}

function minutes(key: string, of: (row: IdleLine) => number) {
  return {
    key,
    title: t(`resources.idle.${key}`),
    width: 100,
    align: 'right' as const,
    render: (row: IdleLine) => of(row).toLocaleString('en-US'),
  };
}

/** Idle minutes of a hundred open ones. */
export function share(line: Pick<IdleLine, 'open_minutes' | 'idle_minutes'>): number {
  return line.open_minutes === 0 ? 0 : Math.round((100 * line.idle_minutes) / line.open_minutes);
}

function nameOf(line: IdleLine): string {
  return `${line.org_name} ${line.name}`;
}

function tooltip(line: IdleLine | undefined): string {
  if (!line) return '';
  return t('resources.idle.tooltip', {
    name: nameOf(line).replaceAll('<', '‹'),
    idle: line.idle_minutes,
    open: line.open_minutes,
  });
}
