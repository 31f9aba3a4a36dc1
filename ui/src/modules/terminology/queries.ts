/** Reading code systems, versions and maps. */
import { useQuery } from '@tanstack/react-query';
import { call, callVersioned } from '@/api/client';
import { language } from '@/i18n';
import type { CodeSystem, TermMap, Version } from './types';

export const BASE = '/api/terminology';

export function useSystems() {
  return useQuery({
    queryKey: ['code-system'],
    queryFn: ({ signal }) => call<CodeSystem[]>('GET', `${BASE}/systems`, { signal }),
  });
}

export function systemName(system: Pick<CodeSystem, 'name_zh' | 'name_en'>): string {
  return language() === 'en' ? system.name_en : system.name_zh;
}

/** The name of a concept in the reader's language, where it has one. */
export function conceptName(concept: { zh: string; en?: string }): string {
  return (language() === 'en' && concept.en) || concept.zh;
}

/** A URI as people call it: the name of the catalogue where there is one. */
export function useUriName(): (uri: string) => string {
  const systems = useSystems();
  return (uri) => {
    const known = systems.data?.find((one) => one.url === uri);
    return known ? systemName(known) : uri;
  };
}

export function useVersions(system: string) {
  return useQuery({
    queryKey: ['code-system-version', system],
    queryFn: ({ signal }) => call<Version[]>('GET', `${BASE}/${system}/versions`, { signal }),
  });
}

export function useVersion(system: string, number: string) {
  return useQuery({
    queryKey: ['code-system-version', system, number],
    queryFn: ({ signal }) =>
      callVersioned<Version>('GET', `${BASE}/${system}/versions/${number}`, { signal }),
  });
}

export function useMaps() {
  return useQuery({
    queryKey: ['concept-map'],
    queryFn: ({ signal }) => call<TermMap[]>('GET', `${BASE}/maps`, { signal }),
  });
}

export function useMap(id: string) {
  return useQuery({
    queryKey: ['concept-map', id],
    queryFn: ({ signal }) => callVersioned<TermMap>('GET', `${BASE}/maps/${id}`, { signal }),
  });
}

/** Settled codes of a map, and what share of its source they are. */
export function progressOf(map: TermMap): { done: number; of: number; percent: number } {
  const { mapped, unmatched, proposed, rejected } = map.counts;
  const done = mapped + unmatched;
  const of = Math.max(map.source_size ?? 0, done + proposed + rejected);
  return { done, of, percent: of === 0 ? 0 : Math.floor((100 * done) / of) };
}
