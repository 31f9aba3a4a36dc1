/** What the sending doctor wrote, for reading. */
import { WarningFilled } from '@ant-design/icons';
import { t } from '@/i18n';
import { dateTimeText } from '@/kit/time';
import { listed, pair, parted } from '@/kit/words';
import { useConcepts, useOptions } from '../api';
import type { Content, VitalSigns } from '../types';
import { shownVitals } from '../vitals';
import { conceptText, ruleText } from '../words';
import { diagnosesText } from './Documents';

export function VitalList({ signs }: { signs: VitalSigns }) {
  const options = useOptions();
  const shown = shownVitals(signs, options.data?.vital_signs);
  if (shown.length === 0) return <span className="lt-muted">{t('referral.vital.none')}</span>;
  return (
    <ul className="referral-vitals">
      {shown.map((vital) => (
        <li key={vital.name} data-unusual={vital.unusual}>
          <span className="lt-muted">{vital.label}</span> <b className="lt-figures">{vital.text}</b>
          {vital.unusual && (
            <span className="referral-unusual">
              <WarningFilled aria-hidden="true" title={t('referral.vital.unusual')} />
              <span className="lt-visually-hidden"> {t('referral.vital.unusual')}</span>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

export function allergiesText(content: Pick<Content, 'allergies' | 'no_known_allergies'>): string {
  if (content.allergies.length > 0) return listed(content.allergies);
  return t(content.no_known_allergies ? 'referral.allergy.none' : 'referral.allergy.not-asked');
}

/** The reason's name from the catalogue, with the doctor's own words. */
export function useReasonText(content: Content): string {
  const reasons = useConcepts('referral-reason');
  const found = reasons.data?.find((one) => one.code === content.reason_code);
  const name = found ? conceptText(found) : content.reason_code;
  return content.reason_text ? pair(name, content.reason_text) : name;
}

/** Ticked danger signs in words. */
export function useSignTexts(codes: string[]): string[] {
  const options = useOptions();
  return codes.map((code) => {
    const item = options.data?.danger_signs.find((one) => one.code === code);
    return item ? ruleText(item) : code;
  });
}

function Part({ title, text }: { title: string; text?: string | null }) {
  if (!text) return null;
  return (
    <div className="referral-part">
      <h3>{title}</h3>
      <p>{text}</p>
    </div>
  );
}

/** The whole content in the order a doctor reads. */
export function ClinicalSheet({ content }: { content: Content }) {
  const reason = useReasonText(content);
  const signs = useSignTexts(content.danger_signs);
  const { consent, exam } = content;
  const measured = content.vital_signs.measured_at;
  return (
    <div className="referral-sheet">
      <Part title={t('referral.field.question')} text={content.question} />
      {exam && (
        <Part
          title={t('referral.field.exam')}
          text={[exam.item_display, exam.part, exam.preparation].filter(Boolean).join(' · ')}
        />
      )}
      <Part title={t('referral.field.reason')} text={reason} />
      <Part title={t('referral.field.diagnoses')} text={diagnosesText(content.diagnoses)} />
      <Part title={t('referral.field.danger-signs')} text={parted(signs)} />
      <div className="referral-part">
        <h3>
          {t('referral.field.vitals')}
          {measured && <span className="lt-muted"> {dateTimeText(measured)}</span>}
        </h3>
        <VitalList signs={content.vital_signs} />
      </div>
      <Part title={t('referral.field.condition')} text={content.condition} />
      <Part title={t('referral.field.treatment')} text={content.treatment} />
      <Part title={t('referral.field.precautions')} text={content.precautions} />
      <Part title={t('referral.field.allergies')} text={allergiesText(content)} />
      {consent && (
        <Part
          title={t('referral.field.consent')}
          text={[
            t(`referral.consent.by.${consent.given_by}`),
            consent.name,
            t(`referral.consent.form.${consent.form}`),
            dateTimeText(consent.at),
          ]
            .filter(Boolean)
            .join(' · ')}
        />
      )}
    </div>
  );
}
