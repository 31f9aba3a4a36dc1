/**
 * When this person last looked at a record. The server's log of looks is for the patient and the
 * privacy officers, so the browser keeps it: an id and two times, under the account.
 */
import { readOwn, writeOwn } from '@/kit/storage';

const NAME = 'record.looks';
/** Going back and forth between screens is one look. */
export const SAME_LOOK_MS = 30 * 60_000;
/** Records remembered at most; the one looked at longest ago is forgotten first. */
const RECORDS_MAX = 300;

export interface Look {
  /** The look before this one. */
  before_ms: number | null;
  /** This one, as far as it has gone on. */
  latest_ms: number;
}

export type Looks = Record<string, Look>;

/** The look that is under way now. */
export function lookNow(known: Look | undefined, now_ms: number): Look {
  if (!known) return { before_ms: null, latest_ms: now_ms };
  const same = now_ms - known.latest_ms < SAME_LOOK_MS;
  return { before_ms: same ? known.before_ms : known.latest_ms, latest_ms: now_ms };
}

export function remember(looks: Looks, patient_id: string, look: Look): Looks {
  const all = Object.entries({ ...looks, [patient_id]: look });
  all.sort(([, one], [, other]) => other.latest_ms - one.latest_ms);
  return Object.fromEntries(all.slice(0, RECORDS_MAX));
}

/** Notes that the record is looked at; answers when it was before, `null` for the first time. */
export function noteLook(patient_id: string, now_ms: number): number | null {
  const looks = readOwn<Looks>(NAME) ?? {};
  const look = lookNow(looks[patient_id], now_ms);
  writeOwn(NAME, remember(looks, patient_id, look));
  return look.before_ms;
}
