import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { type ReactNode, useState } from 'react';
import { asApiError } from '@/api/errors';
import { useCan, useSession } from '@/api/session';
import { t } from '@/i18n';
import { QrCode } from '@/kit/Codes';
import { Page, Section } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { useMyPatients, usePatient } from '../api';
import { requireBasis } from '../fhir/client';
import { CHART_STALE_MS, useKeepers } from '../fhir/useTimeline';
import { AccessLog } from '../parts/AccessLog';
import { ChartTimeline } from '../parts/ChartTimeline';
import { ConsentForm } from '../parts/ConsentForm';
import { ConsentList } from '../parts/Consents';
import { Download } from '../parts/Download';
import { EmergencyCard } from '../parts/EmergencyCard';
import { PatientText } from '../parts/PatientText';
import { Places } from '../parts/Places';
import type { PatientBrief } from '../types';
import '../chart.css';
import '../record.css';

const PLACE = { who: text(), tab: text() };

/** A resident's own page, on a phone: my record, who looked, my consents, a copy to take along. */
export default function Mine() {
  const mine = useMyPatients(useCan()('record.audit'));
  const [place, setPlace] = useUrlFilters(PLACE);
  const people = mine.data ?? [];
  const chosen = people.find((one) => one.id === place.who) ?? people[0];
  return (
    <Page title={t('record.mine.title')}>
      {mine.isPending && <LinesSkeleton rows={6} />}
      {mine.isError && <ErrorState error={mine.error} onRetry={() => void mine.refetch()} />}
      {mine.data && !chosen && (
        <EmptyState title={t('record.mine.none')} hint={t('record.mine.none-hint')} />
      )}
      {people.length > 1 && (
        <Segmented
          block
          className="record-note"
          aria-label={t('record.mine.whose')}
          value={chosen?.id}
          onChange={(who) => setPlace({ who })}
          options={people.map((one) => ({ value: one.id, label: one.name }))}
        />
      )}
      {chosen && (
        <Person
          key={chosen.id}
          patient={chosen}
          tab={place.tab}
          onTab={(tab) => setPlace({ tab: tab === 'records' ? undefined : tab })}
        />
      )}
      {mine.data && (!chosen || place.tab === 'number') && <MyNumber />}
    </Page>
  );
}

interface PersonProps {
  patient: PatientBrief;
  tab: string | undefined;
  onTab: (tab: string) => void;
}

function Person({ patient, tab, onTab }: PersonProps) {
  const own = useOwnRecord(patient.id);
  const tabs = [
    {
      key: 'records',
      label: t('record.mine.records'),
      children: (
        <Readable own={own}>
          <MyTimeline id={patient.id} />
        </Readable>
      ),
    },
    {
      key: 'card',
      label: t('record.mine.card'),
      children: (
        <Readable own={own}>
          <MyCard id={patient.id} />
        </Readable>
      ),
    },
    {
      key: 'looks',
      label: t('record.mine.looks'),
      children: (
        <Section>
          <p className="record-plain lt-muted">{t('record.mine.looks-hint')}</p>
          <AccessLog id={patient.id} />
        </Section>
      ),
    },
    { key: 'consents', label: t('record.mine.consents'), children: <MyConsents id={patient.id} /> },
    {
      key: 'download',
      label: t('record.mine.download'),
      children: (
        <Readable own={own}>
          <Section>
            <Download patient_id={patient.id} name={patient.name} />
          </Section>
        </Readable>
      ),
    },
    { key: 'number', label: t('record.mine.number-tab'), children: null },
  ];
  return (
    <>
      <PatientText patient={patient} />
      <Places
        active={tabs.find((one) => one.key === tab)?.key ?? 'records'}
        places={tabs}
        label={patient.name}
        onChange={onTab}
      />
    </>
  );
}

type OwnRecord = ReturnType<typeof useOwnRecord>;

/** Whether this account may read the record itself: not every installation has opened that. */
function useOwnRecord(patient_id: string) {
  const can = useCan();
  const may = can('fhir.read') && can('record.read');
  const read = useQuery({
    queryKey: ['record-chart', patient_id, 'own'],
    queryFn: async ({ signal }) => {
      await requireBasis(patient_id, signal);
      return true;
    },
    enabled: may,
    staleTime: CHART_STALE_MS,
    retry: false,
  });
  return { may, read };
}

function Readable({ own, children }: { own: OwnRecord; children: ReactNode }) {
  const { may, read } = own;
  const error = read.error && asApiError(read.error);
  if (!may || error?.notFound || error?.forbidden) {
    return (
      <Section>
        <EmptyState title={t('record.mine.closed')} hint={t('record.mine.closed-hint')} />
      </Section>
    );
  }
  if (error) return <ErrorState error={error} onRetry={() => void read.refetch()} />;
  return read.data ? children : <LinesSkeleton rows={6} />;
}

function MyTimeline({ id }: { id: string }) {
  const record = usePatient(id);
  return <ChartTimeline patient_id={id} keepers={useKeepers(record.data?.patient)} />;
}

/** What to show at a hospital that does not know one yet. */
function MyCard({ id }: { id: string }) {
  const record = usePatient(id);
  if (record.data) return <EmergencyCard record={record.data} />;
  if (record.isPending) return <LinesSkeleton rows={6} />;
  return <ErrorState error={record.error} onRetry={() => void record.refetch()} />;
}

function MyConsents({ id }: { id: string }) {
  const can = useCan();
  const may = can('record.read');
  const [open, setOpen] = useState(false);
  const record = usePatient(id);
  const gives = record.data?.actions.includes('give-consent') ?? false;
  return (
    <Section
      extra={
        gives && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
            {t('record.mine.give')}
          </Button>
        )
      }
    >
      <p className="record-plain lt-muted">{t('record.mine.consents-hint')}</p>
      {may ? (
        <ConsentList id={id} may={gives} />
      ) : (
        <EmptyState title={t('record.mine.closed')} hint={t('record.mine.closed-hint')} />
      )}
      {open && record.data && (
        <ConsentForm
          patient_id={id}
          age_years={record.data.age_years}
          guardian={record.data.patient.guardian}
          onClose={() => setOpen(false)}
        />
      )}
    </Section>
  );
}

/** What the desk scans to tie a record to this account. */
function MyNumber() {
  const { id } = useSession().account;
  return (
    <Section title={t('record.mine.number')}>
      <div className="record-number-card">
        <QrCode value={id} label={t('record.mine.number')} size={144} />
        <div>
          <p className="record-plain">{t('record.mine.number-hint')}</p>
          <code>{id}</code>
        </div>
      </div>
    </Section>
  );
}
