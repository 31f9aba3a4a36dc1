import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { Section } from '@/kit/Page';
import { EmptyState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { fullName, options, useConceptName, useRows, word } from '../queries';
import type { Department } from '../types';
import { QuickAdd } from './QuickAdd';

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
            fields={[
              { name: 'name', label: t('network.field.name'), required: true },
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
            ]}
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
        columns={[
          { key: 'name', title: t('network.field.name'), width: 180, render: fullName },
          { key: 'code', title: t('network.field.code'), width: 110, render: (row) => row.code },
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
          { key: 'phone', title: t('network.field.phone'), width: 130, render: (row) => row.phone },
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
            render: (row) => (
              <StatusTag
                tone={row.state === 'open' ? 'done' : 'neutral'}
                label={t(`network.org-state.${row.state}`)}
              />
            ),
          },
        ]}
      />
    </Section>
  );
}

/** A code of a catalogue by its name. */
export function ConceptName({ system, code }: { system: string; code?: string | null }) {
  return useConceptName(system, code);
}
