/** Documents and reports of all members: a list, and the one that is read. */
import { useMemo } from 'react';
import { useCan, useSession } from '@/api/session';
import { t } from '@/i18n';
import { usePhone } from '@/kit/media';
import { Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { PrintButton, PrintSheet } from '@/kit/Print';
import { SidePreview } from '@/kit/SidePreview';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { type Entry, stateText, stateTone } from '../fhir/entries';
import { sourceText } from '../fhir/source';
import { momentText } from '../fhir/times';
import { useTimeline } from '../fhir/useTimeline';
import { DocumentBody } from './DocumentBody';
import { Failed } from './Failed';
import { ReadOn } from './ReadOn';

const PLACE = { doc: text() };
const FILTER = { kinds: [], types: ['Composition', 'DocumentReference', 'DiagnosticReport'] };

interface DocumentsProps {
  patient_id: string;
  name: string;
}

export function Documents({ patient_id, name }: DocumentsProps) {
  const [place, setPlace] = useUrlFilters(PLACE);
  const nobody = useMemo(() => new Map<string, string>(), []);
  const reading = useTimeline(patient_id, FILTER, nobody);
  const phone = usePhone();
  const can = useCan();
  const { entries } = reading;
  const chosen =
    entries.find((entry) => entry.address === place.doc) ?? (phone ? undefined : entries[0]);
  if (reading.pending || reading.error) {
    return (
      <Section>
        {reading.pending ? (
          <LinesSkeleton rows={8} />
        ) : (
          <ErrorState error={reading.error} onRetry={reading.readAgain} />
        )}
      </Section>
    );
  }
  return (
    <Section
      extra={
        can('fhir.write') && (
          <PathLink to={`/documents/discharge/${patient_id}`}>
            {t('record.clinical.write')}
          </PathLink>
        )
      }
    >
      <Failed types={reading.failed} onAgain={reading.readAgain} />
      {entries.length === 0 && (
        <EmptyState title={t('record.doc.none')} hint={t('record.doc.none-hint')} />
      )}
      <div className="record-docs">
        <div>
          <ul className="record-doc-list" aria-label={t('record.tab.documents')}>
            {entries.map((entry) => (
              <li key={entry.address}>
                <button
                  type="button"
                  aria-current={entry === chosen ? 'true' : undefined}
                  onClick={() => setPlace({ doc: entry.address })}
                >
                  <b>{entry.title}</b>{' '}
                  {entry.state && (
                    <StatusTag plain tone={stateTone(entry.state)} label={stateText(entry.state)} />
                  )}
                  <span className="lt-muted lt-figures">
                    {[momentText(entry.at), sourceText(entry.source)].filter(Boolean).join(' · ')}
                  </span>
                </button>
              </li>
            ))}
          </ul>
          {entries.length > 0 && (
            <ReadOn
              more={reading.more}
              reading={reading.reading}
              onMore={reading.readOn}
              shown={entries.length}
            />
          )}
        </div>
        {!phone && chosen && <Reader entry={chosen} name={name} />}
      </div>
      {phone && chosen && (
        <SidePreview open title={chosen.title} onClose={() => setPlace({ doc: undefined })}>
          <Reader entry={chosen} name={name} />
        </SidePreview>
      )}
    </Section>
  );
}

function Reader({ entry, name }: { entry: Entry; name: string }) {
  const session = useSession();
  return (
    <article className="record-reader" aria-label={entry.title} key={entry.address}>
      <header>
        <h2>{entry.title}</h2>
        <PrintButton
          button={{ size: 'small' }}
          sheets={() => (
            <PrintSheet
              title={entry.title}
              issuer={entry.source.org || undefined}
              printedBy={`${session.account.name} · ${session.assignment.org_name}`}
            >
              <Head entry={entry} name={name} />
              <DocumentBody resource={entry.resource} />
            </PrintSheet>
          )}
        />
      </header>
      <Head entry={entry} name={name} />
      <DocumentBody resource={entry.resource} />
    </article>
  );
}

/** Whose, when, from where: on the screen and on paper. */
function Head({ entry, name }: { entry: Entry; name: string }) {
  return (
    <p className="lt-muted lt-figures record-plain">
      {[name, momentText(entry.at), sourceText(entry.source)].filter(Boolean).join(' · ')}
      {entry.state && ` · ${stateText(entry.state)}`}
    </p>
  );
}
