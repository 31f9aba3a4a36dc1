import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { call, callVersioned, ifMatch, newKey } from '@/api/client';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { givenValues } from '@/kit/merge';
import { Section } from '@/kit/Page';
import { EmptyState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { fullName, options, useConceptName, useRows, word } from '../queries';
import type { Department } from '../types';
import type { QuickField } from './FieldsDialog';
import { QuickAdd, QuickEdit } from './QuickAdd';

const KINDS = ['clinical', 'diagnostic', 'nursing', 'public-health', 'pharmacy', 'administration'];

/** The departments of a member. */
export function Departments({ org_id, mayManage }: { org_id: string; mayManage: boolean }) {
  const rows = useRows<Department>(['department'], '/api/departments', { org_id });
  return (
    <Section
      title={t('network.tab.departments')}
      extra={
        mayManage && (
          <QuickAdd
            title={t('network.departments.new')}
            path="/api/departments"
            fixed={{ org_id }}
            invalidates={['department']}
            fields={fieldsOf()}
          />
        )
      }
    >
      <DataTable<Department>
        id="network.departments"
        label={t('network.tab.departments')}
        rows={rows.data ?? []}
        rowKey={(row) => row.id}
        quiet
        plain
        empty={<EmptyState title={t('network.departments.none')} />}
        phoneRow={(row) => (
          <>
            <span className="lt-row">
              <strong>{fullName(row)}</strong>
              <DepartmentTag state={row.state} />
            </span>
            <span className="lt-muted">
              {[row.code, word('department', row.kind), row.phone, row.location]
                .filter(Boolean)
                .join(' · ')}
            </span>
            {mayManage && <RowActions row={row} />}
          </>
        )}
        columns={[
          { key: 'name', title: t('network.field.name'), width: 180, render: fullName },
          { key: 'code', title: t('network.field.code'), width: 170, render: (row) => row.code },
          {
            key: 'kind',
            title: t('network.departments.kind'),
            width: 110,
            render: (row) => word('department', row.kind),
          },
          {
            key: 'specialty',
            title: t('network.field.specialty'),
            width: 140,
            render: (row) => <ConceptName system="specialty" code={row.specialty} />,
          },
          { key: 'phone', title: t('network.field.phone'), width: 110, render: (row) => row.phone },
          {
            key: 'location',
            title: t('network.field.location'),
            width: 150,
            render: (row) => row.location,
          },
          {
            key: 'state',
            title: t('network.field.state'),
            width: 90,
            render: (row) => <DepartmentTag state={row.state} />,
          },
          ...(mayManage
            ? [
                {
                  key: 'actions',
                  title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
                  width: 150,
                  align: 'right' as const,
                  fixed: 'right' as const,
                  render: (row: Department) => <RowActions row={row} />,
                },
              ]
            : []),
        ]}
      />
    </Section>
  );
}

function DepartmentTag({ state }: { state: Department['state'] }) {
  return (
    <StatusTag
      tone={state === 'open' ? 'done' : 'neutral'}
      label={t(`network.department-state.${state}`)}
    />
  );
}

function fieldsOf(): QuickField[] {
  return [
    { name: 'name', label: t('network.field.name'), required: true },
    { name: 'name_en', label: t('network.field.name-en') },
    { name: 'code', label: t('network.field.code'), required: true },
    {
      name: 'kind',
      label: t('network.departments.kind'),
      required: true,
      options: options('department', KINDS),
    },
    { name: 'specialty', label: t('network.field.specialty'), concepts: 'specialty' },
    { name: 'phone', label: t('network.field.phone') },
    { name: 'location', label: t('network.field.location') },
  ];
}

function RowActions({ row }: { row: Department }) {
  const queries = useQueryClient();
  const path = `/api/departments/${row.id}`;
  async function become(state: Department['state']) {
    const { body, version } = await callVersioned<Department>('GET', path);
    const { id: _, ...rest } = body;
    const headers = { ...ifMatch(version), 'Idempotency-Key': newKey() };
    await call('PUT', path, { body: givenValues({ ...rest, state }), headers });
    toast.success(t('network.saved'));
    await queries.invalidateQueries({ queryKey: ['department'] });
  }
  if (row.state === 'closed') {
    return (
      <Button size="small" onClick={() => become('open').catch(toast.error)}>
        {t('network.departments.reopen')}
      </Button>
    );
  }
  return (
    <span className="network-row-actions">
      <QuickEdit<Department>
        title={t('network.departments.edit')}
        of={row.name}
        button={{ type: 'text' }}
        path={path}
        fixed={{ org_id: row.org_id, state: row.state }}
        invalidates={['department']}
        values={({ name, name_en, code, kind, specialty, phone, location }) => ({
          name,
          name_en,
          code,
          kind,
          specialty,
          phone,
          location,
        })}
        fields={fieldsOf()}
      />
      <ConfirmAction
        label={t('network.departments.close')}
        title={`${t('network.departments.close')} · ${row.name}`}
        confirmLabel={t('network.departments.close')}
        consequence={t('network.departments.close-consequence')}
        button={{ size: 'small', type: 'text', danger: false }}
        onConfirm={() => become('closed')}
      />
    </span>
  );
}

/** A code of a catalogue by its name. */
export function ConceptName({ system, code }: { system: string; code?: string | null }) {
  return useConceptName(system, code);
}
