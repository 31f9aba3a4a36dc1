/** One line of the record opened: all it says, where it is from, and the resource as it was sent. */
import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import type { ReactNode } from 'react';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { DateTime } from '@/kit/DateTime';
import { type Fact, Facts } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { SidePreview } from '@/kit/SidePreview';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { fhirRead } from '../fhir/client';
import {
  type Entry,
  entryOf,
  isReferral,
  reactionText,
  requestState,
  stateText,
  stateTone,
} from '../fhir/entries';
import type * as R from '../fhir/resource';
import { addressOf, targetOf } from '../fhir/resource';
import { isOwn, type SourceContext } from '../fhir/source';
import { momentText, periodText } from '../fhir/times';
import { CHART_STALE_MS } from '../fhir/useTimeline';
import { conceptsText, conceptText } from '../fhir/values';
import { DocumentBody, isDocument } from './DocumentBody';
import { ResultTable } from './ResultTable';

interface EntryDetailProps {
  /** `Observation/123`. */
  address: string;
  entries: Entry[];
  context: SourceContext;
  onOpen: (address: string) => void;
  onClose: () => void;
}

const ADDRESS = /^[A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/;

export function EntryDetail({ address, entries, context, onOpen, onClose }: EntryDetailProps) {
  const here = entries.find((entry) => entry.address === address);
  const read = useQuery({
    queryKey: ['record-chart', 'one', address],
    queryFn: ({ signal }) => fhirRead<R.Resource>(`/fhir/${address}`, signal),
    enabled: !here && ADDRESS.test(address),
    staleTime: CHART_STALE_MS,
    retry: false,
  });
  const entry = here ?? (read.data && entryOf(read.data, context));
  return (
    <SidePreview
      open
      width={560}
      onClose={onClose}
      title={entry ? entry.title : t('record.chart.detail')}
    >
      {!entry && read.isPending && <LinesSkeleton rows={6} />}
      {!entry && read.isError && (
        <ErrorState error={read.error} onRetry={() => void read.refetch()} />
      )}
      {entry && <Detail entry={entry} entries={entries} context={context} onOpen={onOpen} />}
    </SidePreview>
  );
}

type DetailProps = Omit<EntryDetailProps, 'address' | 'onClose'> & { entry: Entry };

function Detail({ entry, entries, context, onOpen }: DetailProps) {
  const { resource, source, state } = entry;
  const notes = (resource.note ?? []).map((note) => note.text).filter(Boolean);
  const observation = resource.resourceType === 'Observation' && (resource as R.Observation);
  const report = observation && reportOf(entry, entries);
  const facts: Fact[] = [
    { label: t('record.chart.kind-label'), value: t(`record.chart.kind.${entry.kind}`) },
    { label: t('record.chart.time'), value: momentText(entry.at) || t('record.chart.undated') },
    ...(state ? [{ label: t('record.chart.state-label'), value: stateText(state) }] : []),
    ...own(resource, context),
  ];
  return (
    <div className="lt-stack">
      {entry.mistaken && (
        <Alert
          type="error"
          showIcon
          title={t('record.chart.mistaken')}
          description={t('record.chart.mistaken-hint')}
        />
      )}
      {state && !entry.mistaken && (
        <span>
          <StatusTag tone={stateTone(state)} label={stateText(state)} />
        </span>
      )}
      {observation && <ResultTable observations={[observation]} />}
      {isDocument(resource) && <DocumentBody resource={resource} />}
      {!observation && !isDocument(resource) && entry.says && (
        <p className="record-plain">{entry.says}</p>
      )}
      <Facts items={facts} />
      {notes.map((note) => (
        <p key={note} className="record-plain record-quote">
          {note}
        </p>
      ))}
      {report && (
        <button type="button" className="lt-link" onClick={() => onOpen(report.address)}>
          {t('record.chart.of-report', { name: report.title })}
        </button>
      )}
      <ReferralLink resource={resource} />
      <section>
        <h3 className="record-detail-head">{t('record.chart.source')}</h3>
        <Facts
          items={[
            {
              label: t('record.source.org'),
              value: source.org || t('record.chart.source-unknown'),
            },
            { label: t('record.chart.person'), value: source.person || null },
            {
              label: t('record.source.system'),
              value: source.system || systemText(resource, context),
            },
            { label: t('record.chart.stored'), value: <DateTime at={entry.stored_at} /> },
          ]}
        />
      </section>
      <AsSent resource={resource} />
    </div>
  );
}

/** What only resources of one type have. */
function own(resource: R.Resource, context: SourceContext): Fact[] {
  const fact = (label: string, value: ReactNode): Fact[] =>
    value ? [{ label: t(`record.chart.field.${label}`), value }] : [];
  switch (resource.resourceType) {
    case 'Encounter': {
      const one = resource as R.Encounter;
      return [
        ...fact('period', periodText(one.period)),
        ...fact('reason', conceptsText(one.reasonCode)),
      ];
    }
    case 'Observation': {
      const one = resource as R.Observation;
      return [
        ...fact('issued', momentText(one.issued)),
        ...fact('method', conceptText(one.method)),
        ...fact('body-site', conceptText(one.bodySite)),
        ...fact('specimen', one.specimen?.display),
      ];
    }
    case 'DiagnosticReport':
      return fact('issued', momentText((resource as R.DiagnosticReport).issued));
    case 'AllergyIntolerance':
      return fact('reaction', reactionText(resource as R.AllergyIntolerance));
    case 'MedicationRequest':
    case 'MedicationStatement':
      return fact('reason', conceptsText((resource as R.Medication).reasonCode));
    case 'ServiceRequest': {
      const one = resource as R.ServiceRequest;
      return [
        ...fact('stands', requestState(one, context)),
        ...fact('number', one.identifier?.[0]?.value),
      ];
    }
    default:
      return [];
  }
}

/** The report that a value belongs to, where it is on the screen. */
function reportOf(entry: Entry, entries: Entry[]): Entry | undefined {
  return entries.find(({ resource }) => {
    if (resource.resourceType !== 'DiagnosticReport') return false;
    const results = (resource as R.DiagnosticReport).result ?? [];
    return results.some((one) => targetOf(one) === entry.address);
  });
}

/** A referral of the platform has a page of its own. */
function ReferralLink({ resource }: { resource: R.Resource }) {
  const can = useCan();
  if (resource.resourceType !== 'ServiceRequest' || !can('referral.read')) return null;
  if (!isReferral(resource as R.ServiceRequest)) return null;
  return <PathLink to={`/referral/${resource.id}`}>{t('record.chart.open-referral')}</PathLink>;
}

/** For those who have to know exactly what was sent. */
function AsSent({ resource }: { resource: R.Resource }) {
  const shown = JSON.stringify(resource, withoutOwn, 2);
  return (
    <details className="record-as-sent">
      <summary>
        {t('record.chart.as-sent')} <code>{addressOf(resource)}</code>
      </summary>
      <pre>{shown}</pre>
    </details>
  );
}

function systemText(resource: R.Resource, context: SourceContext): string {
  return t(isOwn(resource, context) ? 'record.source.own' : 'record.chart.system-unnamed');
}

/** Without what reading added. */
function withoutOwn(key: string, value: unknown): unknown {
  return key === 'valueText' ? undefined : value;
}
