import { Button } from 'antd';
import { useState } from 'react';
import { t, textOr } from '@/i18n';
import { Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { listed } from '@/kit/words';
import { FORMS } from '../dialogs/forms';
import type { ActionName, OpenAction, ReferralView } from '../types';
import { ACTION_ORDER, APART, actionText } from '../words';

export interface CaseActionsProps {
  referral: ReferralView;
  onAct: (action: ActionName) => void;
}

/** What can be done now: one action first, the others quieter, those that end something apart. */
export function CaseActions({ referral, onAct }: CaseActionsProps) {
  const go = useGo();
  const open = ACTION_ORDER.filter((name) =>
    referral.actions.some((one) => one.action === name && one.allowed),
  );
  const usual = open.filter((name) => !APART.has(name));
  const apart = open.filter((name) => APART.has(name));
  function take(name: ActionName) {
    if (name === 'edit') go(`/referral/new?draft=${referral.id}`);
    else if (name === 'record-follow-up') {
      go(`/referral/${referral.id}?tab=follow-ups`, { replace: true });
      document.getElementById('referral-centre')?.scrollIntoView({ block: 'start' });
    } else if (FORMS[name]) onAct(name);
  }
  return (
    <Section title={t('referral.next')}>
      {open.length === 0 && <p className="lt-muted referral-plain">{t('referral.actions.none')}</p>}
      <div className="referral-actions">
        {usual.map((name, index) => (
          <Button
            key={name}
            block
            type={index === 0 ? 'primary' : 'default'}
            onClick={() => take(name)}
          >
            {actionText(name, referral.kind)}
          </Button>
        ))}
      </div>
      {apart.length > 0 && (
        <div className="referral-actions-apart">
          {apart.map((name) => (
            <Button key={name} danger type="text" onClick={() => take(name)}>
              {actionText(name, referral.kind)}
            </Button>
          ))}
        </div>
      )}
      <WhyNot referral={referral} />
    </Section>
  );
}

/** Not worth an explanation: they are never part of this case. */
const SILENT = new Set(['referral.not-for-this-kind', 'referral.ended', 'referral.clock-only']);

/** Why the other actions are missing, on request. */
function WhyNot({ referral }: { referral: ReferralView }) {
  const [shown, setShown] = useState(false);
  const missing = referral.actions.filter(
    (one) =>
      !one.allowed &&
      one.reason_code &&
      !SILENT.has(one.reason_code) &&
      ACTION_ORDER.includes(one.action),
  );
  if (missing.length === 0) return null;
  return (
    <div className="referral-why">
      <button
        type="button"
        className="lt-link"
        aria-expanded={shown}
        onClick={() => setShown(!shown)}
      >
        {t('referral.actions.why')}
      </button>
      {shown && (
        <dl>
          {groups(missing).map(([code, actions]) => (
            <div key={code}>
              <dt>{listed(actions.map((one) => actionText(one.action, referral.kind)))}</dt>
              <dd className="lt-muted">
                {textOr(code, `referral.closed.${code.split('.').at(-1)}`)}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

function groups(actions: OpenAction[]): [string, OpenAction[]][] {
  const found = new Map<string, OpenAction[]>();
  for (const one of actions) {
    const code = one.reason_code ?? '';
    found.set(code, [...(found.get(code) ?? []), one]);
  }
  return [...found];
}
