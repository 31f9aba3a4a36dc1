import { orgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { Page } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import type { Tone } from '@/kit/tokens';
import { fullName, options, useRows, word } from '../queries';
import type { GroupSummary } from '../types';
import type { QuickField } from './FieldsDialog';
import { NetworkTabs } from './NetworkTabs';
import { QuickAdd } from './QuickAdd';

const FORMS = ['urban-group', 'county-community', 'remote-network'];
const PERSON_MODES = ['separate', 'unified'];
const TONES: Record<string, Tone> = { forming: 'waiting', active: 'done', dissolved: 'neutral' };

export function GroupTag({ state }: { state: string }) {
  return <StatusTag tone={TONES[state] ?? 'neutral'} label={t(`network.group-state.${state}`)} />;
}

/** What a consortium is called, and in which form it works. */
export function groupFields(): QuickField[] {
  return [
    { name: 'name', label: t('network.field.name'), required: true },
    { name: 'short_name', label: t('network.field.short-name') },
    { name: 'name_en', label: t('network.field.name-en') },
    {
      name: 'form',
      label: t('network.groups.form'),
      required: true,
      options: options('form', FORMS),
    },
    {
      name: 'legal_person_mode',
      label: t('network.groups.person-mode'),
      required: true,
      options: options('person-mode', PERSON_MODES),
      initial: 'separate',
    },
  ];
}

/** Consortia: who leads, how many members, approved or not. */
export default function Groups() {
  const can = useCan();
  const go = useGo();
  const rows = useRows<GroupSummary>(['group', 'list'], '/api/groups', {});
  return (
    <Page
      wide
      title={t('network.groups.title')}
      actions={
        can('network.manage') && (
          <QuickAdd
            title={t('network.groups.new')}
            button={{ size: 'middle', type: 'primary' }}
            path="/api/groups"
            invalidates={['group']}
            fields={[
              ...groupFields(),
              { name: 'lead_org_id', label: t('network.groups.lead'), required: true, sort: 'org' },
            ]}
          />
        )
      }
      tools={<NetworkTabs />}
    >
      {rows.isPending && <LinesSkeleton rows={6} />}
      {rows.isError && <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />}
      {rows.data && (
        <DataTable<GroupSummary>
          id="network.groups"
          label={t('network.groups.title')}
          rows={rows.data}
          rowKey={(row) => row.id}
          onOpen={(row) => go(`/network/groups/${row.id}`)}
          empty={<EmptyState title={t('network.groups.none')} />}
          columns={[
            {
              key: 'name',
              title: t('network.field.name'),
              width: 240,
              always: true,
              render: fullName,
            },
            {
              key: 'state',
              title: t('network.field.state'),
              width: 100,
              render: (row) => <GroupTag state={row.state} />,
            },
            {
              key: 'form',
              title: t('network.groups.form'),
              width: 150,
              render: (row) => word('form', row.form),
            },
            {
              key: 'lead',
              title: t('network.groups.lead'),
              width: 180,
              render: (row) => (
                <PathLink to={`/network/organizations/${row.lead.id}`}>
                  {orgName(row.lead)}
                </PathLink>
              ),
            },
            {
              key: 'members',
              title: t('network.groups.members'),
              width: 90,
              align: 'right',
              render: (row) => row.member_count,
            },
            {
              key: 'approval',
              title: t('network.groups.approval'),
              width: 180,
              render: (row) =>
                row.approval?.number ?? (
                  <StatusTag plain tone="soon" label={t('network.groups.unapproved')} />
                ),
            },
          ]}
          phoneRow={(row) => (
            <>
              <span className="lt-row">
                <strong>{fullName(row)}</strong>
                <GroupTag state={row.state} />
              </span>
              <span className="lt-muted">
                {orgName(row.lead)} · {t('network.groups.count', { n: row.member_count })}
              </span>
            </>
          )}
        />
      )}
    </Page>
  );
}
