import { Button } from 'antd';
import type { Dayjs } from 'dayjs';
import { type ReactNode, useState } from 'react';
import { useOrgName } from '@/api/organizations';
import { t, textOr } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo, useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { useNow } from '@/kit/time';
import { toast } from '@/kit/toast';
import { licenceState } from '../licences';
import { act, usePerson, useRows, word } from '../queries';
import { useReach } from '../reach';
import type { Decision, Practitioner } from '../types';
import { PERSON_FIELDS } from '../types';
import { ConceptName } from './Departments';
import { EditLicences } from './EditLicences';
import { EditSites } from './EditSites';
import { LastDay } from './fields';
import { decisionsOn } from './SixUnchanged';
import '../network.css';

/** One person: who employs and pays them, where they work, what they may do and until when. */
export default function Person() {
  const id = useRouteParam('id');
  const found = usePerson(id);
  const reaches = useReach('network.people');
  const go = useGo();
  const [lastDay, setLastDay] = useState<Dayjs | null>(null);
  if (found.isPending) return <PageSkeleton />;
  if (found.isError) {
    return <ErrorState page error={found.error} onRetry={() => void found.refetch()} />;
  }
  const { body: person, version } = found.data;
  const mayManage = reaches(person.home_org_id) && person.state === 'active';
  const reread = () => void found.refetch();
  return (
    <Page
      wide
      title={person.name}
      back="/network/people"
      meta={
        <>
          {word('profession', person.profession)}
          <StatusTag
            tone={person.state === 'active' ? 'done' : 'neutral'}
            label={t(`network.person-state.${person.state}`)}
          />
        </>
      }
      actions={
        mayManage && (
          <>
            <ConfirmAction
              label={t('network.people.leave')}
              title={t('network.people.leave')}
              consequence={t('network.people.leave-consequence')}
              onConfirm={async () => {
                const left_on = lastDay?.format('YYYY-MM-DD');
                await act(`/api/practitioners/${id}/leave`, version, { left_on });
                toast.success(t('network.saved'));
                reread();
              }}
            >
              <LastDay onChange={setLastDay} />
            </ConfirmAction>
            <Button type="primary" onClick={() => go(`/network/people/${id}/edit`)}>
              {t('network.people.edit')}
            </Button>
          </>
        )
      }
    >
      <Section title={t('network.tab.facts')}>
        <Facts
          items={[
            { label: t('network.people.code'), value: person.code },
            { label: t('network.people.sex'), value: person.sex && t(`network.sex.${person.sex}`) },
            { label: t('network.people.rank'), value: word('rank', person.title_rank) },
            { label: t('network.people.title-name'), value: person.title },
            {
              label: t('network.field.specialty'),
              value: <ConceptName system="specialty" code={person.specialty} />,
            },
            { label: t('network.people.resident-id'), value: person.resident_id },
            { label: t('network.field.phone'), value: person.phone },
            { label: t('network.field.identity-reason'), value: person.identity_reason },
          ]}
        />
      </Section>
      <Employment person={person} />
      <Sites
        person={person}
        edit={mayManage && <EditSites person={person} version={version} onDone={reread} />}
      />
      <Licences
        person={person}
        edit={mayManage && <EditLicences person={person} version={version} onDone={reread} />}
      />
    </Page>
  );
}

/** Employer, status and pay stay where they are, wherever somebody works. */
function Employment({ person }: { person: Practitioner }) {
  const orgName = useOrgName();
  const decisions = useRows<Decision>(['decision'], '/api/decisions', {});
  const cited = PERSON_FIELDS.flatMap((field) =>
    decisionsOn(decisions.data ?? [], person.id, field),
  );
  return (
    <Section title={t('network.people.employment')}>
      <p className="lt-muted">{t('network.people.employment-why')}</p>
      <Facts
        items={[
          {
            label: t('network.people.home'),
            value: (
              <PathLink to={`/network/organizations/${person.home_org_id}`}>
                {orgName(person.home_org_id)}
              </PathLink>
            ),
          },
          {
            label: t('network.guarded.staff-status'),
            value: word('staff-status', person.staff_status),
          },
          { label: t('network.people.paid-by'), value: orgName(person.pay.org_id) },
          { label: t('network.people.pay-grade'), value: person.pay.grade },
          {
            label: t('network.decisions.title'),
            value:
              cited.length > 0
                ? [...new Set(cited)].map((one) => (
                    <PathLink key={one.id} to={`/network/decisions?decision=${one.id}`}>
                      {one.number}
                    </PathLink>
                  ))
                : null,
          },
        ]}
      />
    </Section>
  );
}

interface PartProps {
  person: Practitioner;
  edit: ReactNode;
}

function Sites({ person, edit }: PartProps) {
  const orgName = useOrgName();
  const now = useNow();
  const live = (ends_on: string | null | undefined) =>
    !ends_on || Date.parse(`${ends_on}T23:59:59`) >= now;
  return (
    <Section title={t('network.people.sites')} extra={edit}>
      <DataTable
        id="network.sites"
        label={t('network.people.sites')}
        rows={person.sites}
        rowKey={(site) => site.id}
        quiet
        plain
        columns={[
          {
            key: 'org',
            title: t('network.field.org'),
            width: 180,
            render: (site) => orgName(site.org_id),
          },
          {
            key: 'kind',
            title: t('network.people.site-kind'),
            width: 120,
            render: (site) => word('site', site.kind),
          },
          {
            key: 'role',
            title: t('network.people.role'),
            width: 150,
            render: (site) => textOr(site.role, `network.role.${site.role}`),
          },
          {
            key: 'days',
            title: t('network.people.days'),
            width: 90,
            align: 'right',
            render: (site) => site.days_per_week ?? '—',
          },
          {
            key: 'dates',
            title: t('network.field.dates'),
            width: 200,
            render: (site) => `${site.starts_on} – ${site.ends_on ?? ''}`,
          },
          {
            key: 'state',
            title: t('network.field.state'),
            width: 90,
            render: (site) => (
              <StatusTag
                plain
                tone={live(site.ends_on) ? 'done' : 'neutral'}
                label={t(live(site.ends_on) ? 'network.people.here' : 'network.people.was')}
              />
            ),
          },
        ]}
      />
    </Section>
  );
}

function Licences({ person, edit }: PartProps) {
  const now = useNow();
  return (
    <Section title={t('network.people.licences')} extra={edit}>
      <DataTable
        id="network.licences"
        label={t('network.people.licences')}
        rows={person.licences}
        rowKey={(licence) => licence.id}
        rowTone={(licence) => licenceState(licence.expires_on, now).tone}
        quiet
        plain
        columns={[
          {
            key: 'kind',
            title: t('network.people.licence-kind'),
            width: 160,
            render: (licence) => word('licence', licence.kind),
          },
          {
            key: 'number',
            title: t('network.people.licence-number'),
            width: 190,
            render: (licence) => licence.number,
          },
          {
            key: 'scope',
            title: t('network.people.licence-scope'),
            width: 170,
            render: (licence) => licence.scope ?? '—',
          },
          {
            key: 'issued',
            title: t('network.people.issued'),
            width: 110,
            render: (licence) => licence.issued_on ?? '—',
          },
          {
            key: 'expires',
            title: t('network.people.expires'),
            width: 110,
            render: (licence) => licence.expires_on ?? '—',
          },
          {
            key: 'state',
            title: t('network.field.state'),
            width: 150,
            render: (licence) => {
              const state = licenceState(licence.expires_on, now);
              const n = Math.abs(state.days_left ?? 0);
              return (
                <StatusTag
                  tone={state.tone}
                  label={t(`network.licence-state.${state.name}`, { n })}
                />
              );
            },
          },
        ]}
      />
    </Section>
  );
}
