/** A clinical document (CDA): its header in words, its sections, its bytes for download. */
import { DownloadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { call } from '@/api/client';
import { t, textOr } from '@/i18n';
import { download } from '@/kit/download';
import { type Fact, Facts } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { safeHtml } from '../fhir/narrative';
import type * as R from '../fhir/resource';
import { CHART_STALE_MS } from '../fhir/useTimeline';
import type { ClinicalDocument, DocumentPerson } from '../types';
import { SafeText } from './SafeText';

const FORMAT = 'urn:hl7-org:v3';

/** Whether a DocumentReference stands for a clinical document. */
export function isClinical(resource: R.Resource): boolean {
  const { content } = resource as R.DocumentReference;
  return resource.resourceType === 'DocumentReference' && content?.[0]?.format?.code === FORMAT;
}

export function ClinicalBody({ id }: { id: string }) {
  const found = useQuery({
    queryKey: ['record-chart', 'clinical-document', id],
    queryFn: ({ signal }) => call<ClinicalDocument>('GET', `/api/documents/${id}`, { signal }),
    staleTime: CHART_STALE_MS,
    gcTime: 0,
  });
  if (found.isPending) return <LinesSkeleton rows={6} />;
  if (!found.data) {
    return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  }
  return <ClinicalText document={found.data} />;
}

export function ClinicalText({ document }: { document: ClinicalDocument }) {
  const { id } = document;
  return (
    <>
      {document.state !== 'current' && (
        <Alert
          type="warning"
          showIcon
          title={t(`record.clinical.state.${document.state}`)}
          description={document.replaced_by ? t('record.clinical.replaced-hint') : undefined}
        />
      )}
      <Facts items={facts(document)} />
      {document.sections.map((section, index) => (
        <section key={index} className="record-doc-section">
          {section.title &&
            (section.depth > 0 ? <h4>{section.title}</h4> : <h3>{section.title}</h3>)}
          {section.html && <SafeText nodes={safeHtml(section.html)} />}
        </section>
      ))}
      {document.other_body && (
        <p className="lt-muted record-plain">
          {t('record.clinical.other-body', { type: document.other_body })}
        </p>
      )}
      {id && (
        <Button
          icon={<DownloadOutlined />}
          onClick={() => void download(`/api/documents/${id}/original`, {}, `document-${id}.xml`)}
        >
          {t('record.clinical.original')}
        </Button>
      )}
    </>
  );
}

function facts(document: ClinicalDocument): Fact[] {
  const { stay } = document;
  const secrecy = document.confidentiality ?? '';
  const patient = [document.patient_name, document.patient_sex, document.patient_birth];
  const rows: [string, string | null | undefined, boolean?][] = [
    ['patient', words(patient)],
    ['kind', document.kind ?? document.kind_code],
    ['authors', document.authors.map(person).filter(Boolean).join('；')],
    ['signer', document.signer ? person(document.signer) : undefined],
    ['custodian', document.custodian],
    ['made', document.made_at],
    ['stay', stay ? words([stay.kind, stay.start, stay.end, stay.place, ...stay.numbers]) : ''],
    ['confidentiality', secrecy && textOr(secrecy, `record.clinical.secrecy.${secrecy}`)],
    ['version', document.version_number == null ? '' : String(document.version_number)],
    ['number', document.number, true],
    ['replaces', document.replaces, true],
    ['sha256', document.sha256, true],
  ];
  return rows
    .filter(([, value]) => Boolean(value))
    .map(([name, value, wide]) => ({ label: t(`record.clinical.${name}`), value, wide }));
}

function person(one: DocumentPerson): string {
  return words([one.name, one.organization, one.at]);
}

function words(parts: (string | null | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}
