import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useOrgName } from '../api';
import { fhirAddress, fhirSearch, requireBasis } from './client';
import type { Observation } from './resource';
import { sourceContext } from './source';
import { CHART_STALE_MS } from './useTimeline';

/** Observations a page of the flowsheet reads. */
const PAGE_SIZE = 300;

/** The results of a patient, newest first, page after page. */
export function useObservations(patient_id: string) {
  const orgName = useOrgName();
  const pages = useInfiniteQuery({
    queryKey: ['record-chart', patient_id, 'observations'],
    queryFn: async ({ pageParam, signal }) => {
      const page = await fhirSearch(pageParam, signal);
      if (page.resources.length === 0) await requireBasis(patient_id, signal);
      return page;
    },
    initialPageParam: fhirAddress('Observation', {
      patient: patient_id,
      _sort: '-date',
      _count: PAGE_SIZE,
      _include: 'Observation:performer',
    }),
    getNextPageParam: (page) => page.next,
    staleTime: CHART_STALE_MS,
    refetchOnWindowFocus: false,
  });
  const { data } = pages;
  const read = useMemo(() => {
    const all = data?.pages ?? [];
    return {
      observations: all.flatMap((page) => page.resources as Observation[]),
      context: sourceContext(
        orgName,
        all.flatMap((page) => [...page.included, ...page.resources]),
      ),
    };
  }, [data, orgName]);
  return { ...read, pages };
}
