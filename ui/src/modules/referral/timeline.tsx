/** A case's events and messages as lines that both sides read. */
import { MessageOutlined } from '@ant-design/icons';
import { t, textOr } from '@/i18n';
import type { TimelineItem } from '@/kit/Timeline';
import type { Tone } from '@/kit/tokens';
import { pair } from '@/kit/words';
import type { ReferralView, TimelineEntry } from './types';

const TONES: Record<string, Tone> = {
  'referral.submitted': 'waiting',
  'referral.accepted': 'active',
  'referral.arrived': 'active',
  'referral.admitted': 'active',
  'referral.seen': 'active',
  'referral.results-returned': 'done',
  'referral.community-accepted': 'done',
  'referral.closed': 'done',
  'referral.answered': 'done',
  'referral.escalated': 'overdue',
  'referral.expired': 'overdue',
  'referral.rejected': 'overdue',
  'referral.no-show': 'overdue',
  'referral.overdue': 'overdue',
  'referral.deceased': 'emergency',
  'referral.readmission-flagged': 'soon',
};

/** What happened, in a few words. */
export function eventText(entry: Pick<TimelineEntry, 'event' | 'detail'>): string {
  const name = entry.event.replace('.', '-');
  return textOr(
    entry.event,
    `referral.event.${name}`,
    `referral.event.${entry.event.split('.').at(-1)}`,
  );
}

/** The role's word, and nothing for the server itself. */
function roleText(role: string): string {
  return role ? textOr(role, `referral.role.${role}`) : '';
}

/** The sender stands left, everybody else right. */
export function timelineItems(entries: TimelineEntry[], referral: ReferralView): TimelineItem[] {
  return entries.map((entry) => {
    const system = entry.role === 'system' || entry.role === '';
    const who = system
      ? t('referral.role.system')
      : [entry.org_name, roleText(entry.role), entry.by_name].filter(Boolean).join(' · ');
    const message = entry.event === 'message';
    return {
      id: entry.id,
      at: entry.at,
      title: message ? t('referral.event.message') : eventText(entry),
      who,
      side: entry.org_id === referral.from.org_id ? 'left' : 'right',
      tone: message ? 'active' : (TONES[entry.event] ?? 'neutral'),
      icon: message ? <MessageOutlined /> : undefined,
      body: message ? (
        <p className="referral-message">{entry.text}</p>
      ) : (
        detailText(entry, referral) || undefined
      ),
    };
  });
}

/** What of an event's detail is worth a line: reasons, and where a case was passed on to. */
function detailText(entry: TimelineEntry, referral: ReferralView): string {
  const { reason_code: code, days } = entry.detail;
  if (entry.event === 'referral.readmission-flagged' && typeof days === 'number') {
    return t('referral.readmission.days', { n: days });
  }
  if (typeof code !== 'string' || code === '') return '';
  const words = referral.reason?.code === code ? referral.reason.text : null;
  const name = textOr('', `referral.reason-code.${code}`);
  return name && words ? pair(name, words) : name || (words ?? '');
}
