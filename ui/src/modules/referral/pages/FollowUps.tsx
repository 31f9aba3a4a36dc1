import { Button, DatePicker } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { call, type Page as RowPage } from '@/api/client';
import { serverNow } from '@/api/serverTime';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { FilterBar } from '@/kit/FilterBar';
import { Page } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { choice, countFilters, flag, text, useUrlFilters } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import { useReferral } from '../api';
import { FollowUpDialog } from '../dialogs/FollowUpDialog';
import { FollowUpTag } from '../parts/FollowUpList';
import type { FollowUp } from '../types';
import '../referral.css';

const FILTERS = {
  state: choice(['waiting', 'done', 'missed', 'cancelled'] as const),
  overdue: flag(),
  month: text(),
  org_id: text(),
};

/** The visits and calls this organization owes, the first due first. */
export default function FollowUps() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const may = useCan()('referral.follow-up');
  const go = useGo();
  const [open, setOpen] = useState<FollowUp | null>(null);
  const pages = usePages<FollowUp>(['follow-up', filters], (after, signal) =>
    call<RowPage<FollowUp>>('GET', '/api/referrals/follow-ups', {
      query: { ...filters, overdue: filters.overdue || undefined, after, limit: 50 },
      signal,
    }),
  );
  const view = (key: string, values: Record<string, unknown>) => ({
    key,
    label: t(`referral.follow-up.view.${key}`),
    filters: { ...values, org_id: filters.org_id },
  });
  const ended = filters.state !== undefined && filters.state !== 'waiting';
  const month = filters.month ?? (ended ? dayjs(serverNow()).format('YYYY-MM') : undefined);
  return (
    <Page
      wide
      title={t('referral.follow-up.title')}
      tools={
        <FilterBar
          spec={FILTERS}
          values={filters}
          onChange={setFilters}
          views={[
            view('waiting', {}),
            view('late', { overdue: true }),
            view('done', { state: 'done' }),
            view('missed', { state: 'missed' }),
          ]}
          fields={[
            {
              kind: 'other',
              name: 'month',
              label: t('referral.field.month'),
              shown: filters.month,
              control: (
                <DatePicker
                  picker="month"
                  aria-label={t('referral.field.month')}
                  placeholder={t('referral.field.month')}
                  value={month ? dayjs(`${month}-01`) : null}
                  onChange={(value) => setFilters({ month: value?.format('YYYY-MM') })}
                />
              ),
            },
          ]}
        />
      }
    >
      <DataTable<FollowUp>
        id="referral.follow-ups"
        label={t('referral.follow-up.title')}
        columns={columns(may ? setOpen : undefined)}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={(row) => go(`/referral/${row.referral_id}?tab=follow-ups`)}
        keys={may ? { r: (row) => row.state === 'waiting' && setOpen(row) } : undefined}
        rowTone={(row) => (row.overdue ? 'overdue' : undefined)}
        filtered={countFilters(FILTERS, filters) > 0}
        phoneRow={(row) => (
          <span className="referral-phone-row">
            <span className="referral-phone-line">
              <b>{row.patient_name}</b>
              <FollowUpTag row={row} />
            </span>
            <span className="referral-phone-line lt-muted">
              <span>{t('referral.follow-up.day', { n: row.day })}</span>
              <span className="lt-figures">{row.due_on}</span>
            </span>
          </span>
        )}
      />
      {open && <WithDiagnoses follow_up={open} onClose={() => setOpen(null)} />}
    </Page>
  );
}

/** The questions depend on what the patient has, which the case knows. */
function WithDiagnoses({ follow_up, onClose }: { follow_up: FollowUp; onClose: () => void }) {
  const referral = useReferral(follow_up.referral_id);
  if (referral.isPending) return null;
  const plan = referral.data?.down_plan?.plan.diagnoses ?? referral.data?.content.diagnoses;
  return (
    <FollowUpDialog
      follow_up={follow_up}
      diagnoses={plan?.map((one) => one.code)}
      onClose={onClose}
    />
  );
}

function columns(onRecord: ((row: FollowUp) => void) | undefined): Column<FollowUp>[] {
  return [
    {
      key: 'patient',
      title: t('referral.field.patient'),
      width: 140,
      always: true,
      render: (row) => (
        <PathLink to={`/referral/${row.referral_id}?tab=follow-ups`} className="referral-open">
          <b>{row.patient_name}</b>
        </PathLink>
      ),
    },
    {
      key: 'day',
      title: t('referral.follow-up.which'),
      width: 120,
      render: (row) => t('referral.follow-up.day', { n: row.day }),
    },
    { key: 'due', title: t('referral.follow-up.due'), width: 120, render: (row) => row.due_on },
    {
      key: 'state',
      title: t('referral.field.state'),
      width: 110,
      render: (row) => <FollowUpTag row={row} />,
    },
    {
      key: 'by',
      title: t('referral.follow-up.by'),
      width: 120,
      render: (row) => row.by_name ?? <span className="lt-muted">—</span>,
    },
    {
      key: 'number',
      title: t('referral.field.number'),
      width: 200,
      render: (row) => <span className="lt-figures">{row.referral_number}</span>,
    },
    {
      key: 'act',
      title: t('kit.table.actions'),
      width: 120,
      always: true,
      render: (row) =>
        onRecord &&
        row.state === 'waiting' && (
          <Button size="small" onClick={() => onRecord(row)}>
            {t('referral.action.record-follow-up')}
          </Button>
        ),
    },
  ];
}
