import { callVersioned } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { Section } from '@/kit/Page';
import { EmptyState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { act, fullName, options, useRows, word } from '../queries';
import type { Department, Technique } from '../types';
import type { QuickField } from './FieldsDialog';
import { QuickAdd, QuickEdit } from './QuickAdd';

/** Services and techniques that a member offers, and to whom. */
export function Techniques({ org_id, mayManage }: { org_id: string; mayManage: boolean }) {
  const orgName = useOrgName();
  const rows = useRows<Technique>(['technique'], '/api/techniques', { org_id });
  async function stop(row: Technique) {
    const seen = await callVersioned('GET', `/api/techniques/${row.id}`);
    await act(`/api/techniques/${row.id}/stop`, seen.version);
    toast.success(t('network.saved'));
    await rows.refetch();
  }
  const departments = useRows<Department>(
    ['department'],
    '/api/departments',
    { org_id },
    mayManage,
  );
  const fields = fieldsOf(departments.data ?? []);
  const openTo = (row: Technique) =>
    row.open_to.to === 'members'
      ? row.open_to.org_ids.map(orgName).join(' · ')
      : word('open-to', row.open_to.to);
  const actionsOf = (row: Technique) =>
    mayManage &&
    row.state === 'offered' && (
      <span className="network-row-actions">
        <QuickEdit<Technique>
          title={t('network.techniques.edit')}
          of={row.name}
          button={{ type: 'text' }}
          path={`/api/techniques/${row.id}`}
          fixed={{ org_id }}
          invalidates={['technique']}
          values={({ code, name, name_en, kind, department_id, open_to, ...rest }) => ({
            code,
            name,
            name_en,
            kind,
            department_id,
            open_to,
            starts_on: rest.starts_on,
            note: rest.note,
          })}
          fields={fields}
        />
        <ConfirmAction
          label={t('network.techniques.stop')}
          title={`${t('network.techniques.stop')} · ${row.name}`}
          confirmLabel={t('network.techniques.stop')}
          consequence={t('network.techniques.stop-consequence')}
          button={{ size: 'small', type: 'text', danger: false }}
          onConfirm={() => stop(row)}
        />
      </span>
    );
  return (
    <Section
      title={t('network.tab.techniques')}
      extra={
        mayManage && (
          <QuickAdd
            title={t('network.techniques.new')}
            path="/api/techniques"
            fixed={{ org_id }}
            invalidates={['technique']}
            fields={fields}
          />
        )
      }
    >
      <DataTable<Technique>
        id="network.techniques"
        label={t('network.tab.techniques')}
        rows={rows.data ?? []}
        rowKey={(row) => row.id}
        quiet
        plain
        empty={<EmptyState title={t('network.techniques.none')} />}
        phoneRow={(row) => (
          <>
            <span className="lt-row">
              <strong>{fullName(row)}</strong>
              <TechniqueTag state={row.state} />
            </span>
            <span className="lt-muted">
              {[word('technique', row.kind), openTo(row), row.starts_on].join(' · ')}
            </span>
            {actionsOf(row)}
          </>
        )}
        columns={[
          { key: 'name', title: t('network.field.name'), width: 200, render: fullName },
          { key: 'code', title: t('network.field.code'), width: 140, render: (row) => row.code },
          {
            key: 'kind',
            title: t('network.techniques.kind'),
            width: 80,
            render: (row) => word('technique', row.kind),
          },
          {
            key: 'open',
            title: t('network.techniques.open-to'),
            width: 200,
            render: openTo,
          },
          {
            key: 'from',
            title: t('network.field.from'),
            width: 110,
            render: (row) => row.starts_on,
          },
          {
            key: 'state',
            title: t('network.field.state'),
            width: 90,
            render: (row) => <TechniqueTag state={row.state} />,
          },
          {
            key: 'actions',
            title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
            width: 150,
            align: 'right',
            fixed: 'right',
            render: actionsOf,
          },
        ]}
      />
    </Section>
  );
}

function TechniqueTag({ state }: { state: Technique['state'] }) {
  return (
    <StatusTag
      tone={state === 'offered' ? 'done' : 'neutral'}
      label={t(`network.technique-state.${state}`)}
    />
  );
}

function fieldsOf(departments: Department[]): QuickField[] {
  return [
    {
      name: 'code',
      label: t('network.techniques.catalogue'),
      required: true,
      concepts: 'technique',
      fills: 'name',
    },
    { name: 'name', label: t('network.field.name'), required: true },
    { name: 'name_en', label: t('network.field.name-en') },
    {
      name: 'kind',
      label: t('network.techniques.kind'),
      required: true,
      options: options('technique', ['service', 'technique']),
      initial: 'technique',
    },
    {
      name: 'department_id',
      label: t('network.field.department'),
      options: departments
        .filter((one) => one.state === 'open')
        .map((one) => ({ value: one.id, label: fullName(one) })),
    },
    {
      name: 'open_to.to',
      label: t('network.techniques.open-to'),
      required: true,
      options: options('open-to', ['own', 'below', 'group', 'members']),
      initial: 'group',
    },
    {
      name: 'open_to.org_ids',
      label: t('network.techniques.members'),
      required: true,
      sort: 'orgs',
      when: ({ open_to }) => (open_to as { to?: string } | undefined)?.to === 'members',
    },
    { name: 'starts_on', label: t('network.field.from'), sort: 'date' },
    { name: 'note', label: t('network.field.note'), sort: 'text' },
  ];
}
