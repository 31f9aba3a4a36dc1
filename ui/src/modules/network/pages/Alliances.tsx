import { orgName, useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { fullName, useRows, word } from '../queries';
import type { AllianceView } from '../types';
import { ConceptName } from './Departments';
import { NetworkTabs } from './NetworkTabs';
import { QuickAdd } from './QuickAdd';
import '../network.css';

/** Specialty alliances: they cross the tree. */
export default function Alliances() {
  const can = useCan();
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
            invalidates={['alliance']}
            fields={[
              { name: 'name', label: t('network.field.name'), required: true },
              { name: 'name_en', label: t('network.field.name-en') },
              {
                name: 'specialty',
                label: t('network.field.specialty'),
                required: true,
                concepts: 'specialty',
              },
              { name: 'lead_org_id', label: t('network.groups.lead'), required: true, sort: 'org' },
              { name: 'starts_on', label: t('network.field.from'), sort: 'date' },
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
        <Alliance key={alliance.id} alliance={alliance} />
      ))}
    </Page>
  );
}

function Alliance({ alliance }: { alliance: AllianceView }) {
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
                    </li>
                  );
                })}
              </ul>
            ),
            wide: true,
          },
        ]}
      />
    </Section>
  );
}
