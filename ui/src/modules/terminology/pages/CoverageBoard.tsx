import { useQuery } from '@tanstack/react-query';
import { call, type Page as Rows } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { Chart } from '@/kit/Chart';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { download } from '@/kit/download';
import { FilterBar } from '@/kit/FilterBar';
import { OrgSelect } from '@/kit/OrgSelect';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { choice, countFilters, text, useUrlFilters } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import { STATUSES, sharesByMember, total } from '../coverage';
import { TermTabs } from '../parts/TermTabs';
import { BASE, useMaps, useUriName } from '../queries';
import type { ArrivedCode, Figure } from '../types';
import '../terminology.css';

const FILTERS = { org_id: text(), system: text(), status: choice(STATUSES) };
const TONES = {
  shared: 'done',
  mapped: 'done',
  unmatched: 'neutral',
  proposed: 'waiting',
  invalid: 'overdue',
  unmapped: 'soon',
} as const;

/** How much of what arrives others can read, and what they cannot. */
export default function CoverageBoard() {
  const figures = useQuery({
    queryKey: ['coverage'],
    queryFn: ({ signal }) => call<{ figures: Figure[] }>('GET', `${BASE}/coverage`, { signal }),
  });
  return (
    <Page wide title={t('terminology.coverage')} tools={<TermTabs />}>
      {figures.isPending && <LinesSkeleton rows={6} />}
      {figures.isError && (
        <ErrorState error={figures.error} onRetry={() => void figures.refetch()} />
      )}
      {figures.data &&
        (figures.data.figures.length === 0 ? (
          <EmptyState
            title={t('terminology.nothing-came')}
            hint={t('terminology.nothing-came-hint')}
          />
        ) : (
          <Board figures={figures.data.figures} />
        ))}
    </Page>
  );
}

function Board({ figures }: { figures: Figure[] }) {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const orgName = useOrgName();
  const uriName = useUriName();
  const all = total(figures);
  const members = sharesByMember(figures);
  const pages = usePages<ArrivedCode>(['coverage', 'codes', filters], (after, signal) =>
    call<Rows<ArrivedCode>>('GET', `${BASE}/coverage/codes`, {
      query: { ...filters, after },
      signal,
    }),
  );
  const systems = [...new Set(figures.map((one) => one.system))].sort();
  return (
    <>
      <Section>
        <Facts
          items={[
            { label: t('terminology.arrivals'), value: all.arrivals.toLocaleString('en-US') },
            { label: t('terminology.readable'), value: `${all.percent}%` },
            { label: t('terminology.unmapped-codes'), value: all.unmappedCodes },
            { label: t('terminology.members'), value: members.length },
          ]}
        />
      </Section>
      <Section>
        <Chart
          title={t('terminology.by-member')}
          unit={t('terminology.arrivals')}
          height={Math.max(160, 60 + 34 * members.length)}
          option={{
            legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 8 },
            xAxis: {
              type: 'value',
              max: 100,
              axisLabel: { formatter: '{value}%', hideOverlap: true },
            },
            yAxis: {
              type: 'category',
              inverse: true,
              data: members.map((one) => orgName(one.org_id)),
            },
            series: STATUSES.filter((status) => members.some((one) => one.by[status] > 0)).map(
              (status) => ({
                type: 'bar' as const,
                stack: 'all',
                name: t(`terminology.status-${status}`),
                data: members.map((one) =>
                  Number(((100 * one.by[status]) / one.arrivals).toFixed(1)),
                ),
              }),
            ),
          }}
          table={{
            head: [
              t('terminology.member'),
              t('terminology.readable'),
              ...STATUSES.map((status) => t(`terminology.status-${status}`)),
            ],
            rows: members.map((one) => [
              orgName(one.org_id),
              `${one.percent}%`,
              ...STATUSES.map((status) => one.by[status].toLocaleString('en-US')),
            ]),
          }}
          onPick={({ dataIndex }) => setFilters({ org_id: members[dataIndex]?.org_id })}
        />
      </Section>
      <div className="term-filters">
        <FilterBar
          spec={FILTERS}
          values={filters}
          onChange={setFilters}
          fields={[
            {
              kind: 'other',
              name: 'org_id',
              label: t('terminology.member'),
              shown: filters.org_id && orgName(filters.org_id),
              control: (
                <OrgSelect
                  className="lt-filter-select"
                  aria-label={t('terminology.member')}
                  placeholder={t('terminology.member')}
                  value={filters.org_id}
                  onChange={(org_id) => setFilters({ org_id })}
                  allowClear
                />
              ),
            },
            {
              kind: 'choice',
              name: 'system',
              label: t('terminology.code-system'),
              options: systems.map((uri) => ({ value: uri, label: uriName(uri) })),
            },
            {
              kind: 'choice',
              name: 'status',
              label: t('terminology.state'),
              options: STATUSES.map((status) => ({
                value: status,
                label: t(`terminology.status-${status}`),
              })),
            },
          ]}
        />
      </div>
      <DataTable<ArrivedCode>
        id="terminology.coverage"
        label={t('terminology.arrived-codes')}
        pages={pages}
        rowKey={(row) => `${row.org_id} ${row.system} ${row.code}`}
        onExport={() => void download(`${BASE}/coverage/export`, filters, 'code-coverage')}
        filtered={countFilters(FILTERS, filters) > 0}
        onClearFilters={() =>
          setFilters({ org_id: undefined, system: undefined, status: undefined })
        }
        columns={[
          {
            key: 'code',
            title: t('terminology.code'),
            width: 130,
            always: true,
            render: (row) => <code>{row.code}</code>,
          },
          {
            key: 'name',
            title: t('terminology.name'),
            width: 200,
            render: (row) => row.name || '—',
          },
          {
            key: 'arrivals',
            title: t('terminology.arrivals'),
            width: 100,
            align: 'right',
            render: (row) => row.arrivals.toLocaleString('en-US'),
          },
          {
            key: 'status',
            title: t('terminology.state'),
            width: 110,
            render: (row) => <Standing row={row} />,
          },
          {
            key: 'member',
            title: t('terminology.member'),
            width: 160,
            render: (row) => orgName(row.org_id),
          },
          {
            key: 'system',
            title: t('terminology.code-system'),
            width: 240,
            render: (row) => uriName(row.system),
          },
          {
            key: 'unit',
            title: t('terminology.unit'),
            width: 90,
            render: (row) => row.unit || '—',
          },
          {
            key: 'last',
            title: t('terminology.last-at'),
            width: 150,
            render: (row) => <DateTime at={row.last_at} />,
          },
          {
            key: 'work',
            title: t('terminology.workshop'),
            width: 110,
            render: (row) => <ToWorkshop row={row} />,
          },
        ]}
        phoneRow={(row) => (
          <>
            <code>{row.code}</code> <strong>{row.name}</strong> <Standing row={row} />
            <div className="lt-muted">
              {t('terminology.times', { n: row.arrivals })} · {orgName(row.org_id)} ·{' '}
              {uriName(row.system)}
            </div>
          </>
        )}
      />
    </>
  );
}

function Standing({ row }: { row: ArrivedCode }) {
  return <StatusTag plain tone={TONES[row.status]} label={t(`terminology.status-${row.status}`)} />;
}

/** Where somebody may decide what the code means. */
function ToWorkshop({ row }: { row: ArrivedCode }) {
  const can = useCan();
  return can('terminology.map') && row.status !== 'shared' ? <MapLink row={row} /> : <>—</>;
}

function MapLink({ row }: { row: ArrivedCode }) {
  const maps = useMaps();
  const map = maps.data?.find((one) => one.source === row.system && one.state === 'active');
  if (!map) return <PathLink to="/terminology/maps">{t('terminology.no-map-yet')}</PathLink>;
  const code = encodeURIComponent(row.code);
  return (
    <PathLink to={`/terminology/maps/${map.id}/workshop?code=${code}`}>
      {t('terminology.decide')}
    </PathLink>
  );
}
