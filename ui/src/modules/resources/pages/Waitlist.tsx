import { PlusOutlined } from '@ant-design/icons';
import { Button, Segmented } from 'antd';
import { call, type Page as Rows } from '@/api/client';
import { t } from '@/i18n';
import { Clock } from '@/kit/Clock';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { type Column, DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { FilterBar } from '@/kit/FilterBar';
import { Page } from '@/kit/Page';
import { EmptyState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { choice, flag, text, useUrlFilters } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import { act, useSpecialtyName, WAIT_TONES } from '../queries';
import { PLACE_KINDS, WAIT_STATES, type Waiting } from '../types';
import { JoinWaitlist } from './JoinWaitlist';
import { ResourceTabs } from './ResourceTabs';

const SIDES = ['requesting', 'owning'] as const;
const FILTERS = {
  side: choice(SIDES),
  state: choice(WAIT_STATES),
  new: flag(),
  kind: choice(PLACE_KINDS),
  key: text(),
};

/** Who waits for a place, and what is offered to them. */
export default function Waitlist() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const specialty = useSpecialtyName();
  const side = filters.side ?? 'requesting';
  const pages = usePages<Waiting>(
    ['waiting', side, filters.state],
    (after, signal) =>
      call<Rows<Waiting>>('GET', '/api/resources/waitlist', {
        query: { side, state: filters.state, after },
        signal,
      }),
    { follows: ['hold'] },
  );
  async function run(row: Waiting, verb: string) {
    await act(`/api/resources/waitlist/${row.id}/${verb}`, row.version);
    toast.success(t(`resources.waitlist-done.${verb}`));
    await pages.refetch();
  }
  const what = (row: Waiting) =>
    `${t(`resources.kind.${row.kind}`)} · ${row.kind === 'equipment' ? row.key : specialty(row.key)}`;
  const columns: Column<Waiting>[] = [
    { key: 'what', title: t('resources.waitlist.what'), width: 200, always: true, render: what },
    {
      key: 'org',
      title: t(side === 'requesting' ? 'resources.waitlist.where' : 'resources.for-org'),
      width: 160,
      render: (row) => (side === 'requesting' ? row.org_name : row.for_org_name),
    },
    {
      key: 'state',
      title: t('resources.state'),
      width: 110,
      render: (row) => (
        <StatusTag tone={WAIT_TONES[row.state]} label={t(`resources.wait-state.${row.state}`)} />
      ),
    },
    {
      key: 'clock',
      title: t('resources.waitlist.waits'),
      width: 140,
      render: (row) =>
        row.answer_by ? (
          <Clock plain since={row.since} due={row.answer_by} />
        ) : row.state === 'waiting' ? (
          <Clock plain since={row.since} due={row.to} />
        ) : (
          '—'
        ),
    },
    {
      key: 'ahead',
      title: t('resources.waitlist.ahead'),
      width: 80,
      align: 'right',
      render: (row) => row.ahead ?? '—',
    },
    {
      key: 'channel',
      title: t('resources.channel'),
      width: 110,
      render: (row) => t(`resources.channels.${row.channel}`),
    },
    {
      key: 'since',
      title: t('resources.waitlist.since'),
      width: 150,
      render: (row) => <DateTime at={row.since} />,
    },
    {
      key: 'actions',
      title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
      width: 130,
      align: 'right',
      render: (row) => <Actions row={row} onRun={(verb) => run(row, verb)} />,
    },
  ];
  return (
    <Page
      wide
      title={t('resources.waitlist.title')}
      actions={
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setFilters({ new: true })}>
          {t('resources.waitlist.join')}
        </Button>
      }
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
                options: WAIT_STATES.map((value) => ({
                  value,
                  label: t(`resources.wait-state.${value}`),
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
      <DataTable
        id="resources.waitlist"
        label={t('resources.waitlist.title')}
        pages={pages}
        columns={columns}
        rowKey={(row) => row.id}
        quiet
        filtered={Boolean(filters.state)}
        onClearFilters={() => setFilters({ state: undefined })}
        empty={
          <EmptyState
            title={t('resources.waitlist.none')}
            hint={t('resources.waitlist.none-hint')}
          />
        }
        phoneRow={(row) => (
          <>
            <span className="lt-row">
              <strong>{what(row)}</strong>
              <StatusTag
                tone={WAIT_TONES[row.state]}
                label={t(`resources.wait-state.${row.state}`)}
              />
            </span>
            <span className="lt-muted">{row.org_name}</span>
            <Actions row={row} onRun={(verb) => run(row, verb)} />
          </>
        )}
      />
      <JoinWaitlist
        open={filters.new}
        kind={filters.kind}
        keyCode={filters.key}
        onClose={() => setFilters({ new: false, kind: undefined, key: undefined })}
        onJoined={() => void pages.refetch()}
      />
    </Page>
  );
}

function Actions({ row, onRun }: { row: Waiting; onRun: (verb: string) => Promise<void> }) {
  return (
    <span className="lt-row">
      {row.actions.includes('accept') && (
        <Button size="small" type="primary" onClick={() => onRun('accept').catch(toast.error)}>
          {t('resources.waitlist-action.accept')}
        </Button>
      )}
      {row.actions.includes('leave') && (
        <ConfirmAction
          label={t('resources.waitlist-action.leave')}
          title={t('resources.waitlist-action.leave')}
          consequence={t('resources.waitlist.leave-consequence')}
          button={{ size: 'small' }}
          onConfirm={() => onRun('leave')}
        />
      )}
    </span>
  );
}
