/** Someone was faster: what they did, and whether one's own action is still open. */
import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useRef } from 'react';
import { call } from '@/api/client';
import { t } from '@/i18n';
import { dateTimeText } from '@/kit/time';
import { pair } from '@/kit/words';
import { readTimeline } from '../api';
import { eventText } from '../timeline';
import type { ActionName, ReferralView, State, TimelineEntry } from '../types';
import { stateText } from '../words';

export interface Newest {
  view: ReferralView;
  before: State;
  since: TimelineEntry[];
  open: boolean;
}

/** Reads the case again once a command was refused as stale. */
export function useNewest(seen: ReferralView, stale: boolean, action?: ActionName): Newest | null {
  const opened = useRef(Date.now());
  const found = useQuery({
    queryKey: ['referral', seen.id, 'newest', seen.version],
    queryFn: async ({ signal }) => {
      const view = await call<ReferralView>('GET', `/api/referrals/${seen.id}`, { signal });
      return { view, entries: await readTimeline(seen.id, signal) };
    },
    enabled: stale,
    staleTime: 0,
  });
  if (!found.data) return null;
  const { view, entries } = found.data;
  const since = entries.filter((entry) => Date.parse(entry.at) > opened.current - LOOK_BACK_MS);
  const open = !action || view.actions.some((one) => one.action === action && one.allowed);
  return { view, before: seen.state, since: since.slice(-SHOWN_MAX), open };
}

/** The page may have been open a while before the dialog was. */
const LOOK_BACK_MS = 10 * 60_000;
const SHOWN_MAX = 4;

export function StaleNote({ newest }: { newest: Newest | null }) {
  const changed = newest && newest.view.state !== newest.before;
  return (
    <Alert
      type="warning"
      showIcon
      role="alert"
      className="referral-stale"
      title={t('kit.error.stale')}
      description={
        newest && (
          <>
            {changed && (
              <p className="referral-plain">
                {t('referral.stale.state', {
                  before: stateText(newest.before),
                  after: stateText(newest.view.state),
                })}
              </p>
            )}
            <ul>
              {newest.since.map((entry) => (
                <li key={entry.id}>
                  {dateTimeText(entry.at)} {pair(entry.by_name, eventText(entry))}
                </li>
              ))}
            </ul>
            <p className="referral-plain">
              {t(newest.open ? 'referral.stale.may-retry' : 'referral.stale.closed')}
            </p>
          </>
        )
      }
    />
  );
}
