import { Button } from 'antd';
import { callVersioned } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { Section } from '@/kit/Page';
import { EmptyState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { act, fullName, options, useRows, word } from '../queries';
import type { Technique } from '../types';
import { QuickAdd } from './QuickAdd';

/** Services and techniques that a member offers, and to whom. */
export function Techniques({ org_id, mayManage }: { org_id: string; mayManage: boolean }) {
  const orgName = useOrgName();
  const rows = useRows<Technique>(['technique'], '/api/techniques', { org_id });
  async function stop(row: Technique) {
    try {
      const seen = await callVersioned('GET', `/api/techniques/${row.id}`);
      await act(`/api/techniques/${row.id}/stop`, seen.version);
      await rows.refetch();
    } catch (thrown) {
      toast.error(thrown);
    }
  }
  const openTo = (row: Technique) =>
    row.open_to.to === 'members'
      ? row.open_to.org_ids.map(orgName).join(' · ')
      : word('open-to', row.open_to.to);
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
            shape={({ open_to, ...rest }) => ({ ...rest, open_to: { to: open_to } })}
            fields={[
              {
                name: 'code',
                label: t('network.field.code'),
                required: true,
                concepts: 'technique',
              },
              { name: 'name', label: t('network.field.name'), required: true },
              {
                name: 'kind',
                label: t('network.techniques.kind'),
                required: true,
                options: options('technique', ['service', 'technique']),
                initial: 'technique',
              },
              {
                name: 'open_to',
                label: t('network.techniques.open-to'),
                required: true,
                options: options('open-to', ['own', 'below', 'group']),
                initial: 'group',
              },
              { name: 'starts_on', label: t('network.field.from'), sort: 'date' },
              { name: 'note', label: t('network.field.note'), sort: 'text' },
            ]}
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
            render: (row) => (
              <StatusTag
                tone={row.state === 'offered' ? 'done' : 'neutral'}
                label={t(`network.technique-state.${row.state}`)}
              />
            ),
          },
          {
            key: 'stop',
            title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
            width: 80,
            align: 'right',
            render: (row) =>
              mayManage &&
              row.state === 'offered' && (
                <Button size="small" onClick={() => void stop(row)}>
                  {t('network.techniques.stop')}
                </Button>
              ),
          },
        ]}
      />
    </Section>
  );
}
