/** What a document says: sections, attachments, a report's conclusion and its values. */
import { DownloadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { useEffect } from 'react';
import { t } from '@/i18n';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { type Content, contentOf } from '../fhir/attachment';
import { fhirAddress, fhirSearch } from '../fhir/client';
import { safeHtml } from '../fhir/narrative';
import type * as R from '../fhir/resource';
import { addressOf, targetOf } from '../fhir/resource';
import { momentText } from '../fhir/times';
import { CHART_STALE_MS } from '../fhir/useTimeline';
import { conceptsText, conceptText } from '../fhir/values';
import { ClinicalBody, isClinical } from './ClinicalBody';
import { ResultTable } from './ResultTable';
import { SafeText } from './SafeText';

/** Sections inside sections, at most. */
const DEPTH_MAX = 6;

export function isDocument(resource: R.Resource): boolean {
  return ['Composition', 'DocumentReference', 'DiagnosticReport'].includes(resource.resourceType);
}

export function DocumentBody({ resource }: { resource: R.Resource }) {
  switch (resource.resourceType) {
    case 'Composition':
      return <CompositionBody composition={resource as R.Composition} />;
    case 'DocumentReference': {
      const { description, content } = resource as R.DocumentReference;
      if (resource.id && isClinical(resource)) return <ClinicalBody id={resource.id} />;
      return (
        <>
          {description && <p className="record-plain">{description}</p>}
          <Attachments
            attachments={(content ?? []).flatMap((one) => one.attachment ?? [])}
            of={resource}
          />
        </>
      );
    }
    case 'DiagnosticReport':
      return <ReportBody report={resource as R.DiagnosticReport} />;
    default:
      return null;
  }
}

function CompositionBody({ composition }: { composition: R.Composition }) {
  const sections = composition.section ?? [];
  if (sections.length === 0) return <NarrativeBody narrative={composition.text} />;
  return (
    <>
      {sections.map((section, index) => (
        <SectionBody key={index} section={section} depth={0} />
      ))}
    </>
  );
}

function SectionBody({ section, depth }: { section: R.Section; depth: number }) {
  if (depth > DEPTH_MAX) return null;
  const title = section.title || conceptText(section.code);
  return (
    <section className="record-doc-section">
      {title && <h3>{title}</h3>}
      <NarrativeBody narrative={section.text} quiet={Boolean(section.section?.length)} />
      {(section.section ?? []).map((inner, index) => (
        <SectionBody key={index} section={inner} depth={depth + 1} />
      ))}
    </section>
  );
}

function NarrativeBody({ narrative, quiet }: { narrative?: R.Narrative; quiet?: boolean }) {
  if (narrative?.div) return <SafeText nodes={safeHtml(narrative.div)} />;
  return quiet ? null : <p className="lt-muted record-plain">{t('record.doc.no-text')}</p>;
}

function ReportBody({ report }: { report: R.DiagnosticReport }) {
  const results = useQuery({
    queryKey: ['record-chart', 'report', report.id],
    queryFn: ({ signal }) =>
      fhirSearch(
        fhirAddress('DiagnosticReport', { _id: report.id, _include: 'DiagnosticReport:result' }),
        signal,
      ),
    enabled: (report.result ?? []).length > 0,
    staleTime: CHART_STALE_MS,
  });
  const came = new Map((results.data?.included ?? []).map((one) => [addressOf(one), one]));
  // In the order of the report: laboratories put together what belongs together.
  const observations = (report.result ?? []).flatMap((one) => {
    const found = came.get(targetOf(one) ?? '');
    return found ? [found as R.Observation] : [];
  });
  const missing = (report.result ?? []).length - observations.length;
  const told = [report.conclusion, conceptsText(report.conclusionCode)].filter(Boolean);
  return (
    <>
      <section className="record-doc-section">
        <h3>{t('record.doc.conclusion')}</h3>
        {told.length > 0 ? (
          told.map((line) => (
            <p key={line} className="record-conclusion">
              {line}
            </p>
          ))
        ) : (
          <p className="lt-muted record-plain">{t('record.doc.no-conclusion')}</p>
        )}
      </section>
      {(report.result ?? []).length > 0 && (
        <section className="record-doc-section">
          <h3>{t('record.doc.results')}</h3>
          {results.isPending && <LinesSkeleton rows={4} />}
          {results.isError && (
            <ErrorState error={results.error} onRetry={() => void results.refetch()} />
          )}
          {results.data && <ResultTable observations={observations} />}
          {results.data && missing > 0 && (
            <p className="lt-muted record-plain">{t('record.doc.missing', { n: missing })}</p>
          )}
        </section>
      )}
      <Attachments attachments={report.presentedForm ?? []} of={report} quiet />
    </>
  );
}

interface AttachmentsProps {
  attachments: R.Attachment[];
  of: R.Resource;
  /** Nothing to show is nothing to say. */
  quiet?: boolean;
}

function Attachments({ attachments, of, quiet }: AttachmentsProps) {
  if (attachments.length === 0) {
    return quiet ? null : <p className="lt-muted record-plain">{t('record.doc.no-text')}</p>;
  }
  return (
    <>
      {attachments.map((attachment, index) => (
        <section key={index} className="record-doc-section">
          {attachment.title && <h3>{attachment.title}</h3>}
          <AttachmentBody attachment={attachment} name={`${of.resourceType}/${of.id}/${index}`} />
        </section>
      ))}
    </>
  );
}

function AttachmentBody({ attachment, name }: { attachment: R.Attachment; name: string }) {
  const content = useQuery({
    queryKey: ['record-chart', 'attachment', name, attachment.url ?? attachment.data?.length],
    queryFn: ({ signal }) => contentOf(attachment, signal),
    staleTime: CHART_STALE_MS,
    gcTime: 0,
  });
  if (content.isPending) return <LinesSkeleton rows={3} />;
  if (!content.data)
    return <ErrorState error={content.error} onRetry={() => void content.refetch()} />;
  return <Shown content={content.data} title={attachment.title ?? ''} />;
}

function Shown({ content, title }: { content: Content; title: string }) {
  switch (content.kind) {
    case 'text':
      return (
        <pre className="record-doc-text" lang="und">
          {content.text}
        </pre>
      );
    case 'nodes':
      return <SafeText nodes={content.nodes} />;
    case 'picture':
      return <Picture url={content.url} title={title} />;
    case 'file':
      return (
        <Button
          icon={<DownloadOutlined />}
          onClick={() => save(content.blob, content.name || title)}
        >
          {t('record.doc.save')}
        </Button>
      );
    case 'elsewhere':
      return (
        <Alert type="info" showIcon title={t('record.doc.elsewhere')} description={content.url} />
      );
    default:
      return <p className="lt-muted record-plain">{t('record.doc.no-text')}</p>;
  }
}

function Picture({ url, title }: { url: string; title: string }) {
  useEffect(() => () => URL.revokeObjectURL(url), [url]);
  return <img className="record-doc-picture" src={url} alt={title} />;
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name || 'document';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** When a document was made, for the head of its page. */
export function documentMoment(resource: R.Resource): string {
  const one = resource as R.Composition & R.DiagnosticReport;
  return momentText(one.date ?? one.effectiveDateTime ?? one.issued);
}
