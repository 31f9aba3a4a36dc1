import type { ReactNode } from 'react';
import { t } from '@/i18n';
import { PrintSheet } from '@/kit/Print';
import { pair, parted } from '@/kit/words';
import { sourceText } from '../fhir/source';
import type { Fact } from '../fhir/summary';
import { momentText } from '../fhir/times';
import type { Part, Summary } from '../fhir/useSummary';
import { flagText } from '../fhir/values';
import type { PatientRecord } from '../types';
import { sexAge } from '../words';

interface EmergencySheetProps {
  record: PatientRecord;
  summary: Summary;
  issuer: string;
  printedBy: string;
}

/** The card on paper: the same order, the same caveats. */
export function EmergencySheet({ record, summary, issuer, printedBy }: EmergencySheetProps) {
  const { patient } = record;
  const { knowledge, facts } = summary.allergies.content;
  const unknown = t('record.summary.allergies-unknown');
  const none =
    knowledge === 'none' && !summary.allergies.failed ? t('record.no-known-allergies') : unknown;
  const people = [...(patient.guardian ? [patient.guardian] : []), ...patient.contacts];
  return (
    <PrintSheet title={t('record.summary.title')} issuer={issuer} printedBy={printedBy}>
      <p>
        <b>{patient.name}</b> {sexAge(patient.sex, record.age_years)} {patient.birth_date}
      </p>
      <table>
        <tbody>
          <Row label={t('record.allergies')} part={summary.allergies}>
            {facts.length === 0 ? <b>{none}</b> : <Lines facts={facts} />}
          </Row>
          <Row label={t('record.summary.blood')} part={summary.blood}>
            <Lines facts={summary.blood.content} none={t('record.summary.no-blood')} />
            <div>{t('record.summary.blood-hint')}</div>
          </Row>
          <Row label={t('record.summary.problems')} part={summary.problems}>
            <Lines facts={summary.problems.content} none={t('record.summary.no-problems')} />
          </Row>
          <Row label={t('record.summary.drugs')} part={summary.drugs}>
            <Lines facts={summary.drugs.content} none={t('record.summary.no-drugs')} />
          </Row>
          <Row label={t('record.summary.results')} part={summary.results}>
            <Lines facts={summary.results.content} none={t('record.summary.no-results')} />
          </Row>
          <Row label={t('record.summary.referrals')} part={summary.referrals}>
            {summary.referrals.content.length === 0 && t('record.summary.no-referrals')}
            {summary.referrals.content.map((entry) => (
              <div key={entry.address}>
                {parted([entry.title, entry.says, momentText(entry.at)].filter(Boolean))}
              </div>
            ))}
          </Row>
          <Row label={t('record.summary.contacts')}>
            {people.length === 0 && !patient.phone && t('record.summary.no-contacts')}
            {patient.phone && <div>{pair(t('record.summary.own-phone'), patient.phone)}</div>}
            {people.map((one, index) => (
              <div key={index}>{[one.name, one.relation, one.phone].filter(Boolean).join(' ')}</div>
            ))}
          </Row>
        </tbody>
      </table>
      <p>{t('record.summary.paper-hint')}</p>
    </PrintSheet>
  );
}

interface RowProps {
  label: string;
  part?: Part<unknown>;
  children: ReactNode;
}

function Row({ label, part, children }: RowProps) {
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>
        {part?.failed && <b>{t('record.summary.failed')}</b>}
        {children}
        {part?.cut && <div>{t('record.summary.cut')}</div>}
      </td>
    </tr>
  );
}

function Lines({ facts, none }: { facts: Fact[]; none?: string }) {
  if (facts.length === 0) return <>{none}</>;
  return (
    <>
      {facts.map((fact) => (
        <div key={fact.key}>
          <b>{fact.text}</b> {fact.note} {fact.flag && flagText(fact.flag)}{' '}
          {fact.severe && t('record.severe-allergy')}{' '}
          <small>
            {[sourceText(fact.source), momentText(fact.at)].filter(Boolean).join(' · ')}
          </small>
        </div>
      ))}
    </>
  );
}
