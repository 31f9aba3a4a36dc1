/** How a licence stands: in order, soon to run out, over. */
import dayjs from 'dayjs';
import type { Tone } from '@/kit/tokens';

/** Before this many days a licence is renewed, not missed. */
const SOON_DAYS = 60;

export interface LicenceState {
  tone: Tone;
  /** Text key below `network.licence-state`. */
  name: 'valid' | 'soon' | 'over' | 'lasting';
  days_left: number | null;
}

/** Its last day is the last on which it holds. */
export function licenceState(expires_on: string | null | undefined, now: number): LicenceState {
  if (!expires_on) return { tone: 'done', name: 'lasting', days_left: null };
  const days_left = dayjs(expires_on).startOf('day').diff(dayjs(now).startOf('day'), 'day');
  if (days_left < 0) return { tone: 'overdue', name: 'over', days_left };
  if (days_left <= SOON_DAYS) return { tone: 'soon', name: 'soon', days_left };
  return { tone: 'done', name: 'valid', days_left };
}

/** The worst state of somebody's licences. */
export function worstLicence(
  licences: { expires_on?: string | null }[],
  now: number,
): LicenceState | null {
  const order = ['over', 'soon', 'valid', 'lasting'];
  const states = licences.map((one) => licenceState(one.expires_on, now));
  return states.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))[0] ?? null;
}
