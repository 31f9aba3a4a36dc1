import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, DatePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { call, newKey } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { useCan, useSession } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { Money } from '@/kit/Money';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { listed } from '@/kit/words';
import { act, useBoardOrg } from '../queries';
import type { Template } from '../types';
import { TemplateForm } from './TemplateForm';
import '../resources.css';

const FILTERS = { org_id: text() };
const DAYS_AHEAD_USUAL = 28;

/** What repeats every week; sessions are made from it. */
export default function Templates() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const [editing, setEditing] = useState<Template | 'new' | null>(null);
  const org_id = useBoardOrg(filters.org_id);
  const orgName = useOrgName();
  const mine = useSession().assignment.org_id === org_id;
  const mayManage = useCan()('resources.manage') && mine;
  const templates = useQuery({
    queryKey: ['schedule-template', org_id],
    queryFn: ({ signal }) =>
      call<Template[]>('GET', '/api/resources/templates', { query: { org_id }, signal }),
  });
  const reread = () => void templates.refetch();
  return (
    <Page
      wide
      back="/resources/slots"
      title={t('resources.templates.title')}
      meta={<span className="lt-muted">{orgName(org_id)}</span>}
      actions={
        mayManage && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')}>
            {t('resources.templates.new')}
          </Button>
        )
      }
      tools={
        <OrgSelect
          className="resources-org"
          providersOnly
          aria-label={t('resources.org')}
          value={org_id}
          onChange={(next) => setFilters({ org_id: next })}
        />
      }
    >
      {templates.isPending && <LinesSkeleton rows={10} />}
      {templates.isError && <ErrorState error={templates.error} onRetry={reread} />}
      {templates.data && (
        <DataTable<Template>
          id="resources.templates"
          label={t('resources.templates.title')}
          rows={templates.data}
          rowKey={(row) => row.id}
          onOpen={mayManage ? setEditing : undefined}
          quiet={editing !== null}
          empty={<EmptyState title={t('resources.templates.none')} />}
          columns={[
            {
              key: 'name',
              title: t('resources.templates.name'),
              width: 162,
              always: true,
              render: (row) => row.name,
            },
            {
              key: 'practitioner',
              title: t('resources.practitioner'),
              width: 80,
              render: (row) => row.practitioner ?? '—',
            },
            {
              key: 'days',
              title: t('resources.templates.weekdays'),
              width: 110,
              render: (row) => listed(row.weekdays.map(weekdayText)),
            },
            {
              key: 'time',
              title: t('resources.time'),
              width: 104,
              render: (row) => `${row.start}–${row.end}`,
            },
            {
              key: 'slots',
              title: t('resources.templates.slots'),
              width: 84,
              align: 'right',
              render: (row) => row.slots,
            },
            {
              key: 'quotas',
              title: t('resources.templates.quotas'),
              width: 140,
              render: (row) =>
                row.quotas
                  .map(
                    (quota) =>
                      `${quota.org_id ? orgName(quota.org_id) : t(`resources.channel-short.${quota.channel}`)} ${quota.places}`,
                  )
                  .join(' · ') || '—',
            },
            {
              key: 'price',
              title: t('resources.fee'),
              width: 84,
              align: 'right',
              render: (row) => <Money fen={row.price} />,
            },
            {
              key: 'dates',
              title: t('resources.templates.dates'),
              width: 116,
              render: (row) =>
                row.valid_to
                  ? `${row.valid_from} – ${row.valid_to}`
                  : t('resources.templates.from-day', { day: row.valid_from }),
            },
            {
              key: 'state',
              title: t('resources.state'),
              width: 88,
              render: (row) => (
                <StatusTag
                  tone={row.state === 'active' ? 'done' : 'neutral'}
                  label={t(`resources.template-state.${row.state}`)}
                />
              ),
            },
            {
              key: 'actions',
              title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
              width: 144,
              align: 'right',
              render: (row) =>
                mayManage && row.state === 'active' && <Actions row={row} onDone={reread} />,
            },
          ]}
        />
      )}
      {editing && (
        <TemplateForm
          org_id={org_id}
          template={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(null)}
          onSaved={() => {
            setEditing(null);
            reread();
          }}
        />
      )}
    </Page>
  );
}

function weekdayText(day: number): string {
  return t('resources.templates.weekday', { day: t(`resources.weekday.${day}`) });
}

function Actions({ row, onDone }: { row: Template; onDone: () => void }) {
  const [to, setTo] = useState<Dayjs | null>(dayjs().add(DAYS_AHEAD_USUAL, 'day'));
  async function generate() {
    const headers = { 'Idempotency-Key': newKey() };
    const body = { to: (to ?? dayjs()).format('YYYY-MM-DD') };
    await call('POST', `/api/resources/templates/${row.id}/generate`, { body, headers });
    toast.success(t('resources.templates.generated'));
    onDone();
  }
  async function end() {
    await act(`/api/resources/templates/${row.id}/end`, row.version);
    toast.success(t('resources.templates.ended'));
    onDone();
  }
  return (
    <span className="lt-row">
      <ConfirmAction
        label={t('resources.templates.generate')}
        title={t('resources.templates.generate')}
        consequence={t('resources.templates.generate-consequence')}
        danger={false}
        button={{ size: 'small' }}
        onConfirm={generate}
      >
        <DatePicker
          className="lt-full"
          aria-label={t('resources.templates.generate-to')}
          minDate={dayjs()}
          value={to}
          onChange={setTo}
        />
      </ConfirmAction>
      <ConfirmAction
        label={t('resources.templates.end')}
        title={t('resources.templates.end')}
        consequence={t('resources.templates.end-consequence')}
        button={{ size: 'small' }}
        onConfirm={end}
      />
    </span>
  );
}
