/** What a member is offered whose place was taken back. */
import type { Offer } from './types';

/** What the alert says. */
export interface Withdrawn {
  /** Why: `session-stopped`. */
  reason?: string;
  /** Whose place it was. */
  org?: string;
  start_at?: string | null;
  /** What it was held for: `referral`, `desk`, `waitlist`. */
  owner_kind?: string;
  owner_id?: string;
  alternatives?: Offer[];
}

/** The places that can still be taken: an appointment that began is none. */
export function instead({ alternatives }: Withdrawn, now_ms: number): Offer[] {
  return (alternatives ?? []).filter(
    ({ place, start_at }) => place.kind === 'bed' || Date.parse(start_at) > now_ms,
  );
}
