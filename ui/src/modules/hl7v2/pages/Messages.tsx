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
import { StatusTag } from '@/kit/StatusTag';
import { choice, countFilters, text, useUrlFilters } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import { listed } from '@/kit/words';
import { Figures } from '../parts/Figures';
import { momentsOf, useSenders, useStatistics } from '../queries';
import { MESSAGE_STATES, type MessageRow, type MessageState, type Statistics } from '../types';
import { kindText, reasonText, StateTag, whereTexts } from '../words';
import { Hl7Tabs } from './Hl7Tabs';
import '../hl7v2.css';

const FILTERS = {
  state: choice(MESSAGE_STATES),
  sender_id: text(),
  kind: text(),
  control_id: text(),
  patient_id: text(),
  from: text(),
  to: text(),
};

/** What came, from whom, and what became of it. The list says nothing of patients. */
export default function Messages() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const can = useCan();
  const go = useGo();
  const senders = useSenders();
  const statistics = useStatistics(filters.from, filters.to);
  const query = { ...filters, ...momentsOf(filters.from, filters.to) };
  const pages = usePages<MessageRow>(['hl7-message', 'list', filters], (after, signal) =>
    call<Rows<MessageRow>>('GET', '/api/hl7/messages', { query: { ...query, after }, signal }),
  );
  const { sender_id, from, to } = filters;
  const views = [undefined, ...MESSAGE_STATES].map((state) => ({
    key: state ?? 'all',
    label: state ? t(`hl7v2.state.${state}`) : t('hl7v2.all'),
    count: countOf(statistics.data, state, sender_id),
    filters: { state, sender_id, from, to },
  }));
  return (
    <Page
      wide
      title={t('hl7v2.title')}
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
                name: 'sender_id',
                label: t('hl7v2.sender.title'),
                shown: senders.data?.items.find((one) => one.id === sender_id)?.name,
                control: (
                  <Select
                    className="hl7-sender-pick"
                    aria-label={t('hl7v2.sender.title')}
                    placeholder={t('hl7v2.sender.title')}
                    allowClear
                    showSearch={{ optionFilterProp: 'label' }}
                    value={sender_id}
                    options={senders.data?.items.map((one) => ({
                      value: one.id,
                      label: one.name,
                    }))}
                    onChange={(chosen) => setFilters({ sender_id: chosen ?? undefined })}
                  />
                ),
              },
              { kind: 'search', name: 'kind', label: t('hl7v2.message.kind-hint') },
              { kind: 'search', name: 'control_id', label: t('hl7v2.message.control-id') },
              { kind: 'dates', name: 'from', to: 'to', label: t('hl7v2.message.received') },
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
      <Figures
        statistics={statistics}
        chosen={Boolean(from || to)}
        linkOf={(row, count) => {
          const state = MESSAGE_STATES.find((one) => one === count);
          if (!state && count !== 'received') return undefined;
          return withQuery('/hl7v2', { state, sender_id: row.sender_id, from, to });
        }}
      />
      <DataTable<MessageRow>
        id="hl7v2.messages"
        label={t('hl7v2.messages')}
        columns={columns()}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={can('hl7.content') ? (row) => go(`/hl7v2/messages/${row.id}`) : undefined}
        rowTone={(row) =>
          row.state === 'failed' || row.state === 'rejected' ? 'overdue' : undefined
        }
        filtered={countFilters(FILTERS, filters) > 0}
        onClearFilters={() =>
          setFilters(Object.fromEntries(Object.keys(FILTERS).map((name) => [name, undefined])))
        }
        tools={
          can('hl7.content') ? undefined : (
            <span className="lt-muted">{t('hl7v2.message.no-content')}</span>
          )
        }
        empty={<EmptyState title={t('hl7v2.none')} hint={t('hl7v2.none-hint')} />}
        phoneRow={(row) => (
          <>
            <span className="lt-row">
              <code>{row.kind || '—'}</code>
              <StateTag state={row.state} />
              {row.late && <StatusTag plain tone="soon" label={t('hl7v2.message.late')} />}
            </span>
            {row.reason && (
              <div>
                <Why row={row} />
              </div>
            )}
            <span className="lt-muted">
              {row.sender_name ?? t('hl7v2.message.stranger')} · {row.control_id || '—'} ·{' '}
              <DateTime at={row.received_at} />
            </span>
          </>
        )}
      />
    </Page>
  );
}

/** Messages of a state in the figures' time; what is being done again counts among the failed. */
function countOf(
  statistics: Statistics | undefined,
  state: MessageState | undefined,
  sender_id: string | undefined,
): number | undefined {
  if (!statistics || state === 'replaying') return undefined;
  return statistics.items
    .filter((row) => !sender_id || row.sender_id === sender_id)
    .reduce((sum, row) => sum + row[state ?? 'received'], 0);
}

function Why({ row }: { row: MessageRow }) {
  if (!row.reason) return <span className="lt-muted">—</span>;
  return (
    <span title={row.reason.code}>
      {reasonText(row.reason)} <code>{listed(whereTexts(row.reason))}</code>
    </span>
  );
}

function columns(): Column<MessageRow>[] {
  return [
    {
      key: 'received',
      title: t('hl7v2.message.received'),
      width: 140,
      always: true,
      render: (row) => <DateTime at={row.received_at} />,
    },
    {
      key: 'state',
      title: t('hl7v2.message.state'),
      width: 110,
      always: true,
      render: (row) => (
        <>
          <StateTag state={row.state} />{' '}
          {row.late && <StatusTag plain tone="soon" label={t('hl7v2.message.late')} />}
        </>
      ),
    },
    {
      key: 'kind',
      title: t('hl7v2.message.kind'),
      width: 180,
      render: (row) => (
        <>
          <code>{row.kind || '—'}</code> <span className="lt-muted">{kindText(row.kind)}</span>
        </>
      ),
    },
    {
      key: 'control',
      title: t('hl7v2.message.control-id'),
      width: 150,
      render: (row) => <code>{row.control_id || '—'}</code>,
    },
    {
      key: 'sender',
      title: t('hl7v2.sender.title'),
      width: 140,
      render: (row) =>
        row.sender_name ?? <span className="lt-muted">{t('hl7v2.message.stranger')}</span>,
    },
    {
      key: 'reason',
      title: t('hl7v2.message.reason'),
      width: 260,
      render: (row) => <Why row={row} />,
    },
    { key: 'ack', title: t('hl7v2.message.ack'), width: 64, render: (row) => row.ack },
    {
      key: 'notes',
      title: t('hl7v2.message.notes'),
      width: 64,
      align: 'right',
      render: (row) => row.notes,
    },
    {
      key: 'edits',
      title: t('hl7v2.message.edits'),
      width: 76,
      align: 'right',
      hidden: true,
      render: (row) => row.edits,
    },
    {
      key: 'sent',
      title: t('hl7v2.message.sent'),
      width: 150,
      hidden: true,
      render: (row) => <DateTime at={row.sent_at} />,
    },
    {
      key: 'address',
      title: t('hl7v2.message.address'),
      width: 130,
      hidden: true,
      render: (row) => row.address,
    },
  ];
}
