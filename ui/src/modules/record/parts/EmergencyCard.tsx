/** What an emergency room reads in ten seconds; the same on paper. */
import { QuestionCircleFilled, ReloadOutlined, WarningFilled } from '@ant-design/icons';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useCan, useSession } from '@/api/session';
import { t } from '@/i18n';
import { Masked } from '@/kit/Masked';
import { PathLink } from '@/kit/PathLink';
import { PrintButton } from '@/kit/Print';
import { LinesSkeleton } from '@/kit/Skeletons';
import { relativeText, useNow } from '@/kit/time';
import { unmask } from '../api';
import { isReferral } from '../fhir/entries';
import type { ServiceRequest } from '../fhir/resource';
import { sourceText } from '../fhir/source';
import type { Fact } from '../fhir/summary';
import { millisOf, momentText } from '../fhir/times';
import { type Part, type Summary, useSummary } from '../fhir/useSummary';
import type { PatientRecord } from '../types';
import { EmergencySheet } from './EmergencySheet';
import { FlagMark } from './FlagMark';
import { Hidden } from './Hidden';

export function EmergencyCard({ record }: { record: PatientRecord }) {
  const { patient } = record;
  const summary = useSummary(patient.id, patient);
  const session = useSession();
  return (
    <div className="record-summary">
      <div className="record-summary-tools">
        <span className="lt-muted">{t('record.summary.hint')}</span>
        <span className="lt-table-spacer" />
        <Button icon={<ReloadOutlined />} onClick={summary.readAgain}>
          {t('record.chart.again')}
        </Button>
        <PrintButton
          label={t('kit.action.print')}
          button={{ disabled: summary.pending }}
          sheets={() => (
            <EmergencySheet
              record={record}
              summary={summary}
              issuer={session.assignment.org_name}
              printedBy={session.account.name}
            />
          )}
        />
      </div>
      {session.assignment.role !== 'resident' && <Hidden patient_id={patient.id} />}
      <div className="record-summary-grid">
        <div className="record-summary-first">
          <Allergies summary={summary} />
          <Blood summary={summary} />
        </div>
        <div className="record-summary-stack">
          <Block
            title={t('record.summary.problems')}
            part={summary.problems}
            none={t('record.summary.no-problems')}
          >
            <Facts facts={summary.problems.content} />
          </Block>
          <Block
            title={t('record.summary.drugs')}
            part={summary.drugs}
            none={t('record.summary.no-drugs')}
          >
            <Facts facts={summary.drugs.content} />
          </Block>
          <Contacts record={record} />
        </div>
        <div className="record-summary-stack">
          <Block
            title={t('record.summary.results')}
            part={summary.results}
            none={t('record.summary.no-results')}
          >
            <Results facts={summary.results.content} />
          </Block>
          <Referrals summary={summary} />
        </div>
      </div>
    </div>
  );
}

interface BlockProps {
  title: string;
  part: Part<unknown>;
  /** Said when it was read and holds nothing. */
  none: string;
  tone?: string;
  children: ReactNode;
}

/** A part of the card. What could not be read is said in it, above what is known anyway. */
function Block({ title, part, none, tone, children }: BlockProps) {
  const empty = Array.isArray(part.content) && part.content.length === 0;
  return (
    <section className="record-summary-block" data-tone={tone}>
      <h2>{title}</h2>
      {part.failed && (
        <p className="record-summary-failed" role="alert">
          <WarningFilled aria-hidden="true" /> {t('record.summary.failed')}
        </p>
      )}
      {part.pending && <LinesSkeleton rows={2} />}
      {!part.pending && empty && !part.failed && <p className="lt-muted">{none}</p>}
      {children}
      {part.cut && <p className="lt-muted">{t('record.summary.cut')}</p>}
    </section>
  );
}

/** The first thing to see. "Not asked" looks like a danger, because it is one. */
function Allergies({ summary }: { summary: Summary }) {
  const { knowledge, facts } = summary.allergies.content;
  const settled = !summary.allergies.pending && !summary.allergies.failed;
  return (
    <Block
      title={t('record.allergies')}
      part={summary.allergies}
      none=""
      tone={knowledge === 'known' ? 'emergency' : knowledge === 'none' && settled ? 'done' : 'soon'}
    >
      {facts.length > 0 && (
        <ul className="record-summary-allergies">
          {facts.map((fact) => (
            <li key={fact.key} title={sourceText(fact.source)}>
              <b>
                {fact.severe && <WarningFilled aria-hidden="true" />} {fact.text}
              </b>{' '}
              {fact.note} {fact.severe && <span>{t('record.severe-allergy')}</span>}
              <span className="record-summary-from">
                {sourceText(fact.source)} {momentText(fact.at)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {settled && knowledge === 'none' && (
        <p className="record-summary-big">{t('record.no-known-allergies')}</p>
      )}
      {!summary.allergies.pending && knowledge === 'not-asked' && (
        <p className="record-summary-big">
          <QuestionCircleFilled aria-hidden="true" /> {t('record.summary.allergies-unknown')}
          <span className="record-summary-from">{t('record.summary.allergies-unknown-hint')}</span>
        </p>
      )}
    </Block>
  );
}

function Blood({ summary }: { summary: Summary }) {
  const { content, pending, failed } = summary.blood;
  return (
    <Block
      title={t('record.summary.blood')}
      part={summary.blood}
      none={t('record.summary.no-blood')}
      tone={content.length > 1 ? 'emergency' : undefined}
    >
      {content.map((fact) => (
        <p key={fact.key} className="record-summary-big">
          {fact.text}
          <span className="record-summary-from">
            {fact.note} · {sourceText(fact.source)} · {momentText(fact.at)}
          </span>
        </p>
      ))}
      {content.length > 1 && <p role="alert">{t('record.summary.blood-differs')}</p>}
      {!pending && !failed && <p className="lt-muted">{t('record.summary.blood-hint')}</p>}
    </Block>
  );
}

function Facts({ facts }: { facts: Fact[] }) {
  return (
    <ul className="record-summary-facts">
      {facts.map((fact) => (
        <li key={fact.key}>
          <span>
            <b>{fact.text}</b> <span className="record-summary-note">{fact.note}</span>
          </span>
          <span className="record-summary-from">
            {[sourceText(fact.source), momentText(fact.at).slice(0, 10)]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Results({ facts }: { facts: Fact[] }) {
  const now = useNow();
  return (
    <ul className="record-summary-facts">
      {facts.map((fact) => {
        const at_ms = millisOf(fact.at);
        return (
          <li key={fact.key}>
            <span>
              {fact.text} <b className="lt-figures">{fact.note}</b>{' '}
              {fact.flag && <FlagMark flag={fact.flag} />}
            </span>
            <span className="record-summary-from lt-figures" title={sourceText(fact.source)}>
              {momentText(fact.at)}
              {at_ms !== null && ` · ${relativeText(new Date(at_ms).toISOString(), now)}`}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Referrals({ summary }: { summary: Summary }) {
  const may = useCan()('referral.read');
  return (
    <Block
      title={t('record.summary.referrals')}
      part={summary.referrals}
      none={t('record.summary.no-referrals')}
    >
      <ul className="record-summary-facts">
        {summary.referrals.content.map((entry) => (
          <li key={entry.address}>
            <span>
              {may && isReferral(entry.resource as ServiceRequest) ? (
                <PathLink to={`/referral/${entry.resource.id}`}>{entry.title}</PathLink>
              ) : (
                entry.title
              )}{' '}
              <span className="record-summary-note">{entry.says}</span>
            </span>
            <span className="record-summary-from lt-figures">{momentText(entry.at)}</span>
          </li>
        ))}
      </ul>
    </Block>
  );
}

function Contacts({ record }: { record: PatientRecord }) {
  const { patient } = record;
  const may = record.actions.includes('unmask');
  const people = [...(patient.guardian ? [patient.guardian] : []), ...patient.contacts];
  return (
    <section className="record-summary-block" data-last>
      <h2>{t('record.summary.contacts')}</h2>
      {people.length === 0 && !patient.phone && (
        <p className="lt-muted">{t('record.summary.no-contacts')}</p>
      )}
      <ul className="record-summary-facts">
        {patient.phone && (
          <li>
            <span>{t('record.summary.own-phone')}</span>
            <Masked
              masked={patient.phone}
              reveal={may ? () => unmask(patient.id, { field: 'phone' }) : undefined}
            />
          </li>
        )}
        {people.map((one, index) => (
          <li key={index}>
            <span>
              <b>{one.name}</b> {one.relation || t('record.field.guardian')}
            </span>
            {one.phone && (
              <Masked
                masked={one.phone}
                reveal={may ? () => unmask(patient.id, { field: 'contacts' }) : undefined}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
