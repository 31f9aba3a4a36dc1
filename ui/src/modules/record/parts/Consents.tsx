/** What the patient said on who may read the record. */
import { PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DateTime } from '@/kit/DateTime';
import { Section } from '@/kit/Page';
import { PrintButton } from '@/kit/Print';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { dateTimeText } from '@/kit/time';
import { pair, parted } from '@/kit/words';
import { useConsents, withdrawConsent } from '../api';
import type { Consent, PatientRecord } from '../types';
import { ConsentForm } from './ConsentForm';
import { ConsentSheet } from './ConsentSheet';
import { useConsentWords } from './consentWords';

export function Consents({ record }: { record: PatientRecord }) {
  const [open, setOpen] = useState(false);
  return (
    <Section
      title={t('record.consent.title')}
      extra={
        record.actions.includes('give-consent') && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setOpen(true)}>
            {t('record.consent.give')}
          </Button>
        )
      }
    >
      <ConsentList id={record.patient.id} may={record.actions.includes('withdraw-consent')} />
      {open && (
        <ConsentForm
          patient_id={record.patient.id}
          age_years={record.age_years}
          guardian={record.patient.guardian}
          onClose={() => setOpen(false)}
        />
      )}
    </Section>
  );
}

/** Those in force, and behind them those that ended. */
export function ConsentList({ id, may }: { id: string; may: boolean }) {
  const consents = useConsents(id);
  if (consents.isPending) return <LinesSkeleton rows={4} />;
  if (!consents.data) {
    return <ErrorState error={consents.error} onRetry={() => void consents.refetch()} />;
  }
  const inForce = consents.data.filter((one) => stateOf(one) === 'active');
  const ended = consents.data.filter((one) => stateOf(one) !== 'active');
  return (
    <>
      {inForce.length === 0 && (
        <EmptyState
          title={t(ended.length > 0 ? 'record.consent.none-in-force' : 'record.consent.none')}
          hint={t('record.consent.none-hint')}
        />
      )}
      <ul className="record-list">
        {inForce.map((consent) => (
          <ConsentRow key={consent.id} consent={consent} may={may} />
        ))}
      </ul>
      {ended.length > 0 && (
        <details className="record-ended">
          <summary>{t('record.consent.ended', { n: ended.length })}</summary>
          <ul className="record-list">
            {ended.map((consent) => (
              <ConsentRow key={consent.id} consent={consent} may={false} />
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function stateOf(consent: Consent): 'active' | 'withdrawn' | 'expired' {
  if (consent.state === 'withdrawn') return 'withdrawn';
  const end = consent.expires_at;
  return end && Date.parse(end) < serverNow() ? 'expired' : 'active';
}

function ConsentRow({ consent, may }: { consent: Consent; may: boolean }) {
  const words = useConsentWords()(consent);
  const queries = useQueryClient();
  const state = stateOf(consent);
  const active = state === 'active';
  const deny = consent.decision === 'deny';
  const tone = !active ? 'neutral' : deny ? 'soon' : 'done';
  const said = t(`record.consent.decision.${deny ? 'deny' : 'permit'}`);
  const label = active ? said : pair(said, t(`record.consent.state.${state}`));
  const guardian = consent.given_by;
  return (
    <li>
      <span>
        <StatusTag tone={tone} label={label} /> <b>{words.who}</b> {words.reach}
        <span className="record-block">
          {parted([consent.purpose, words.parts, words.time].filter(Boolean))}
        </span>
        {words.sensitive && (
          <span className="record-block">
            {t('record.consent.opens', { list: words.sensitive })}
          </span>
        )}
        <span className="lt-muted">
          <DateTime at={consent.given_at} show="date" /> –{' '}
          {consent.expires_at ? (
            <DateTime at={consent.expires_at} show="date" />
          ) : (
            t('record.consent.until-withdrawn')
          )}
          {` · ${words.author}`}
          {guardian && ` · ${[guardian.relation, guardian.name].filter(Boolean).join(' ')}`}
          {consent.withdrawn_at &&
            ` · ${t('record.consent.withdrawn-at', { at: dateTimeText(consent.withdrawn_at) })}`}
          {consent.withdrawal_reason && ` · ${consent.withdrawal_reason}`}
        </span>
      </span>
      <span className="lt-row">
        <PrintButton
          label={t('record.consent.print')}
          button={{ size: 'small' }}
          sheets={() => <ConsentSheet consent={consent} words={words} />}
        />
        {active && may && (
          <ConfirmAction
            label={t('record.consent.withdraw')}
            title={t('record.consent.withdraw')}
            consequence={t(
              deny
                ? 'record.consent.withdraw-deny-consequence'
                : 'record.consent.withdraw-consequence',
            )}
            note="optional"
            button={{ size: 'small' }}
            onConfirm={async ({ note }) => {
              await withdrawConsent(consent, note);
              await queries.invalidateQueries({ queryKey: ['consent'] });
            }}
          />
        )}
      </span>
    </li>
  );
}
