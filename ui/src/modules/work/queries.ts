/** Everything that waits for the signed-in person. */
import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/client';
import { serverNow } from '@/api/serverTime';

export interface WorkItem {
  id: string;
  module: string;
  kind: string;
  title: string;
  subtitle: string;
  since: string;
  due?: string | null;
  /** Why it is mine: `referral.review` is the text `referral.reason.review`. */
  reason: string;
  link: string;
  priority: string;
}

const REREAD_MS = 120_000;

export function useWork() {
  return useQuery({
    queryKey: ['work'],
    queryFn: () => call<{ items: WorkItem[] }>('GET', '/api/work'),
    // Things become late without any event, so the list is also read now and then.
    refetchInterval: REREAD_MS,
  });
}

/** How many items are past their limit, for the rail. */
export function useLateCount(): number | undefined {
  const work = useWork();
  const now = serverNow();
  return work.data?.items.filter((item) => item.due && Date.parse(item.due) < now).length;
}

export type WorkGroup = 'late' | 'today' | 'later';
export const WORK_GROUPS: readonly WorkGroup[] = ['late', 'today', 'later'];

/** Late is past its limit; today is due by midnight or an emergency; the rest is later. */
export function groupOf(item: WorkItem, now_ms: number): WorkGroup {
  if (item.due && Date.parse(item.due) < now_ms) return 'late';
  if (isEmergency(item) || (isUrgent(item) && !item.due)) return 'today';
  const midnight = new Date(now_ms);
  midnight.setHours(24, 0, 0, 0);
  return item.due && Date.parse(item.due) < midnight.getTime() ? 'today' : 'later';
}

export function isEmergency(item: WorkItem): boolean {
  return item.priority === 'emergency';
}

export function isUrgent(item: WorkItem): boolean {
  return item.priority === 'urgent';
}

/** Emergencies first, then what is due soonest, then what waits longest. */
export function sortWork(items: WorkItem[]): WorkItem[] {
  return items.toSorted(
    (a, b) =>
      Number(isEmergency(b)) - Number(isEmergency(a)) ||
      dueOrder(a) - dueOrder(b) ||
      Date.parse(a.since) - Date.parse(b.since),
  );
}

function dueOrder(item: WorkItem): number {
  return item.due ? Date.parse(item.due) : Number.MAX_SAFE_INTEGER;
}
