/** Reading extracts and what may be asked for. */
import { useQuery } from '@tanstack/react-query';
import { call, callVersioned } from '@/api/client';
import type { Extract, Rules } from './types';

export const BASE = '/api/research-extracts';
/** How often a run is looked at while it goes on. */
const RUNNING_EVERY_MS = 2_000;

export function useRules() {
  return useQuery({
    queryKey: ['rule-set', 'research.extract'],
    queryFn: ({ signal }) => call<Rules>('GET', `${BASE}/rules`, { signal }),
  });
}

export function useExtract(id: string) {
  return useQuery({
    queryKey: ['research-extract', id],
    queryFn: ({ signal }) => callVersioned<Extract>('GET', `${BASE}/${id}`, { signal }),
    refetchInterval: (query) =>
      query.state.data?.body.state === 'running' ? RUNNING_EVERY_MS : false,
  });
}
