import { Button, Tabs } from 'antd';
import type { Dayjs } from 'dayjs';
import { type ReactNode, useState } from 'react';
import { orgName } from '@/api/organizations';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo, useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { act, fullName, useOrganization, word } from '../queries';
import type { OrganizationDetail } from '../types';
import { BondTable } from './BondTable';
import { Catchments } from './Catchments';
import { Departments } from './Departments';
import { LastDay } from './fields';
import { History } from './History';
import { PeopleTable } from './PeopleTable';
import { SixUnchanged } from './SixUnchanged';
import { Surveys } from './Surveys';
import { Techniques } from './Techniques';
import '../network.css';

const FILTERS = { tab: text() };
const TABS = [
  'facts',
  'departments',
  'people',
  'techniques',
  'surveys',
  'bonds',
  'catchments',
  'history',
] as const;

/** A member: what it is, what it has, what it can do, to whom it is tied. */
export default function Organization() {
  const id = useRouteParam('id');
  const found = useOrganization(id);
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const go = useGo();
  const [lastDay, setLastDay] = useState<Dayjs | null>(null);
  if (found.isPending) return <PageSkeleton />;
  if (found.isError) {
    return <ErrorState page error={found.error} onRetry={() => void found.refetch()} />;
  }
  const { body: org, version } = found.data;
  const has = (action: string) => org.actions.includes(action);
  const reread = () => void found.refetch();
  const parts: Record<(typeof TABS)[number], ReactNode> = {
    facts: <Identity org={org} />,
    departments: <Departments org_id={id} mayManage={has('update')} />,
    people: <PeopleTable org_id={id} />,
    techniques: <Techniques org_id={id} mayManage={has('update')} />,
    surveys: <Surveys org_id={id} mayManage={has('update')} />,
    bonds: <BondTable filters={{ org_id: id }} />,
    catchments: <Catchments org_id={id} mayManage={has('update')} />,
    history: <History id={id} />,
  };
  return (
    <Page
      wide
      title={fullName(org)}
      back="/network"
      meta={
        <>
          <span className="network-kind" data-kind={org.kind}>
            {word('kind', org.kind)}
          </span>
          <StatusTag
            tone={org.state === 'open' ? 'done' : 'neutral'}
            label={t(`network.org-state.${org.state}`)}
          />
        </>
      }
      actions={
        <>
          <Button
            onClick={() =>
              go(`/network/graph?org_id=${id}&show=bond&show=membership&show=alliance&show=parent`)
            }
          >
            {t('network.graph.of')}
          </Button>
          {has('close') && (
            <ConfirmAction
              label={t('network.organizations.close')}
              title={t('network.organizations.close')}
              consequence={t('network.organizations.close-consequence')}
              note="required"
              onConfirm={async ({ note }) => {
                const closed_on = lastDay?.format('YYYY-MM-DD');
                await act(`/api/organizations/${id}/close`, version, { reason: note, closed_on });
                reread();
              }}
            >
              <LastDay onChange={setLastDay} />
            </ConfirmAction>
          )}
          {has('reopen') && (
            <Button
              type="primary"
              onClick={() =>
                act(`/api/organizations/${id}/reopen`, version).then(reread).catch(toast.error)
              }
            >
              {t('network.organizations.reopen')}
            </Button>
          )}
          {has('update') && (
            <Button type="primary" onClick={() => go(`/network/organizations/${id}/edit`)}>
              {t('network.organizations.edit')}
            </Button>
          )}
        </>
      }
    >
      <Tabs
        activeKey={TABS.find((tab) => tab === filters.tab) ?? 'facts'}
        onChange={(tab) => setFilters({ tab: tab === 'facts' ? undefined : tab })}
        destroyOnHidden
        items={TABS.map((tab) => ({
          key: tab,
          label: t(`network.tab.${tab}`),
          children: parts[tab],
        }))}
      />
    </Page>
  );
}

function Identity({ org }: { org: OrganizationDetail }) {
  const link = (one: { id: string; short_name: string; name_en?: string | null }) => (
    <PathLink key={one.id} to={`/network/organizations/${one.id}`}>
      {orgName(one)}
    </PathLink>
  );
  return (
    <>
      <Section title={t('network.tab.facts')}>
        <Facts
          items={[
            { label: t('network.field.code'), value: org.code },
            { label: t('network.field.short-name'), value: org.short_name },
            { label: t('network.field.name-en'), value: org.name_en },
            { label: t('network.field.level'), value: word('level', org.level) },
            { label: t('network.field.grade'), value: org.grade },
            { label: t('network.field.credit-code'), value: org.credit_code },
            { label: t('network.field.institution-code'), value: org.institution_code },
            {
              label: t('network.field.legal-person'),
              value: t(org.legal_person ? 'kit.yes' : 'kit.no'),
            },
            { label: t('network.field.identity-reason'), value: org.identity_reason },
            { label: t('network.field.phone'), value: org.phone },
            { label: t('network.field.address'), value: org.address, wide: true },
            { label: t('network.field.opened-on'), value: org.opened_on },
            { label: t('network.field.closed-on'), value: org.closed_on },
            { label: t('network.field.close-reason'), value: org.close_reason },
          ]}
        />
      </Section>
      <SixUnchanged org={org} />
      <Section title={t('network.field.place')}>
        <Facts
          items={[
            {
              label: t('network.field.above'),
              value:
                org.ancestors.length > 0 ? (
                  <span className="lt-row">{org.ancestors.map(link)}</span>
                ) : null,
              wide: true,
            },
            {
              label: t('network.tree.children', { n: org.children.length }),
              value:
                org.children.length > 0 ? (
                  <span className="lt-row">{org.children.map(link)}</span>
                ) : null,
              wide: true,
            },
            {
              label: t('network.groups.title'),
              value:
                org.groups.length > 0 ? (
                  <ul className="network-list">
                    {org.groups.map((one) => (
                      <li key={one.membership_id}>
                        <PathLink to={`/network/groups/${one.group_id}`}>{one.group_name}</PathLink>
                        {' · '}
                        {word('member-role', one.role)}
                        {' · '}
                        {word('cooperation', one.cooperation_mode)}
                        {' · '}
                        {word('council', one.council_class)}
                        {one.left_on && ` · ${t('network.groups.left', { day: one.left_on })}`}
                      </li>
                    ))}
                  </ul>
                ) : null,
              wide: true,
            },
            {
              label: t('network.alliances.title'),
              value:
                org.alliances.length > 0
                  ? org.alliances
                      .map((one) =>
                        one.leads ? `${one.name} (${t('network.alliances.leads')})` : one.name,
                      )
                      .join(' · ')
                  : null,
              wide: true,
            },
          ]}
        />
      </Section>
    </>
  );
}
