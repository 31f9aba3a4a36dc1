import { PlusOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useCommand } from '@/api/command';
import { orgName, useOrgName, useOrgTree } from '@/api/organizations';
import { serverNow } from '@/api/serverTime';
import { useSession } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { type Column, DataTable } from '@/kit/DataTable';
import { FilterBar, type FilterField } from '@/kit/FilterBar';
import { Page } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { choice, text, useUrlFilters } from '@/kit/urlFilters';
import { FormularyDialog, fieldText } from '../dialogs/FormularyDialog';
import {
  endEntry,
  entryState,
  FORMULARY_KIND,
  type FormularyEntry,
  type FormularyRow,
  keptBy,
  shownEntries,
  useFormulary,
} from '../formulary';
import { KindFormulary } from '../parts/KindFormulary';
import { conceptText } from '../words';
import '../referral.css';

const FILTERS = { view: choice(['all'] as const), q: text(), org_id: text() };

/** Which drugs a member has: what it says itself, beside the list of its kind. */
export default function Formulary() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const [adding, setAdding] = useState(false);
  const { assignment, permissions } = useSession();
  const nameOf = useOrgName();
  const org_id = filters.org_id ?? assignment.org_id;
  const formulary = useFormulary(org_id);
  const kept = keptBy(useOrgTree().data?.nodes ?? [], assignment.org_id, permissions[PERMISSION]);
  const end = useCommand(endEntry, { invalidates: [[FORMULARY_KIND]] });
  const own = formulary.data?.own ?? [];
  const view = (key: 'holds' | 'all') => ({
    key,
    label: t(`referral.formulary.view.${key}`),
    count: formulary.data && shownEntries(own, key === 'all' ? { view: 'all' } : {}).length,
    filters: { view: key === 'all' ? 'all' : undefined, org_id: filters.org_id },
  });
  const member: FilterField = {
    kind: 'other',
    name: 'org_id',
    label: t('referral.stats.member'),
    shown: nameOf(filters.org_id),
    control: (
      <Select
        className="referral-stats-member"
        aria-label={t('referral.stats.member')}
        showSearch={{ optionFilterProp: 'label' }}
        value={org_id}
        options={kept.map((org) => ({ value: org.id, label: orgName(org) }))}
        onChange={(next) => setFilters({ org_id: next === assignment.org_id ? undefined : next })}
      />
    ),
  };
  return (
    <Page
      wide
      title={t('referral.formulary.title')}
      actions={
        <Button
          type="primary"
          icon={<PlusOutlined />}
          disabled={!formulary.data}
          onClick={() => setAdding(true)}
        >
          {t('referral.formulary.add')}
        </Button>
      }
      tools={
        <FilterBar
          spec={FILTERS}
          values={filters}
          onChange={setFilters}
          views={[view('holds'), view('all')]}
          fields={[
            { kind: 'search', name: 'q', label: t('referral.formulary.find') },
            ...(kept.length > 1 ? [member] : []),
          ]}
        />
      }
    >
      {formulary.isPending && <LinesSkeleton rows={10} />}
      {formulary.isError && (
        <ErrorState error={formulary.error} onRetry={() => void formulary.refetch()} />
      )}
      {formulary.data && (
        <div className="lt-stack">
          <DataTable<FormularyRow>
            id="referral.formulary"
            label={t('referral.formulary.title')}
            columns={columns((row) => end.mutateAsync(row))}
            rows={shownEntries(own, filters)}
            rowKey={(row) => row.entry.id}
            filtered={own.length > 0}
            onClearFilters={() => setFilters({ view: 'all', q: undefined })}
            empty={
              <EmptyState
                title={t('referral.formulary.empty')}
                hint={formulary.data.of_kind.length > 0 && t('referral.formulary.empty-hint')}
              />
            }
            quiet={adding}
          />
          <KindFormulary
            prefixes={formulary.data.of_kind}
            rule_version={formulary.data.rule_version}
          />
        </div>
      )}
      {adding && (
        <FormularyDialog
          org_id={org_id}
          org_name={nameOf(org_id)}
          onClose={() => setAdding(false)}
        />
      )}
    </Page>
  );
}

const PERMISSION = 'referral.formulary';

function drugText(entry: FormularyEntry): string {
  return conceptText({ zh: entry.drug_zh, en: entry.drug_en });
}

const STATE_TONES = { holds: 'active', coming: 'waiting', overridden: 'neutral' } as const;

function columns(onEnd: (row: FormularyRow) => Promise<unknown>): Column<FormularyRow>[] {
  const today = dayjs(serverNow()).format('YYYY-MM-DD');
  return [
    {
      key: 'drug',
      title: fieldText('drug_code'),
      width: 190,
      always: true,
      render: ({ entry }) => <b>{drugText(entry)}</b>,
    },
    {
      key: 'code',
      title: t('referral.formulary.code'),
      width: 130,
      render: ({ entry }) => <span className="lt-figures">{entry.drug_code}</span>,
    },
    {
      key: 'available',
      title: fieldText('available'),
      width: 110,
      always: true,
      render: ({ entry }) => (
        <StatusTag
          tone={entry.available ? 'done' : 'soon'}
          label={t(entry.available ? 'referral.formulary.has' : 'referral.formulary.has-not')}
        />
      ),
    },
    {
      key: 'state',
      title: t('referral.field.state'),
      width: 110,
      render: (row) => {
        const state = entryState(row, today);
        return (
          <StatusTag
            plain
            tone={STATE_TONES[state]}
            label={t(`referral.formulary.state.${state}`)}
          />
        );
      },
    },
    ...recordColumns(),
    {
      key: 'act',
      title: t('kit.table.actions'),
      width: 90,
      always: true,
      render: (row) => (
        <ConfirmAction
          label={t('referral.formulary.end')}
          title={`${t('referral.formulary.end')} · ${drugText(row.entry)}`}
          consequence={t(
            entryState(row, today) === 'coming'
              ? 'referral.formulary.end-coming'
              : 'referral.formulary.end-consequence',
          )}
          onConfirm={() => onEnd(row)}
          button={{ size: 'small' }}
        />
      ),
    },
  ];
}

/** Between which days, why, and who said so. */
function recordColumns(): Column<FormularyRow>[] {
  return [
    {
      key: 'from',
      title: fieldText('starts_on'),
      width: 110,
      render: ({ entry }) => <span className="lt-figures">{entry.starts_on}</span>,
    },
    {
      key: 'until',
      title: fieldText('ends_on'),
      width: 120,
      render: ({ entry }) =>
        entry.ends_on ? (
          <span className="lt-figures">{entry.ends_on}</span>
        ) : (
          <span className="lt-muted">{t('referral.formulary.open-end')}</span>
        ),
    },
    {
      key: 'note',
      title: fieldText('note'),
      width: 140,
      render: ({ entry }) => entry.note || <span className="lt-muted">—</span>,
    },
    {
      key: 'by',
      title: t('referral.formulary.by'),
      width: 110,
      render: ({ entry }) => entry.made_by_name,
    },
  ];
}
