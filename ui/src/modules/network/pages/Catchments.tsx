import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { Section } from '@/kit/Page';
import { EmptyState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { act, useRows } from '../queries';
import type { Catchment } from '../types';
import { QuickAdd } from './QuickAdd';

/** An area is given and ended, never changed in between: one that runs has its first version. */
const LIVE_VERSION = 1;

/** Areas that a member answers for. */
export function Catchments({ org_id, mayManage }: { org_id: string; mayManage: boolean }) {
  const rows = useRows<Catchment>(['catchment'], '/api/catchments', { org_id });
  return (
    <Section
      title={t('network.tab.catchments')}
      extra={
        mayManage && (
          <QuickAdd
            title={t('network.catchments.new')}
            path="/api/catchments"
            fixed={{ org_id }}
            invalidates={['catchment']}
            fields={[
              { name: 'area_code', label: t('network.catchments.code'), required: true },
              { name: 'area_name', label: t('network.catchments.name'), required: true },
              { name: 'grid', label: t('network.catchments.grid') },
              { name: 'population', label: t('network.catchments.population'), sort: 'number' },
              { name: 'starts_on', label: t('network.field.from'), sort: 'date' },
            ]}
          />
        )
      }
    >
      <DataTable<Catchment>
        id="network.catchments"
        label={t('network.tab.catchments')}
        rows={rows.data ?? []}
        rowKey={(row) => row.id}
        quiet
        plain
        empty={<EmptyState title={t('network.catchments.none')} />}
        columns={[
          {
            key: 'name',
            title: t('network.catchments.name'),
            width: 180,
            render: (row) => row.area_name,
          },
          {
            key: 'code',
            title: t('network.catchments.code'),
            width: 140,
            render: (row) => row.area_code,
          },
          {
            key: 'grid',
            title: t('network.catchments.grid'),
            width: 120,
            render: (row) => row.grid,
          },
          {
            key: 'population',
            title: t('network.catchments.population'),
            width: 100,
            align: 'right',
            render: (row) => row.population?.toLocaleString('en-US') ?? '—',
          },
          {
            key: 'dates',
            title: t('network.field.dates'),
            width: 200,
            render: (row) => `${row.starts_on} – ${row.ends_on ?? ''}`,
          },
          ...(mayManage
            ? [
                {
                  key: 'actions',
                  title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
                  width: 80,
                  align: 'right' as const,
                  render: (row: Catchment) =>
                    !row.ends_on && (
                      <ConfirmAction
                        label={t('network.catchments.end')}
                        title={`${t('network.catchments.end')} · ${row.area_name}`}
                        confirmLabel={t('network.catchments.end')}
                        consequence={t('network.catchments.end-consequence')}
                        button={{ size: 'small', type: 'text', danger: false }}
                        onConfirm={async () => {
                          await act(`/api/catchments/${row.id}/end`, LIVE_VERSION);
                          toast.success(t('network.saved'));
                          await rows.refetch();
                        }}
                      />
                    ),
                },
              ]
            : []),
        ]}
      />
    </Section>
  );
}
