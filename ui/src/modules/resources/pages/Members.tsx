import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { Page } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import type { Summary, SummaryAnswer } from '../types';
import { ResourceTabs } from './ResourceTabs';
import '../resources.css';

/** What every member has free now; each figure opens its board. Live. */
export default function Members() {
  const orgName = useOrgName();
  const found = useQuery({
    queryKey: ['bed', 'summary'],
    queryFn: ({ signal }) => call<SummaryAnswer>('GET', '/api/resources/summary', { signal }),
    meta: { follows: ['hold', 'ward', 'equipment', 'maintenance', 'session'] },
  });
  const name = (row: Summary) => orgName(row.org_id);
  return (
    <Page wide title={t('resources.members.title')} tools={<ResourceTabs />}>
      {found.isPending && <LinesSkeleton rows={10} />}
      {found.isError && !found.data && (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      )}
      {found.data && (
        <DataTable<Summary>
          id="resources.members"
          label={t('resources.members.title')}
          rows={found.data.orgs}
          rowKey={(row) => row.org_id ?? ''}
          empty={<EmptyState title={t('resources.beds.none')} />}
          columns={columnsOf(name)}
          phoneRow={(row) => (
            <>
              <strong>{name(row)}</strong>
              <span className="lt-row lt-figures">
                {boards(row).map(({ key, title, text, to }) => (
                  <PathLink key={key} to={to}>
                    {title} {text}
                  </PathLink>
                ))}
              </span>
            </>
          )}
        />
      )}
    </Page>
  );
}

/** The figures that people ask for, each with the board behind it. */
function boards(row: Summary) {
  return [
    {
      key: 'beds',
      title: t('resources.members.beds-free'),
      text: `${row.beds_open}/${row.beds_total}`,
      to: `/resources/beds?org_id=${row.org_id}&state=open`,
    },
    {
      key: 'slots',
      title: t('resources.members.slots'),
      text: String(row.slots_left_today),
      to: `/resources/slots?org_id=${row.org_id}`,
    },
    {
      key: 'devices',
      title: t('resources.members.devices-idle'),
      text: `${row.equipment_idle}/${row.equipment_total}`,
      to: `/resources/equipment?org_id=${row.org_id}`,
    },
  ];
}

function columnsOf(name: (row: Summary) => string): Column<Summary>[] {
  const figure = (key: keyof Summary, title: string): Column<Summary> => ({
    key,
    title,
    width: 90,
    align: 'right',
    render: (row) => row[key],
  });
  const board = (index: number): Column<Summary> => {
    const { key, title } = boards({} as Summary)[index] ?? { key: '', title: '' };
    return {
      key,
      title,
      width: 110,
      align: 'right',
      always: true,
      render: (row) => {
        const one = boards(row)[index];
        return one && <PathLink to={one.to}>{one.text}</PathLink>;
      },
    };
  };
  return [
    {
      key: 'org',
      title: t('resources.org'),
      width: 200,
      always: true,
      render: name,
    },
    board(0),
    figure('beds_occupied', t('resources.bed-state.occupied')),
    figure('beds_held', t('resources.bed-state.held')),
    figure('beds_cleaning', t('resources.bed-state.cleaning')),
    board(1),
    board(2),
    figure('equipment_busy', t('resources.members.devices-busy')),
    figure('equipment_down', t('resources.members.devices-down')),
  ];
}
