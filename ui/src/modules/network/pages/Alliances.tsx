import { PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { callVersioned } from '@/api/client';
import { orgName, useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { act, fullName, options, readEvidence, useRows, word } from '../queries';
import { useReach } from '../reach';
import type { AllianceView } from '../types';
import { COUNCIL_CLASSES } from '../types';
import { ConceptName } from './Departments';
import { EvidenceFile } from './EvidenceLinks';
import { FieldsDialog, type QuickField } from './FieldsDialog';
import { NetworkTabs } from './NetworkTabs';
import { QuickAdd, QuickEdit } from './QuickAdd';
import '../network.css';

/** Specialty alliances: they cross the tree. */
export default function Alliances() {
  const can = useCan();
  const reaches = useReach('network.manage');
  const rows = useRows<AllianceView>(['alliance'], '/api/alliances', {});
  return (
    <Page
      wide
      title={t('network.alliances.title')}
      actions={
        can('network.manage') && (
          <QuickAdd
            title={t('network.alliances.new')}
            path="/api/alliances"
            button={{ size: 'middle', type: 'primary' }}
            invalidates={['alliance']}
            fields={[
              ...namesOf(),
              { name: 'lead_org_id', label: t('network.groups.lead'), required: true, sort: 'org' },
              { name: 'starts_on', label: t('network.field.from'), sort: 'date' },
              evidenceField(),
            ]}
          />
        )
      }
      tools={<NetworkTabs />}
    >
      {rows.isPending && <LinesSkeleton rows={6} />}
      {rows.isError && <ErrorState error={rows.error} onRetry={() => void rows.refetch()} />}
      {rows.data?.length === 0 && (
        <EmptyState title={t('network.alliances.none')} hint={t('network.alliances.none-hint')} />
      )}
      {rows.data?.map((alliance) => (
        <Alliance key={alliance.id} alliance={alliance} mayManage={reaches(alliance.lead_org_id)} />
      ))}
    </Page>
  );
}

function namesOf(): QuickField[] {
  return [
    { name: 'name', label: t('network.field.name'), required: true },
    { name: 'name_en', label: t('network.field.name-en') },
    {
      name: 'specialty',
      label: t('network.field.specialty'),
      required: true,
      concepts: 'specialty',
    },
  ];
}

function evidenceField(): QuickField {
  return {
    name: 'evidence_ids',
    label: t('network.evidence.title'),
    extra: t('network.evidence.hint'),
    sort: 'evidence',
  };
}

interface AllianceProps {
  alliance: AllianceView;
  mayManage: boolean;
}

function Alliance({ alliance, mayManage }: AllianceProps) {
  const nameOf = useOrgName();
  const live = alliance.members.filter((member) => !member.left_on);
  const lead = alliance.orgs.find((org) => org.id === alliance.lead_org_id);
  return (
    <Section
      title={
        <span className="lt-row">
          {fullName(alliance)}
          <StatusTag
            tone={alliance.state === 'active' ? 'done' : 'neutral'}
            label={t(`network.alliance-state.${alliance.state}`)}
          />
        </span>
      }
      extra={mayManage && alliance.state === 'active' && <AllianceActions alliance={alliance} />}
    >
      <Facts
        items={[
          {
            label: t('network.field.specialty'),
            value: <ConceptName system="specialty" code={alliance.specialty} />,
          },
          {
            label: t('network.groups.lead'),
            value: lead ? orgName(lead) : nameOf(alliance.lead_org_id),
          },
          {
            label: t('network.field.dates'),
            value: `${alliance.starts_on} – ${alliance.ends_on ?? ''}`,
          },
          {
            label: t('network.groups.count', { n: live.length }),
            value: (
              <ul className="network-members">
                {live.map((member) => {
                  const org = alliance.orgs.find((one) => one.id === member.org_id);
                  return (
                    <li key={member.org_id}>
                      <PathLink to={`/network/organizations/${member.org_id}`}>
                        {org ? orgName(org) : nameOf(member.org_id)}
                      </PathLink>{' '}
                      <span className="lt-muted">{word('council', member.council_class)}</span>
                      {mayManage &&
                        alliance.state === 'active' &&
                        member.org_id !== alliance.lead_org_id && (
                          <Leave
                            alliance={alliance}
                            org_id={member.org_id}
                            name={org ? orgName(org) : nameOf(member.org_id)}
                          />
                        )}
                    </li>
                  );
                })}
              </ul>
            ),
            wide: true,
          },
          ...(alliance.end_reason
            ? [{ label: t('network.alliances.end-reason'), value: alliance.end_reason }]
            : []),
          {
            label: t('network.evidence.title'),
            value:
              alliance.evidence_ids.length > 0
                ? alliance.evidence_ids.map((id) => <EvidenceFile key={id} id={id} />)
                : null,
            wide: true,
          },
        ]}
      />
    </Section>
  );
}

/** A command on the alliance as it is now; the list carries no versions. */
async function actOn(id: string, verb: string, body: object) {
  const { version } = await callVersioned<AllianceView>('GET', `/api/alliances/${id}`);
  await act(`/api/alliances/${id}/${verb}`, version, body);
}

function AllianceActions({ alliance }: { alliance: AllianceView }) {
  const queries = useQueryClient();
  const [version, setVersion] = useState<string | null>(null);
  const path = `/api/alliances/${alliance.id}`;
  async function open() {
    try {
      setVersion((await callVersioned<AllianceView>('GET', path)).version);
    } catch (thrown) {
      toast.error(thrown);
    }
  }
  return (
    <span className="lt-row">
      <QuickEdit<AllianceView>
        title={t('network.alliances.edit')}
        of={fullName(alliance)}
        path={path}
        invalidates={['alliance']}
        values={({ name, name_en, specialty, evidence_ids }) => ({
          name,
          name_en,
          specialty,
          evidence_ids,
        })}
        filesOf={({ evidence_ids }) => readEvidence(evidence_ids)}
        fields={[...namesOf(), evidenceField()]}
      />
      <Button size="small" icon={<PlusOutlined />} onClick={open}>
        {t('network.groups.join')}
      </Button>
      {version !== null && (
        <FieldsDialog
          title={`${t('network.groups.join')} · ${fullName(alliance)}`}
          path={`${path}/members`}
          version={version}
          invalidates={['alliance', 'organization']}
          onClose={() => setVersion(null)}
          fields={[
            { name: 'org_id', label: t('network.field.org'), required: true, sort: 'org' },
            {
              name: 'council_class',
              label: t('network.groups.council'),
              required: true,
              options: options('council', COUNCIL_CLASSES),
              initial: 'member',
            },
            { name: 'joined_on', label: t('network.field.from'), sort: 'date' },
          ]}
        />
      )}
      <ConfirmAction
        label={t('network.alliances.end')}
        title={`${t('network.alliances.end')} · ${fullName(alliance)}`}
        confirmLabel={t('network.alliances.end')}
        consequence={t('network.alliances.end-consequence')}
        note="required"
        button={{ size: 'small', danger: false }}
        onConfirm={async ({ note }) => {
          await actOn(alliance.id, 'end', { reason: note });
          toast.success(t('network.saved'));
          await queries.invalidateQueries({ queryKey: ['alliance'] });
        }}
      />
    </span>
  );
}

interface LeaveProps {
  alliance: AllianceView;
  org_id: string;
  name: string;
}

function Leave({ alliance, org_id, name }: LeaveProps) {
  const queries = useQueryClient();
  return (
    <ConfirmAction
      label={t('network.groups.leave')}
      title={`${t('network.groups.leave')} · ${name}`}
      confirmLabel={t('network.groups.leave')}
      consequence={t('network.alliances.leave-consequence', { name })}
      button={{
        size: 'small',
        type: 'text',
        danger: false,
        'aria-label': `${t('network.groups.leave')} ${name}`,
      }}
      onConfirm={async () => {
        await actOn(alliance.id, 'leave', { org_id });
        toast.success(t('network.saved'));
        await queries.invalidateQueries({ queryKey: ['alliance'] });
      }}
    />
  );
}
