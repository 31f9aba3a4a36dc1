/** How a case ended or was answered: stands above everything else. */
import { Alert, Rate } from 'antd';
import { t, textOr } from '@/i18n';
import { DateTime } from '@/kit/DateTime';
import { PathLink } from '@/kit/PathLink';
import { pair } from '@/kit/words';
import { useConcepts } from '../api';
import type { ReferralView } from '../types';
import { conceptText, stateText } from '../words';

export function AdviceView({ referral }: { referral: ReferralView }) {
  const { advice, content } = referral;
  if (referral.kind !== 'advice') return null;
  return (
    <section className="lt-section referral-advice">
      <h2 className="lt-section-title">{t('referral.field.question')}</h2>
      <p>{content.question}</p>
      {advice && (
        <>
          <h2 className="lt-section-title">{t('referral.field.answer')}</h2>
          <p>{advice.text}</p>
          <p className="lt-muted">
            {t(`referral.advice.${advice.suggests}`)} · {advice.by_name} ·{' '}
            <DateTime at={advice.at} />
          </p>
          {advice.became_id && (
            <PathLink to={`/referral/${advice.became_id}`}>{t('referral.advice.became')}</PathLink>
          )}
        </>
      )}
    </section>
  );
}

const REFUSED = new Set(['rejected', 'expired', 'no-show']);

export function OutcomeView({ referral }: { referral: ReferralView }) {
  const { outcome, reason, state } = referral;
  const refusals = useConcepts('referral-refusal', Boolean(reason));
  const withdrawals = useConcepts('referral-withdrawal', Boolean(reason));
  const known = [...(refusals.data ?? []), ...(withdrawals.data ?? [])];
  const concept = known.find((one) => one.code === reason?.code);
  if (outcome) {
    return (
      <Alert
        type="success"
        showIcon
        className="referral-ending"
        title={pair(stateText(state), t(`referral.outcome.${outcome.result}`))}
        description={
          <>
            {outcome.text && <p className="referral-plain">{outcome.text}</p>}
            <span className="lt-muted">{t('referral.field.satisfaction')}</span>{' '}
            {outcome.satisfaction ? (
              <Rate disabled value={outcome.satisfaction} />
            ) : (
              t('referral.close.not-asked')
            )}
          </>
        }
      />
    );
  }
  if (!reason) return null;
  const name = concept
    ? conceptText(concept)
    : textOr(reason.code, `referral.reason-code.${reason.code}`);
  return (
    <Alert
      type={REFUSED.has(state) ? 'error' : 'info'}
      showIcon
      className="referral-ending"
      title={`${stateText(state)} · ${pair(t('kit.form.reason'), name)}`}
      description={
        <>
          {reason.text && <p className="referral-plain">{reason.text}</p>}
          <span className="lt-muted">
            {reason.by_name} · <DateTime at={reason.at} />
          </span>
        </>
      }
    />
  );
}
