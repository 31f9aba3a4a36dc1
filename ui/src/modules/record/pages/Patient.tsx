import { FormOutlined } from '@ant-design/icons';
import { Alert, Button } from 'antd';
import { asApiError } from '@/api/errors';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { DateTime } from '@/kit/DateTime';
import { Masked } from '@/kit/Masked';
import { type Fact, Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo, useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { pair } from '@/kit/words';
import { unmask, useOrgName, usePatient } from '../api';
import { useKeepers } from '../fhir/useTimeline';
import { mayBeMother } from '../newborn';
import { AccessLog } from '../parts/AccessLog';
import { AppsMenu } from '../parts/AppsMenu';
import { ChartTimeline } from '../parts/ChartTimeline';
import { Allergies, Problems } from '../parts/Clinical';
import { Documents } from '../parts/Documents';
import { EmergencyCard } from '../parts/EmergencyCard';
import { Flowsheet } from '../parts/Flowsheet';
import { LegalHolds } from '../parts/LegalHolds';
import { NoBasis } from '../parts/NoBasis';
import { Places } from '../parts/Places';
import { Privacy } from '../parts/Privacy';
import { RecordTimeline } from '../parts/RecordTimeline';
import { Sources } from '../parts/Sources';
import type { PatientRecord } from '../types';
import { basisText, basisTone, sexAge } from '../words';
import '../chart.css';
import '../record.css';

const PLACE = { tab: text() };

/** One patient: who, on which basis it is read, what matters, what was done, who looked. */
export default function PatientPage() {
  const id = useRouteParam('id');
  const record = usePatient(id);
  const can = useCan();
  if (record.isPending && can('record.read')) return <PageSkeleton />;
  if (record.data) return <RecordView record={record.data} />;
  // A privacy officer reads no record, but may see who did.
  if (!can('record.read') && can('record.audit')) return <LogOnly id={id} />;
  const error = asApiError(record.error);
  if (error.code === 'record.no-basis') return <NoBasis id={id} />;
  return <ErrorState page error={error} onRetry={() => void record.refetch()} />;
}

function LogOnly({ id }: { id: string }) {
  return (
    <Page title={t('record.access.title')} back="/record/break-glass">
      <Section>
        <AccessLog id={id} />
      </Section>
      <LegalHolds id={id} />
    </Page>
  );
}

function RecordView({ record }: { record: PatientRecord }) {
  const { patient, basis } = record;
  const can = useCan();
  const go = useGo();
  const [place, setPlace] = useUrlFilters(PLACE);
  const tabs = tabsOf(record, useKeepers(patient), can('fhir.read'));
  // Who came by the emergency door needs the summary first.
  const first = basis.kind === 'break-glass' && can('fhir.read') ? 'summary' : 'overview';
  const tab = tabs.find((one) => one.key === place.tab)?.key ?? first;
  return (
    <Page
      title={patient.name}
      back="/record/patients"
      meta={
        <>
          <span>{sexAge(patient.sex, record.age_years, patient.birth_date)}</span>
          {!patient.identified && <StatusTag tone="soon" label={t('record.unidentified')} />}
          {patient.deceased_on && (
            <StatusTag tone="neutral" label={`${t('record.deceased')} ${patient.deceased_on}`} />
          )}
          <StatusTag
            tone={basisTone(basis)}
            label={pair(t('record.basis.label'), basisText(basis))}
            title={t('record.basis.hint')}
          />
        </>
      }
      actions={
        <>
          {can('fhir.read') && <AppsMenu patient_id={patient.id} />}
          {can('record.index') && (
            <Button onClick={() => go(`/record/index/merges/new?one=${patient.id}`)}>
              {t('record.two.with')}
            </Button>
          )}
          {can('record.register') && mayBeMother(patient, record.age_years) && (
            <Button onClick={() => go(`/record/patients/${patient.id}/newborn`)}>
              {t('record.newborn.title')}
            </Button>
          )}
          {can('referral.write') && !patient.deceased_on && (
            <Button
              type="primary"
              icon={<FormOutlined />}
              onClick={() => go(`/referral/new?patient=${patient.id}`)}
            >
              {t('record.refer')}
            </Button>
          )}
        </>
      }
    >
      {record.redirected_from && (
        <Alert
          type="info"
          showIcon
          className="record-note"
          title={t('record.redirected.title')}
          description={t('record.redirected.hint')}
        />
      )}
      <Places
        active={tab}
        places={tabs}
        label={patient.name}
        onChange={(key) => setPlace({ tab: key === first ? undefined : key })}
      />
    </Page>
  );
}

/** What members sent comes by FHIR: the tabs for it are for those who may read there. */
function tabsOf(record: PatientRecord, keepers: ReadonlyMap<string, string>, fhir: boolean) {
  const { id, name } = record.patient;
  const sent = [
    {
      key: 'summary',
      label: t('record.tab.summary'),
      children: <EmergencyCard record={record} />,
    },
    {
      key: 'chart',
      label: t('record.tab.chart'),
      children: <ChartTimeline patient_id={id} keepers={keepers} />,
    },
    { key: 'results', label: t('record.tab.results'), children: <Flowsheet patient_id={id} /> },
    {
      key: 'documents',
      label: t('record.tab.documents'),
      children: <Documents patient_id={id} name={name} />,
    },
  ];
  return [
    { key: 'overview', label: t('record.tab.overview'), children: <Overview record={record} /> },
    ...(fhir ? sent : []),
    { key: 'timeline', label: t('record.tab.timeline'), children: <RecordTimeline id={id} /> },
    { key: 'consents', label: t('record.tab.privacy'), children: <Privacy record={record} /> },
    { key: 'sources', label: t('record.tab.sources'), children: <Sources id={id} /> },
  ];
}

function Overview({ record }: { record: PatientRecord }) {
  return (
    <>
      <Allergies record={record} />
      <Problems record={record} />
      <Identity record={record} />
    </>
  );
}

function Identity({ record }: { record: PatientRecord }) {
  const { patient } = record;
  const go = useGo();
  const orgName = useOrgName();
  const may = record.actions.includes('unmask');
  const reveal = (asked: Parameters<typeof unmask>[1]) =>
    may ? () => unmask(patient.id, asked) : undefined;
  const facts: Fact[] = [
    { label: t('record.field.birth-date'), value: patient.birth_date },
    ...patient.identifiers
      .filter((one) => !one.retired_at)
      .map((one) => ({
        label: t(`record.identifier.${one.kind}`),
        value: (
          <Masked
            masked={one.value}
            reveal={reveal({ field: 'identifier', identifier_id: one.id })}
          />
        ),
      })),
    {
      label: t('record.field.phone'),
      value: patient.phone && <Masked masked={patient.phone} reveal={reveal({ field: 'phone' })} />,
    },
    { label: t('record.field.village'), value: patient.village },
    { label: t('record.field.address'), value: patient.address },
    { label: t('record.field.catchment'), value: orgName(patient.catchment_org_id) || null },
    ...[...(patient.guardian ? [patient.guardian] : []), ...patient.contacts].map((contact) => ({
      label: contact.relation || t('record.field.guardian'),
      value: (
        <span className="lt-row">
          {contact.name}
          {contact.phone && (
            <Masked masked={contact.phone} reveal={reveal({ field: 'contacts' })} />
          )}
        </span>
      ),
    })),
    ...(patient.mother_id
      ? [
          {
            label: t('record.newborn.mother'),
            value: (
              <PathLink to={`/record/patients/${patient.mother_id}`}>
                {t('record.newborn.mother-record')}
              </PathLink>
            ),
          },
        ]
      : []),
    { label: t('record.field.registered-by'), value: orgName(patient.org_id) || null },
    { label: t('record.field.registered-at'), value: <DateTime at={patient.registered_at} /> },
  ];
  return (
    <Section
      title={t('record.identity')}
      extra={
        record.actions.includes('change') && (
          <Button size="small" onClick={() => go(`/record/patients/${patient.id}/edit`)}>
            {t('record.edit.change')}
          </Button>
        )
      }
    >
      <Facts items={facts} />
    </Section>
  );
}
