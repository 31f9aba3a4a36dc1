/** What came back, and the plan for care at home. */
import { CheckOutlined, CloseOutlined } from '@ant-design/icons';
import { t } from '@/i18n';
import { DateTime } from '@/kit/DateTime';
import { StatusTag } from '@/kit/StatusTag';
import { listed, parted, withNote } from '@/kit/words';
import { useConceptNames, useOptions } from '../api';
import type { Diagnosis, ReferralView } from '../types';
import { ruleText } from '../words';

export function diagnosesText(diagnoses: Diagnosis[]): string {
  return parted(diagnoses.map((one) => withNote(one.display, one.code)));
}

function Part({ name, text }: { name: string; text?: string | null }) {
  if (!text) return null;
  return (
    <div className="referral-part">
      <h3>{t(`referral.field.${name}`)}</h3>
      <p>{text}</p>
    </div>
  );
}

export function DischargeView({ referral }: { referral: ReferralView }) {
  const { discharge } = referral;
  if (!discharge) return null;
  const { summary } = discharge;
  const stay = Boolean(discharge.discharged_at);
  return (
    <div className="referral-sheet">
      <p className="lt-muted">
        {referral.to.org_name} · {discharge.by_name} · <DateTime at={discharge.returned_at} />
      </p>
      <Part
        name={stay ? 'discharge-diagnoses' : 'diagnoses'}
        text={diagnosesText(summary.diagnoses)}
      />
      <Part name="findings" text={summary.findings} />
      <Part name="course" text={summary.treatment} />
      <Part name="end-condition" text={summary.condition} />
      <Part name="advice" text={summary.advice} />
      <Part name="discharged-on" text={summary.discharged_on} />
    </div>
  );
}

export function DownPlanView({ referral }: { referral: ReferralView }) {
  const { down_plan } = referral;
  const options = useOptions();
  if (!down_plan) return null;
  const { plan, formulary } = down_plan;
  const nameOf = (code: string) => {
    const item = options.data?.stability.find((one) => one.code === code);
    return item ? ruleText(item) : code;
  };
  const checkOf = (code: string) => {
    const found = formulary.find((one) => one.code === code);
    // What the patient takes already is nothing to change to.
    const taken = (prefix: string) => plan.drugs.some((drug) => drug.code.startsWith(prefix));
    return (
      found && { ...found, alternatives: found.alternatives.filter((prefix) => !taken(prefix)) }
    );
  };
  return (
    <div className="referral-sheet">
      <p className="lt-muted">
        {down_plan.proposed_by} · <DateTime at={down_plan.proposed_at} />
        {down_plan.accepted_at && (
          <>
            {' · '}
            {t('referral.state.community-accepted')} <DateTime at={down_plan.accepted_at} />
          </>
        )}
      </p>
      <Part name="discharge-diagnoses" text={diagnosesText(plan.diagnoses)} />
      <div className="referral-part">
        <h3>{t('referral.down.stability')}</h3>
        <ul className="referral-checks">
          {Object.entries(plan.stability).map(([code, met]) => (
            <li key={code}>
              {met ? <CheckOutlined aria-hidden="true" /> : <CloseOutlined aria-hidden="true" />}{' '}
              {nameOf(code)}
              <span className="lt-visually-hidden"> {t(met ? 'kit.yes' : 'kit.no')}</span>
            </li>
          ))}
        </ul>
      </div>
      {plan.drugs.length > 0 && (
        <div className="referral-part">
          <h3>{t('referral.down.drugs')}</h3>
          <ul className="referral-checks">
            {plan.drugs.map((drug) => (
              <li key={drug.code}>
                <b>{drug.display}</b> {drug.dose}
                {drug.days ? ` · ${t('referral.down.for-days', { n: drug.days })}` : ''}{' '}
                <DrugCheck check={checkOf(drug.code)} />
              </li>
            ))}
          </ul>
        </div>
      )}
      <Part name="goal" text={plan.rehabilitation_goal} />
      <Part name="precautions" text={plan.precautions} />
      <div className="referral-part">
        <h3>{t('referral.down.days')}</h3>
        <p>{listed(down_plan.follow_up_days.map((n) => t('referral.follow-up.day', { n })))}</p>
      </div>
    </div>
  );
}

function DrugCheck({ check }: { check?: { available: boolean; alternatives: string[] } }) {
  const instead = useConceptNames('drug', check?.alternatives ?? []);
  if (!check) return null;
  if (check.available) {
    return <StatusTag plain tone="done" label={t('referral.down.in-formulary')} />;
  }
  return (
    <StatusTag
      plain
      tone="overdue"
      label={
        instead.length > 0
          ? t('referral.down.not-in-formulary-instead', { names: listed(instead) })
          : t('referral.down.not-in-formulary')
      }
    />
  );
}
