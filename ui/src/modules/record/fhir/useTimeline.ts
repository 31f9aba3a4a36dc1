/** The record's timeline as a screen reads it: page after page out of all streams. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useOrgName } from '../api';
import type { Patient } from '../types';
import { requireBasis } from './client';
import { type Entry, entryOf } from './entries';
import { type SourceContext, sourceContext } from './source';
import {
  everything,
  firstPlaces,
  nextPlaces,
  readStreams,
  type StreamFilter,
  type StreamPage,
  type StreamPlaces,
  settled,
  standing,
} from './streams';

/** Every reading is in the patient's log: it happens when the person asks, not with every event. */
export const CHART_STALE_MS = 10 * 60_000;

export interface TimelineReading {
  /** What stands, newest first. */
  entries: Entry[];
  context: SourceContext;
  /** Types that could not be read: what they hold is not known. */
  failed: string[];
  pending: boolean;
  error: Error | null;
  more: boolean;
  reading: boolean;
  readOn: () => void;
  readAgain: () => void;
}

const NO_CONTEXT = sourceContext(() => '', []);

function entriesOf(whole: StreamPage, context: SourceContext): Entry[] {
  const seen = new Set<string>();
  return Object.values(whole)
    .flatMap((part) => part.resources)
    .flatMap((resource) => entryOf(resource, context) ?? [])
    .filter((entry) => !seen.has(entry.address) && seen.add(entry.address));
}

export function useTimeline(
  patient_id: string,
  filter: StreamFilter,
  keepers: ReadonlyMap<string, string>,
): TimelineReading {
  const orgName = useOrgName();
  const pages = useInfiniteQuery({
    queryKey: ['record-chart', patient_id, 'timeline', filter],
    queryFn: async ({ pageParam, signal }) => {
      const page = await readStreams(pageParam ?? firstPlaces(patient_id, filter), signal);
      const found = Object.values(page).some((part) => part.error || part.resources.length > 0);
      if (!pageParam && !found) await requireBasis(patient_id, signal);
      return page;
    },
    initialPageParam: null as StreamPlaces | null,
    getNextPageParam: (_, all) => {
      const whole = standing(all);
      return nextPlaces(whole, entriesOf(whole, NO_CONTEXT));
    },
    staleTime: CHART_STALE_MS,
    refetchOnWindowFocus: false,
  });
  const { data } = pages;
  const read = useMemo(() => {
    const whole = standing(data?.pages ?? []);
    const context = sourceContext(orgName, everything(whole), keepers);
    const failed = Object.keys(whole).filter((type) => whole[type]?.error);
    return { context, failed, entries: settled(whole, entriesOf(whole, context)) };
  }, [data, orgName, keepers]);
  return {
    ...read,
    pending: pages.isPending,
    error: data ? null : pages.error,
    more: pages.hasNextPage,
    reading: pages.isFetchingNextPage,
    readOn: () => void pages.fetchNextPage(),
    readAgain: () => void pages.refetch(),
  };
}

/** Which member keeps each allergy and problem of the platform's own record. */
export function useKeepers(patient: Patient | undefined): ReadonlyMap<string, string> {
  return useMemo(
    () =>
      new Map(
        [...(patient?.allergies ?? []), ...(patient?.problems ?? [])].map((one) => [
          one.id,
          one.org_id,
        ]),
      ),
    [patient],
  );
}
