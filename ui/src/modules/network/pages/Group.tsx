import { useQuery } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { callVersioned } from '@/api/client';
import { orgName } from '@/api/organizations';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { act, fullName, options, word } from '../queries';
import type { GroupDetail, MemberView } from '../types';
import { COOPERATION_MODES, COUNCIL_CLASSES, MEMBER_ROLES } from '../types';
import { EvidenceFile } from './EvidenceLinks';
import type { QuickField } from './FieldsDialog';
import { GroupTag, groupFields } from './Groups';
import { QuickAdd, QuickEdit } from './QuickAdd';
import '../network.css';

/** One consortium: its approval, its form, its members and how closely they work together. */
export default function Group() {
  const id = useRouteParam('id');
  const found = useQuery({
    queryKey: ['group', id],
    queryFn: ({ signal }) => callVersioned<GroupDetail>('GET', `/api/groups/${id}`, { signal }),
    meta: { follows: ['membership'] },
  });
  if (found.isPending) return <PageSkeleton />;
  if (found.isError) {
    return <ErrorState page error={found.error} onRetry={() => void found.refetch()} />;
  }
  const { body: group, version } = found.data;
  const has = (action: string) => group.actions.includes(action);
  const reread = () => void found.refetch();
  const { approval } = group;
  return (
    <Page
      wide
      title={fullName(group)}
      back="/network/groups"
      meta={<GroupTag state={group.state} />}
      actions={
        <>
          {has('update') && (
            <QuickEdit<GroupDetail>
              title={t('network.groups.edit')}
              path={`/api/groups/${id}`}
              button={{ size: undefined }}
              invalidates={['group']}
              values={({ name, short_name, name_en, form, legal_person_mode }) => ({
                name,
                short_name,
                name_en,
                form,
                legal_person_mode,
              })}
              fields={groupFields()}
            />
          )}
          {has('dissolve') && (
            <ConfirmAction
              label={t('network.groups.dissolve')}
              title={t('network.groups.dissolve')}
              consequence={t('network.groups.dissolve-consequence', { n: group.members.length })}
              note="required"
              onConfirm={async ({ note }) => {
                await act(`/api/groups/${id}/dissolve`, version, { reason: note });
                reread();
              }}
            />
          )}
          {has('activate') && (
            <Button
              type="primary"
              onClick={() =>
                act(`/api/groups/${id}/activate`, version).then(reread).catch(toast.error)
              }
            >
              {t('network.groups.activate')}
            </Button>
          )}
        </>
      }
    >
      {group.state === 'forming' && !approval && (
        <Alert
          type="warning"
          showIcon
          className="network-note"
          title={t('network.groups.needs-approval')}
          description={t('network.groups.needs-approval-hint')}
        />
      )}
      <Section title={t('network.tab.facts')}>
        <Facts
          items={[
            { label: t('network.groups.form'), value: word('form', group.form) },
            {
              label: t('network.groups.lead'),
              value: (
                <PathLink to={`/network/organizations/${group.lead.id}`}>
                  {orgName(group.lead)}
                </PathLink>
              ),
            },
            {
              label: t('network.groups.person-mode'),
              value: word('person-mode', group.legal_person_mode),
            },
            { label: t('network.groups.active-on'), value: group.active_on },
            { label: t('network.groups.dissolved-on'), value: group.dissolved_on },
            { label: t('network.groups.dissolve-reason'), value: group.dissolve_reason },
          ]}
        />
      </Section>
      <Section
        title={t('network.groups.approval')}
        extra={
          has('approve') && (
            <QuickAdd
              title={t('network.groups.approve')}
              path={`/api/groups/${id}/approval`}
              version={version}
              invalidates={['group', 'work']}
              fields={[
                { name: 'issuer', label: t('network.decisions.issuer'), required: true },
                { name: 'number', label: t('network.decisions.number'), required: true },
                {
                  name: 'approved_on',
                  label: t('network.decisions.day'),
                  required: true,
                  sort: 'past-date',
                },
                { name: 'scope', label: t('network.groups.scope'), required: true, sort: 'text' },
                {
                  name: 'evidence_ids',
                  label: t('network.evidence.title'),
                  extra: t('network.evidence.hint'),
                  sort: 'evidence',
                  max: 1,
                },
              ]}
              shape={({ evidence_ids, ...rest }) => ({
                ...rest,
                evidence_id: (evidence_ids as string[] | undefined)?.[0],
              })}
            />
          )
        }
      >
        <Facts
          items={[
            { label: t('network.decisions.issuer'), value: approval?.issuer },
            { label: t('network.decisions.number'), value: approval?.number },
            { label: t('network.decisions.day'), value: approval?.approved_on },
            { label: t('network.groups.scope'), value: approval?.scope, wide: true },
            {
              label: t('network.evidence.title'),
              value: approval?.evidence_id && <EvidenceFile id={approval.evidence_id} />,
            },
          ]}
        />
      </Section>
      <Members group={group} mayManage={has('join')} onDone={reread} />
    </Page>
  );
}

function MemberTag({ left_on }: { left_on?: string | null }) {
  return (
    <StatusTag
      plain
      tone={left_on ? 'neutral' : 'done'}
      label={t(left_on ? 'network.groups.gone' : 'network.groups.in')}
    />
  );
}

interface MembersProps {
  group: GroupDetail;
  mayManage: boolean;
  onDone: () => void;
}

function Members({ group, mayManage, onDone }: MembersProps) {
  const actionsOf = (row: MemberView) =>
    mayManage &&
    !row.left_on && (
      <span className="network-row-actions">
        <MembershipEdit group_id={group.id} row={row} />
        {row.role !== 'lead' && (
          <ConfirmAction
            label={t('network.groups.leave')}
            title={t('network.groups.leave')}
            consequence={t('network.groups.leave-consequence', { name: row.org.name })}
            note="required"
            button={{ size: 'small', type: 'text', danger: false }}
            onConfirm={async ({ note }) => {
              const reason = { reason: note };
              await act(`/api/memberships/${row.id}/leave`, row.version, reason);
              onDone();
            }}
          />
        )}
      </span>
    );
  return (
    <Section
      title={t('network.groups.members')}
      extra={
        mayManage && (
          <QuickAdd
            title={t('network.groups.join')}
            path={`/api/groups/${group.id}/members`}
            invalidates={['group', 'membership']}
            fields={[
              { name: 'org_id', label: t('network.field.org'), required: true, sort: 'org' },
              ...membershipFields(MEMBER_ROLES),
              { name: 'joined_on', label: t('network.field.from'), sort: 'date' },
            ]}
          />
        )
      }
    >
      <DataTable<MemberView>
        id="network.members"
        label={t('network.groups.members')}
        rows={group.members}
        rowKey={(row) => row.id}
        quiet
        plain
        phoneRow={(row) => (
          <>
            <span className="lt-row">
              <PathLink to={`/network/organizations/${row.org.id}`}>{orgName(row.org)}</PathLink>
              <MemberTag left_on={row.left_on} />
            </span>
            <span className="lt-muted">
              {[
                word('member-role', row.role),
                word('cooperation', row.cooperation_mode),
                word('council', row.council_class),
              ].join(' · ')}
            </span>
            <span className="lt-muted lt-figures">
              {row.joined_on} – {row.left_on}
            </span>
            {actionsOf(row)}
          </>
        )}
        columns={[
          {
            key: 'org',
            title: t('network.field.org'),
            width: 200,
            render: (row) => (
              <PathLink to={`/network/organizations/${row.org.id}`}>{orgName(row.org)}</PathLink>
            ),
          },
          {
            key: 'kind',
            title: t('network.field.kind'),
            width: 140,
            render: (row) => word('kind', row.org.kind),
          },
          {
            key: 'role',
            title: t('network.groups.role'),
            width: 100,
            render: (row) => word('member-role', row.role),
          },
          {
            key: 'cooperation',
            title: t('network.groups.cooperation'),
            width: 110,
            render: (row) => word('cooperation', row.cooperation_mode),
          },
          {
            key: 'council',
            title: t('network.groups.council'),
            width: 120,
            render: (row) => word('council', row.council_class),
          },
          {
            key: 'dates',
            title: t('network.field.dates'),
            width: 190,
            render: (row) => `${row.joined_on} – ${row.left_on ?? ''}`,
          },
          {
            key: 'state',
            title: t('network.field.state'),
            width: 90,
            render: (row) => <MemberTag left_on={row.left_on} />,
          },
          {
            key: 'leave',
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

/** How somebody takes part, from today; the lead stays the lead. */
function MembershipEdit({ group_id, row }: { group_id: string; row: MemberView }) {
  return (
    <QuickEdit<GroupDetail>
      title={`${t('network.groups.edit-member')} · ${orgName(row.org)}`}
      of={orgName(row.org)}
      button={{ type: 'text' }}
      path={`/api/memberships/${row.id}`}
      source={`/api/groups/${group_id}`}
      versionOf={(group) => String(memberOf(group, row.id)?.version ?? '')}
      invalidates={['group', 'membership', 'organization']}
      values={(group) => {
        const { role, cooperation_mode, council_class } = memberOf(group, row.id) ?? row;
        return { role, cooperation_mode, council_class };
      }}
      fields={membershipFields(row.role === 'lead' ? ['lead'] : MEMBER_ROLES)}
    />
  );
}

function memberOf(group: GroupDetail, id: string): MemberView | undefined {
  return group.members.find((member) => member.id === id);
}

function membershipFields(roles: readonly string[]): QuickField[] {
  return [
    {
      name: 'role',
      label: t('network.groups.role'),
      required: true,
      options: options('member-role', roles),
      initial: 'member',
    },
    {
      name: 'cooperation_mode',
      label: t('network.groups.cooperation'),
      required: true,
      options: options('cooperation', COOPERATION_MODES),
      initial: 'tight',
    },
    {
      name: 'council_class',
      label: t('network.groups.council'),
      required: true,
      options: options('council', COUNCIL_CLASSES),
      initial: 'member',
    },
  ];
}
