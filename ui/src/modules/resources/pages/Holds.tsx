import { Segmented } from 'antd';
import { call, type Page as Rows } from '@/api/client';
import { t } from '@/i18n';
import { Clock } from '@/kit/Clock';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { download } from '@/kit/download';
import { FilterBar } from '@/kit/FilterBar';
import { Page } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { StatusTag } from '@/kit/StatusTag';
import { choice, useUrlFilters } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import { HOLD_TONES } from '../queries';
import { HOLD_STATES, type HoldState, type HoldView } from '../types';
import { ResourceTabs } from './ResourceTabs';

const SIDES = ['requesting', 'owning'] as const;
const FILTERS = { side: choice(SIDES), state: choice(HOLD_STATES) };

/** Places kept for one's own patients, or kept here for others. */
export default function Holds() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const go = useGo();
  const side = filters.side ?? 'requesting';
  const pages = usePages<HoldView>(['hold', 'list', side, filters.state], (after, signal) =>
    call<Rows<HoldView>>('GET', '/api/resources/holds', {
      query: { side, state: filters.state, after },
      signal,
    }),
  );
  return (
    <Page
      wide
      title={t('resources.holds.title')}
      tools={
        <>
          <ResourceTabs />
          <FilterBar
            spec={FILTERS}
            values={filters}
            onChange={setFilters}
            fields={[
              {
                kind: 'choice',
                name: 'state',
                label: t('resources.state'),
                options: HOLD_STATES.map((value) => ({
                  value,
                  label: t(`resources.hold-state.${value}`),
                })),
              },
            ]}
            extra={
              <Segmented
                value={side}
                options={SIDES.map((value) => ({ value, label: t(`resources.side.${value}`) }))}
                onChange={(value) => setFilters({ side: value })}
              />
            }
          />
        </>
      }
    >
      <DataTable<HoldView>
        id="resources.holds"
        label={t('resources.holds.title')}
        pages={pages}
        rowKey={(hold) => hold.id}
        onOpen={(hold) => go(`/resources/holds/${hold.id}`)}
        onExport={() =>
          void download('/api/resources/holds/export', { side, state: filters.state }, 'holds.xlsx')
        }
        filtered={Boolean(filters.state)}
        onClearFilters={() => setFilters({ state: undefined })}
        columns={[
          {
            key: 'place',
            title: t('resources.place'),
            width: 240,
            always: true,
            render: (hold) => hold.place_name,
          },
          {
            key: 'org',
            title: t(side === 'requesting' ? 'resources.org' : 'resources.for-org'),
            width: 170,
            render: (hold) => (side === 'requesting' ? hold.org_name : hold.for_org_name),
          },
          {
            key: 'state',
            title: t('resources.state'),
            width: 110,
            render: (hold) => <HoldTag state={hold.state} />,
          },
          {
            key: 'clock',
            title: t('resources.hold.until'),
            width: 140,
            render: (hold) => (
              <Clock
                plain
                since={hold.held_at}
                due={hold.expires_at}
                ended={hold.ended_at ?? (hold.state === 'consumed' ? hold.expires_at : undefined)}
              />
            ),
          },
          {
            key: 'start',
            title: t('resources.time'),
            width: 150,
            render: (hold) => <DateTime at={hold.start_at} />,
          },
          {
            key: 'channel',
            title: t('resources.channel'),
            width: 110,
            render: (hold) => t(`resources.channels.${hold.channel}`),
          },
          {
            key: 'owner',
            title: t('resources.hold.owner'),
            width: 110,
            render: (hold) => t(`resources.owner.${hold.owner_kind}`),
          },
        ]}
        phoneRow={(hold) => (
          <>
            <span className="lt-row">
              <strong>{hold.place_name}</strong>
              <HoldTag state={hold.state} />
            </span>
            <span className="lt-muted">{hold.org_name}</span>
          </>
        )}
      />
    </Page>
  );
}

export function HoldTag({ state }: { state: HoldState }) {
  return <StatusTag tone={HOLD_TONES[state]} label={t(`resources.hold-state.${state}`)} />;
}
