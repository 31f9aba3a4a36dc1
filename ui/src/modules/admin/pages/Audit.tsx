import { useState } from 'react';
import { call, type Page as Rows } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { download } from '@/kit/download';
import { FilterBar } from '@/kit/FilterBar';
import { OrgSelect } from '@/kit/OrgSelect';
import { Facts, Page } from '@/kit/Page';
import { SidePreview } from '@/kit/SidePreview';
import { countFilters, text, useUrlFilters } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import { eventText } from '../events';
import { useRoleName } from '../queries';
import { linesOf } from '../ruleDiff';
import type { AuditEvent } from '../types';
import { AuditTabs } from './AdminTabs';
import '../admin.css';

const FILTERS = {
  from: text(),
  to: text(),
  event: text(),
  kind: text(),
  org_id: text(),
  actor_id: text(),
  patient_id: text(),
  entity_id: text(),
};

/** What is changed and looked at, as people speak of it. */
const THINGS = [
  ...['referral', 'follow-up', 'patient', 'consent', 'break-glass', 'hold', 'waiting'],
  ...['ward', 'bed', 'clinic-session', 'schedule-template', 'equipment', 'maintenance'],
  ...['organization', 'department', 'practitioner', 'group', 'membership', 'alliance', 'bond'],
  ...['decision', 'evidence', 'technique', 'capability-survey', 'catchment', 'import'],
  ...['account', 'assignment', 'token', 'rule-set', 'dispatch-message'],
];

type Filters = Partial<Record<keyof typeof FILTERS, string>>;

/** Days of the address as moments: from the first day's beginning to the last day's end. */
export function queryOf(filters: Filters): Record<string, string | undefined> {
  const day = (value: string | undefined, plus: number) => {
    if (!value) return undefined;
    const date = new Date(`${value}T00:00:00`);
    date.setDate(date.getDate() + plus);
    return date.toISOString();
  };
  return { ...filters, from: day(filters.from, 0), to: day(filters.to, 1) };
}

/** Who did what, to what, when, on which basis. The search itself is audited. */
export default function Audit() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const [shown, setShown] = useState<AuditEvent | null>(null);
  const roleName = useRoleName();
  const orgName = useOrgName();
  const query = queryOf(filters);
  const pages = usePages<AuditEvent>(['audit', filters], (after, signal) =>
    call<Rows<AuditEvent>>('GET', '/api/audit', { query: { ...query, after }, signal }),
  );
  const columns: Column<AuditEvent>[] = [
    {
      key: 'at',
      title: t('admin.audit.at'),
      width: 140,
      always: true,
      render: (row) => <DateTime at={row.at} />,
    },
    {
      key: 'event',
      title: t('admin.audit.event'),
      width: 170,
      always: true,
      render: (row) => <span title={row.event}>{eventText(row.event)}</span>,
    },
    {
      key: 'actor',
      title: t('admin.audit.actor'),
      width: 96,
      render: (row) => row.actor_name || '—',
    },
    {
      key: 'role',
      title: t('admin.accounts.role'),
      width: 130,
      render: (row) => roleName(row.role),
    },
    {
      key: 'for',
      title: t('admin.audit.actor-org'),
      width: 150,
      render: (row) => orgName(row.actor_org_id),
    },
    { key: 'org', title: t('admin.audit.org'), width: 150, render: (row) => orgName(row.org_id) },
    {
      key: 'patient',
      title: t('admin.audit.patient'),
      width: 100,
      render: (row) => (row.patient_id ? `…${row.patient_id.slice(-6)}` : '—'),
    },
    { key: 'address', title: t('admin.audit.address'), width: 124, render: (row) => row.address },
    {
      key: 'seq',
      title: t('admin.audit.seq'),
      width: 90,
      align: 'right',
      hidden: true,
      render: (row) => row.seq,
    },
  ];
  return (
    <Page
      wide
      title={t('admin.audit.title')}
      tools={
        <>
          <AuditTabs />
          <FilterBar
            spec={FILTERS}
            values={filters}
            onChange={setFilters}
            fields={[
              { kind: 'dates', name: 'from', to: 'to', label: t('admin.audit.dates') },
              { kind: 'search', name: 'event', label: t('admin.audit.event-hint') },
              {
                kind: 'choice',
                name: 'kind',
                label: t('admin.audit.kind'),
                options: THINGS.map((value) => ({ value, label: t(`admin.kind.${value}`) })),
              },
              {
                kind: 'other',
                name: 'org_id',
                label: t('admin.accounts.org'),
                shown: filters.org_id && orgName(filters.org_id),
                control: (
                  <OrgSelect
                    className="admin-org"
                    aria-label={t('admin.accounts.org')}
                    placeholder={t('admin.accounts.org')}
                    allowClear
                    value={filters.org_id}
                    onChange={(org_id) => setFilters({ org_id })}
                  />
                ),
              },
              ...(['actor_id', 'patient_id', 'entity_id'] as const).map((name) => ({
                kind: 'other' as const,
                name,
                label: t(`admin.audit.only-${name}`),
                shown: filters[name] && `…${filters[name]?.slice(-6)}`,
                control: null,
              })),
            ]}
          />
        </>
      }
    >
      <DataTable
        id="admin.audit"
        label={t('admin.audit.title')}
        columns={columns}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={setShown}
        onMove={(row) => shown && setShown(row)}
        onExport={() => void download('/api/audit/export', query, 'audit.xlsx')}
        filtered={countFilters(FILTERS, filters) > 0}
        tools={<span className="lt-muted">{t('admin.audit.window')}</span>}
        phoneRow={(row) => (
          <>
            <span className="lt-row">
              <strong>{eventText(row.event)}</strong>
              <DateTime at={row.at} />
            </span>
            <span className="lt-muted">
              {row.actor_name || roleName(row.role)} · {orgName(row.actor_org_id)}
            </span>
          </>
        )}
      />
      <SidePreview
        open={shown !== null}
        onClose={() => setShown(null)}
        title={shown ? eventText(shown.event) : ''}
        width={560}
      >
        {shown && (
          <Entry
            row={shown}
            onOnly={(patch) => {
              setShown(null);
              setFilters(patch);
            }}
          />
        )}
      </SidePreview>
    </Page>
  );
}

interface EntryProps {
  row: AuditEvent;
  /** Narrow the search to this person, patient or thing. */
  onOnly: (patch: Filters) => void;
}

function Entry({ row, onOnly }: EntryProps) {
  const roleName = useRoleName();
  const orgName = useOrgName();
  const only = (name: 'actor_id' | 'patient_id' | 'entity_id', id: string) => (
    <button type="button" className="lt-link" onClick={() => onOnly({ [name]: id })}>
      {t(`admin.audit.only-${name}`)}
    </button>
  );
  return (
    <div className="lt-stack">
      <Facts
        items={[
          { label: t('admin.audit.at'), value: <DateTime at={row.at} show="both" />, wide: true },
          { label: t('admin.audit.event'), value: <code>{row.event}</code> },
          { label: t('admin.audit.seq'), value: row.seq },
          {
            label: t('admin.audit.actor'),
            value: (
              <>
                {row.actor_name} · {roleName(row.role)} {only('actor_id', row.actor_id)}
              </>
            ),
            wide: true,
          },
          { label: t('admin.audit.actor-org'), value: orgName(row.actor_org_id) },
          { label: t('admin.audit.address'), value: row.address || null },
          { label: t('admin.audit.org'), value: orgName(row.org_id) },
          { label: t('admin.audit.peer'), value: orgName(row.peer_org_id) },
          {
            label: t('admin.audit.thing'),
            value: (
              <>
                {row.kind} <span className="admin-hash">{row.entity_id}</span>{' '}
                {only('entity_id', row.entity_id)}
              </>
            ),
            wide: true,
          },
          {
            label: t('admin.audit.patient'),
            value: row.patient_id ? (
              <>
                <span className="admin-hash">{row.patient_id}</span>{' '}
                {only('patient_id', row.patient_id)}
              </>
            ) : null,
            wide: true,
          },
          { label: t('admin.audit.version'), value: row.version || null },
          { label: t('admin.audit.request'), value: row.request_id },
        ]}
      />
      {row.basis && <Text title={t('admin.audit.basis')} json={row.basis} />}
      <Text title={t('admin.audit.detail')} json={row.detail} />
      <Facts
        items={[
          {
            label: t('admin.audit.body-hash'),
            value: row.body_sha256 && <span className="admin-hash">{row.body_sha256}</span>,
            wide: true,
          },
          {
            label: t('admin.audit.hash'),
            value: row.hash && <span className="admin-hash">{row.hash}</span>,
            wide: true,
          },
        ]}
      />
    </div>
  );
}

function Text({ title, json }: { title: string; json: string }) {
  return (
    <div>
      <div className="lt-muted">{title}</div>
      <pre className="admin-pre">{readable(json)}</pre>
    </div>
  );
}

function readable(json: string): string {
  try {
    return linesOf(JSON.parse(json)).join('\n');
  } catch {
    return json;
  }
}
