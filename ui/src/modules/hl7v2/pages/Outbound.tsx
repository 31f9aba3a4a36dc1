import { Select } from 'antd';
import { call, type Page as Rows, withQuery } from '@/api/client';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { FilterBar } from '@/kit/FilterBar';
import { Page } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { EmptyState } from '@/kit/States';
import { choice, countFilters, text, useUrlFilters } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import { OutboundFigures } from '../parts/OutboundFigures';
import { momentsOf, useOutboundStatistics, useReceivers } from '../queries';
import {
  OUT_KINDS,
  OUTBOUND_STATES,
  type OutboundRow,
  type OutboundState,
  type OutboundStatistics,
} from '../types';
import { eventText, kindText, OutboundTag, reasonText } from '../words';
import { Hl7Tabs } from './Hl7Tabs';
import '../hl7v2.css';

const FILTERS = {
  state: choice(OUTBOUND_STATES),
  receiver_id: text(),
  kind: text(),
  control_id: text(),
  patient_id: text(),
  from: text(),
  to: text(),
};

/** What leaves, for whom, and what was answered. The list says nothing of patients. */
export default function Outbound() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const can = useCan();
  const go = useGo();
  const receivers = useReceivers();
  const statistics = useOutboundStatistics(filters.from, filters.to);
  const query = { ...filters, ...momentsOf(filters.from, filters.to) };
  const pages = usePages<OutboundRow>(['hl7-outbound', 'list', filters], (after, signal) =>
    call<Rows<OutboundRow>>('GET', '/api/hl7/outbound', { query: { ...query, after }, signal }),
  );
  const { receiver_id, from, to } = filters;
  const views = [undefined, ...OUTBOUND_STATES].map((state) => ({
    key: state ?? 'all',
    label: state ? t(`hl7v2.outbound-state.${state}`) : t('hl7v2.all'),
    count: countOf(statistics.data, state, receiver_id),
    filters: { state, receiver_id, from, to },
  }));
  return (
    <Page
      wide
      title={t('hl7v2.outbound.title')}
      tools={
        <>
          <Hl7Tabs />
          <FilterBar
            spec={FILTERS}
            values={filters}
            onChange={setFilters}
            views={views}
            fields={[
              {
                kind: 'other',
                name: 'receiver_id',
                label: t('hl7v2.outbound.receiver'),
                shown: receivers.data?.items.find((one) => one.id === receiver_id)?.name,
                control: (
                  <Select
                    className="hl7-sender-pick"
                    aria-label={t('hl7v2.outbound.receiver')}
                    placeholder={t('hl7v2.outbound.receiver')}
                    allowClear
                    showSearch={{ optionFilterProp: 'label' }}
                    value={receiver_id}
                    options={receivers.data?.items.map((one) => ({
                      value: one.id,
                      label: one.name,
                    }))}
                    onChange={(chosen) => setFilters({ receiver_id: chosen ?? undefined })}
                  />
                ),
              },
              {
                kind: 'other',
                name: 'kind',
                label: t('hl7v2.message.kind'),
                shown: filters.kind,
                control: (
                  <Select
                    className="hl7-sender-pick"
                    aria-label={t('hl7v2.message.kind')}
                    placeholder={t('hl7v2.message.kind')}
                    allowClear
                    showSearch={{ optionFilterProp: 'label' }}
                    value={filters.kind}
                    options={OUT_KINDS.map((value) => ({
                      value,
                      label: `${value} ${kindText(value)}`,
                    }))}
                    onChange={(chosen) => setFilters({ kind: chosen ?? undefined })}
                  />
                ),
              },
              { kind: 'search', name: 'control_id', label: t('hl7v2.message.control-id') },
              { kind: 'dates', name: 'from', to: 'to', label: t('hl7v2.outbound.queued') },
              {
                kind: 'other',
                name: 'patient_id',
                label: t('hl7v2.message.patient'),
                shown: filters.patient_id && `…${filters.patient_id.slice(-6)}`,
                control: null,
              },
            ]}
          />
        </>
      }
    >
      <OutboundFigures
        statistics={statistics}
        chosen={Boolean(from || to)}
        linkOf={(row, state) =>
          withQuery('/hl7v2/outbound', { state, receiver_id: row.receiver_id, from, to })
        }
      />
      <DataTable<OutboundRow>
        id="hl7v2.outbound"
        label={t('hl7v2.outbound.title')}
        columns={columns()}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={can('hl7.content') ? (row) => go(`/hl7v2/outbound/${row.id}`) : undefined}
        rowTone={(row) => (row.state === 'dead' ? 'overdue' : undefined)}
        filtered={countFilters(FILTERS, filters) > 0}
        onClearFilters={() =>
          setFilters(Object.fromEntries(Object.keys(FILTERS).map((name) => [name, undefined])))
        }
        tools={
          can('hl7.content') ? undefined : (
            <span className="lt-muted">{t('hl7v2.message.no-content')}</span>
          )
        }
        empty={<EmptyState title={t('hl7v2.outbound.none')} hint={t('hl7v2.outbound.none-hint')} />}
        phoneRow={(row) => (
          <>
            <span className="lt-row">
              <code>{row.kind}</code>
              <OutboundTag state={row.state} />
            </span>
            {row.reason && <div>{reasonText(row.reason)}</div>}
            <span className="lt-muted">
              {row.receiver_name} · {eventText(row.event)} · <DateTime at={row.queued_at} />
            </span>
          </>
        )}
      />
    </Page>
  );
}

/** Messages of a state in the figures' time; those that wait are counted whenever they were queued. */
function countOf(
  statistics: OutboundStatistics | undefined,
  state: OutboundState | undefined,
  receiver_id: string | undefined,
): number | undefined {
  const states = state ? [state] : OUTBOUND_STATES;
  return statistics?.items
    .filter((row) => !receiver_id || row.receiver_id === receiver_id)
    .reduce((sum, row) => sum + states.reduce((of, one) => of + row[one], 0), 0);
}

function columns(): Column<OutboundRow>[] {
  return [
    {
      key: 'queued',
      title: t('hl7v2.outbound.queued'),
      width: 140,
      always: true,
      render: (row) => <DateTime at={row.queued_at} />,
    },
    {
      key: 'state',
      title: t('hl7v2.message.state'),
      width: 120,
      always: true,
      render: (row) => <OutboundTag state={row.state} />,
    },
    {
      key: 'kind',
      title: t('hl7v2.message.kind'),
      width: 190,
      render: (row) => (
        <>
          <code>{row.kind}</code> <span className="lt-muted">{kindText(row.kind)}</span>
        </>
      ),
    },
    {
      key: 'receiver',
      title: t('hl7v2.outbound.receiver'),
      width: 160,
      render: (row) => row.receiver_name,
    },
    {
      key: 'event',
      title: t('hl7v2.outbound.event'),
      width: 140,
      render: (row) => eventText(row.event),
    },
    {
      key: 'control',
      title: t('hl7v2.message.control-id'),
      width: 190,
      render: (row) => <code>{row.control_id}</code>,
    },
    {
      key: 'reason',
      title: t('hl7v2.outbound.reason'),
      width: 240,
      render: (row) =>
        row.reason ? (
          <span title={row.reason.code}>{reasonText(row.reason)}</span>
        ) : (
          <span className="lt-muted">—</span>
        ),
    },
    {
      key: 'attempts',
      title: t('hl7v2.outbound.attempts'),
      width: 84,
      align: 'right',
      render: (row) => row.attempts,
    },
    {
      key: 'accepted',
      title: t('hl7v2.outbound.accepted'),
      width: 140,
      render: (row) => <DateTime at={row.accepted_at} />,
    },
  ];
}
