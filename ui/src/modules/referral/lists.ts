/** The lists: their filters, saved views and calls. */
import { useQuery } from '@tanstack/react-query';
import { call, type Page, withQuery } from '@/api/client';
import { useSession } from '@/api/session';
import { t } from '@/i18n';
import type { FilterView } from '@/kit/FilterBar';
import { choice, type FilterValues, flag, list, text } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import type { BulkResult, Counts, ReferralRow, State } from './types';
import { PRIORITIES } from './types';

export const BOXES = ['inbox', 'outbox', 'all-below'] as const;
export type Box = (typeof BOXES)[number];
export const BOX = { box: choice(BOXES) };

export const FILTERS = {
  q: text(),
  view: choice(['drafts', 'ended', 'all'] as const),
  state: list(),
  kind: list(),
  priority: choice(PRIORITIES),
  overdue: flag(),
  from: text(),
  to: text(),
};
export type ListFilters = FilterValues<typeof FILTERS>;

/** Roles whose own work lies in what they sent. */
const SENDERS = new Set(['village-doctor']);

export function useDefaultBox(): Box {
  return SENDERS.has(useSession().assignment.role) ? 'outbox' : 'inbox';
}

export function listQuery(box: Box, filters: ListFilters) {
  // Days narrow the lists by age only; a running list is put in order by its limits.
  const dated = Boolean(filters.from || filters.to);
  const view = filters.view ?? (dated ? 'all' : 'live');
  return {
    box,
    view,
    state: filters.state.join(','),
    kind: filters.kind.join(','),
    priority: filters.priority,
    overdue: filters.overdue || undefined,
    q: filters.q,
    from: filters.from,
    to: filters.to,
  };
}

export function useReferralPages(box: Box, filters: ListFilters) {
  const query = listQuery(box, filters);
  return usePages<ReferralRow>(
    ['referral', 'list', query],
    (after, signal) =>
      call<Page<ReferralRow>>('GET', '/api/referrals', {
        query: { ...query, after, limit: 50 },
        signal,
      }),
    { follows: ['hold'] },
  );
}

export function exportUrl(box: Box, filters: ListFilters): string {
  return withQuery('/api/referrals/export', listQuery(box, filters));
}

const COUNTS_REREAD_MS = 60_000;

export function useCounts(enabled = true) {
  return useQuery({
    queryKey: ['referral', 'counts'],
    queryFn: ({ signal }) => call<Counts>('GET', '/api/referrals/counts', { signal }),
    // Limits pass without any event.
    refetchInterval: COUNTS_REREAD_MS,
    enabled,
  });
}

export function bulkReview(
  rows: Pick<ReferralRow, 'id' | 'version'>[],
  department_id: string | undefined,
  headers: Record<string, string>,
) {
  const items = rows.map(({ id, version }) => ({ id, version }));
  return call<BulkResult[]>('POST', '/api/referrals/bulk', {
    body: { items, department_id },
    headers,
  });
}

const WAITING: State[] = ['submitted', 'in-review', 'escalated', 'asked'];
const TREATED: State[] = ['admitted', 'seen'];

/** The saved views of a box with their counts. */
export function viewsOf(box: Box, counts: Counts | undefined): FilterView[] {
  const of = (states: State[]) => (counts ? countOf(box, counts, states) : undefined);
  const byState = (key: string, states: State[]): FilterView => ({
    key,
    label: t(`referral.view.${key}`),
    count: of(states),
    filters: { state: states },
  });
  const late = counts && overdueOf(box, counts);
  const views: FilterView[] = [
    { key: 'live', label: t('referral.view.live'), filters: {} },
    byState(box === 'outbox' ? 'sent' : 'waiting', WAITING),
    { key: 'overdue', label: t('referral.view.overdue'), count: late, filters: { overdue: true } },
    { key: 'green', label: t('referral.view.green'), filters: { kind: ['emergency'] } },
    byState('accepted', ['accepted']),
    byState('arrived', ['arrived']),
    byState('treated', TREATED),
    byState('returned', ['results-returned', 'answered']),
    byState('down', ['down-proposed']),
    byState('follow-up', ['community-accepted', 'followed-up']),
    { key: 'ended', label: t('referral.view.ended'), filters: { view: 'ended' } },
  ];
  const drafts = { key: 'drafts', label: t('referral.view.drafts'), filters: { view: 'drafts' } };
  return box === 'outbox' ? [...views, drafts] : views;
}

/** Live cases in these states; what the community takes back counts as its inbox. */
export function countOf(box: Box, counts: Counts, states: State[]): number | undefined {
  if (box === 'all-below') return undefined;
  const sides = box === 'inbox' ? [counts.inbox, counts.community] : [counts.outbox];
  const number = (side: Record<string, number>, state: State) => side[state] ?? 0;
  return states.reduce(
    (sum, state) => sum + sides.reduce((part, side) => part + number(side, state), 0),
    0,
  );
}

function overdueOf(box: Box, counts: Counts): number | undefined {
  if (box === 'all-below') return undefined;
  return box === 'outbox' ? counts.outbox_overdue : counts.inbox_overdue + counts.community_overdue;
}
