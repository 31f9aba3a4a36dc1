/** Right of a case: what is held until when, and who is on either side. */
import { t } from '@/i18n';
import { Clock } from '@/kit/Clock';
import { DateTime } from '@/kit/DateTime';
import { type Fact, Facts, Section } from '@/kit/Page';
import type { Party, ReferralView } from '../types';

export function HoldSection({ referral }: { referral: ReferralView }) {
  const { hold, expected_at, encounter, acceptance_note } = referral;
  const facts: Fact[] = [];
  const add = (name: string, value: Fact['value']) =>
    facts.push({ label: t(`referral.field.${name}`), value });
  if (hold) {
    add('place', <b>{hold.place_name}</b>);
    add(
      'held-until',
      <span className="lt-row">
        <DateTime at={hold.until} />
        <Clock plain since={referral.answered_at ?? referral.created_at} due={hold.until} />
      </span>,
    );
    add('pick-up-code', <b className="referral-code lt-figures">{hold.pick_up_code}</b>);
  }
  if (expected_at && !encounter?.arrived_at)
    add('expected', <DateTime at={expected_at} show="both" />);
  if (encounter?.arrived_at) add('arrived-at', <DateTime at={encounter.arrived_at} />);
  if (encounter?.admitted_at) add('admitted-at', <DateTime at={encounter.admitted_at} />);
  if (encounter?.seen_at) add('seen-at', <DateTime at={encounter.seen_at} />);
  if (encounter?.number) add('encounter-number', encounter.number);
  if (encounter?.place_text) add('place-text', encounter.place_text);
  if (encounter?.doctor_name) add('doctor', encounter.doctor_name);
  if (acceptance_note) add('acceptance-note', acceptance_note);
  if (facts.length === 0) return null;
  return (
    <Section title={t(hold ? 'referral.held' : 'referral.encounter')}>
      <Facts items={facts} />
    </Section>
  );
}

export function PartiesSection({ referral }: { referral: ReferralView }) {
  const { from, to, community } = referral;
  const third = community && community.org_id !== from.org_id && community.org_id !== to.org_id;
  return (
    <Section title={t('referral.parties')}>
      <PartyLine label={t('referral.side.sender')} party={from} />
      <PartyLine label={t('referral.side.receiver')} party={to} />
      {third && <PartyLine label={t('referral.side.community')} party={community} />}
    </Section>
  );
}

function PartyLine({ label, party }: { label: string; party: Party }) {
  return (
    <div className="referral-party">
      <span className="lt-muted">{label}</span>
      <b>{party.org_name}</b>
      <span>{[party.department_name, party.doctor_name].filter(Boolean).join(' · ')}</span>
      {party.phone && (
        <a className="lt-figures" href={`tel:${party.phone}`}>
          {party.phone}
        </a>
      )}
    </div>
  );
}
