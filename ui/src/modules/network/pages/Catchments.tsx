import { useQueryClient } from '@tanstack/react-query';
import { callVersioned } from '@/api/client';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { Section } from '@/kit/Page';
import { EmptyState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { act, useRows } from '../queries';
import type { Catchment } from '../types';
import type { QuickField } from './FieldsDialog';
import { QuickAdd, QuickEdit } from './QuickAdd';
import '../network.css';

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
              ...knownFields(),
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
        phoneRow={(row) => (
          <>
            <strong>{row.area_name}</strong>
            <span className="lt-muted lt-figures">
              {[row.area_code, row.grid, row.population?.toLocaleString('en-US'), datesOf(row)]
                .filter(Boolean)
                .join(' · ')}
            </span>
            {mayManage && <RowActions row={row} />}
          </>
        )}
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
            render: datesOf,
          },
          ...(mayManage
            ? [
                {
                  key: 'actions',
                  title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
                  width: 140,
                  align: 'right' as const,
                  render: (row: Catchment) => <RowActions row={row} />,
                },
              ]
            : []),
        ]}
      />
    </Section>
  );
}

function datesOf(row: Catchment): string {
  return `${row.starts_on} – ${row.ends_on ?? ''}`;
}

/** What may be done with an arrangement that runs. */
function RowActions({ row }: { row: Catchment }) {
  const queries = useQueryClient();
  if (row.ends_on) return null;
  return (
    <span className="network-row-actions">
      <QuickEdit<Catchment>
        title={t('network.catchments.edit')}
        of={row.area_name}
        button={{ type: 'text' }}
        path={`/api/catchments/${row.id}`}
        invalidates={['catchment']}
        values={({ area_name, grid, population }) => ({ area_name, grid, population })}
        fields={knownFields()}
      />
      <ConfirmAction
        label={t('network.catchments.end')}
        title={`${t('network.catchments.end')} · ${row.area_name}`}
        confirmLabel={t('network.catchments.end')}
        consequence={t('network.catchments.end-consequence')}
        button={{ size: 'small', type: 'text', danger: false }}
        onConfirm={async () => {
          await endCatchment(row.id);
          toast.success(t('network.saved'));
          await queries.invalidateQueries({ queryKey: ['catchment'] });
        }}
      />
    </span>
  );
}

/** What may be corrected while an arrangement runs; who answers for the area is assigned anew. */
function knownFields(): QuickField[] {
  return [
    { name: 'area_name', label: t('network.catchments.name'), required: true },
    { name: 'grid', label: t('network.catchments.grid') },
    { name: 'population', label: t('network.catchments.population'), sort: 'number' },
  ];
}

/** Ends it as it is now; the list carries no versions. */
async function endCatchment(id: string) {
  const { version } = await callVersioned<Catchment>('GET', `/api/catchments/${id}`);
  await act(`/api/catchments/${id}/end`, version);
}
