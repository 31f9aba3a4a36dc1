/** The patient, to be understood in ten seconds. */
import { FlagFilled, WarningFilled } from '@ant-design/icons';
import { t } from '@/i18n';
import { PathLink } from '@/kit/PathLink';
import { useNow } from '@/kit/time';
import { pair, parted } from '@/kit/words';
import type { Referral } from '../types';
import { ageYears } from '../words';
import { flagText, KindTag, sexAge } from './bits';
import { allergiesText, useReasonText, VitalList } from './Clinical';

export function PatientCardView({ referral, compact }: { referral: Referral; compact?: boolean }) {
  const now = useNow();
  const { patient, content } = referral;
  const reason = useReasonText(content);
  const main = content.diagnoses[0];
  const flags = referral.suggestion?.red_flags ?? [];
  const allergic = content.allergies.length > 0;
  return (
    <div className="referral-card">
      <div className="referral-card-name">
        <PathLink to={`/record/patients/${referral.patient_id}`}>{patient.name}</PathLink>
        <span>{sexAge(patient.sex, ageYears(patient.birth_date, now))}</span>
        <KindTag kind={referral.kind} priority={content.priority} />
      </div>
      <p className="lt-muted lt-figures referral-card-numbers">
        {[patient.identifier_masked, patient.phone_masked].filter(Boolean).join(' · ')}
      </p>
      {flags.length > 0 && (
        <p className="referral-alarm" data-tone="emergency">
          <FlagFilled aria-hidden="true" /> {parted(flags.map(flagText))}
        </p>
      )}
      <p className="referral-alarm" data-tone={allergic ? 'overdue' : 'neutral'}>
        {allergic && <WarningFilled aria-hidden="true" />}{' '}
        {pair(t('referral.field.allergies'), allergiesText(content))}
      </p>
      {referral.readmission && <ReadmissionNote referral={referral} />}
      {!compact && (
        <>
          <h3>{t('referral.field.diagnosis')}</h3>
          <p>
            {main ? (
              <b>
                {main.display} <span className="lt-figures">{main.code}</span>
              </b>
            ) : (
              <span className="lt-muted">—</span>
            )}
            {content.diagnoses.length > 1 && (
              <span className="lt-muted">
                {' '}
                {t('referral.card.more-diagnoses', { n: content.diagnoses.length - 1 })}
              </span>
            )}
          </p>
          <h3>{t('referral.field.reason')}</h3>
          <p>{reason || '—'}</p>
          <h3>{t('referral.field.vitals')}</h3>
          <VitalList signs={content.vital_signs} />
        </>
      )}
    </div>
  );
}

/** A return to hospital soon after a discharge, with the way to the other stay. */
export function ReadmissionNote({ referral }: { referral: Referral }) {
  const back = referral.readmission;
  if (!back) return null;
  const text = t(`referral.readmission.${back.other_is}`, { n: back.days });
  return (
    <p className="referral-alarm" data-tone="soon">
      <WarningFilled aria-hidden="true" /> {text}{' '}
      {back.referral_id && (
        <PathLink to={`/referral/${back.referral_id}`}>{t('referral.readmission.open')}</PathLink>
      )}
    </p>
  );
}
