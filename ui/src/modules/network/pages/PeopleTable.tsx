import { call, type Page as Rows } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { download } from '@/kit/download';
import { useGo } from '@/kit/route';
import { StatusTag } from '@/kit/StatusTag';
import { useNow } from '@/kit/time';
import { usePages } from '@/kit/usePages';
import { worstLicence } from '../licences';
import { word } from '../queries';
import type { Practitioner } from '../types';

interface PeopleTableProps {
  /** People at work at this member. */
  org_id?: string;
  filters?: Record<string, string | undefined>;
  filtered?: boolean;
  onClear?: () => void;
}

/** People with their employer, rank and licences; identifiers are masked. */
export function PeopleTable({ org_id, filters = {}, filtered, onClear }: PeopleTableProps) {
  const orgName = useOrgName();
  const can = useCan();
  const now = useNow();
  const go = useGo();
  const query = { ...filters, ...(org_id ? { site_org_id: org_id } : {}) };
  const pages = usePages<Practitioner>(['practitioner', 'list', query], (after, signal) =>
    call<Rows<Practitioner>>('GET', '/api/practitioners', { query: { ...query, after }, signal }),
  );
  return (
    <DataTable<Practitioner>
      id="network.people"
      label={t('network.people.title')}
      pages={pages}
      rowKey={(row) => row.id}
      onOpen={(row) => go(`/network/people/${row.id}`)}
      onExport={
        can('network.people')
          ? () => void download('/api/practitioners/export', query, 'practitioners.xlsx')
          : undefined
      }
      filtered={filtered}
      onClearFilters={onClear}
      columns={[
        {
          key: 'name',
          title: t('network.people.name'),
          width: 110,
          always: true,
          render: (row) => row.name,
        },
        { key: 'code', title: t('network.people.code'), width: 110, render: (row) => row.code },
        {
          key: 'profession',
          title: t('network.people.profession'),
          width: 110,
          render: (row) => word('profession', row.profession),
        },
        {
          key: 'title',
          title: t('network.people.rank'),
          width: 120,
          render: (row) => row.title ?? word('rank', row.title_rank),
        },
        {
          key: 'home',
          title: t('network.people.home'),
          width: 170,
          render: (row) => orgName(row.home_org_id),
        },
        {
          key: 'status',
          title: t('network.guarded.staff-status'),
          width: 100,
          render: (row) => word('staff-status', row.staff_status) ?? '—',
        },
        { key: 'phone', title: t('network.field.phone'), width: 120, render: (row) => row.phone },
        {
          key: 'licence',
          title: t('network.people.licences'),
          width: 150,
          render: (row) => <LicenceMark person={row} now={now} />,
        },
        {
          key: 'state',
          title: t('network.field.state'),
          width: 80,
          render: (row) => (
            <StatusTag
              plain
              tone={row.state === 'active' ? 'done' : 'neutral'}
              label={t(`network.person-state.${row.state}`)}
            />
          ),
        },
      ]}
      phoneRow={(row) => (
        <>
          <span className="lt-row">
            <strong>{row.name}</strong>
            {word('profession', row.profession)}
            <LicenceMark person={row} now={now} />
          </span>
          <span className="lt-muted">{orgName(row.home_org_id)}</span>
        </>
      )}
    />
  );
}

function LicenceMark({ person, now }: { person: Practitioner; now: number }) {
  const state = worstLicence(person.licences, now);
  if (!state) return <span className="lt-muted">{t('network.licence-state.none')}</span>;
  return (
    <StatusTag
      plain
      tone={state.tone}
      label={t(`network.licence-state.${state.name}`, { n: Math.abs(state.days_left ?? 0) })}
    />
  );
}
