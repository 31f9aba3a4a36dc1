/** Names of organizations, which nearly every screen shows beside an id. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { language } from '@/i18n';
import { call, type Page } from './client';

export interface OrgLine {
  id: string;
  code: string;
  name: string;
  short_name: string;
  name_en?: string | null;
  kind: string;
  level: string;
  state: string;
  parent_id?: string | null;
  depth: number;
  children: number;
  is_waypoint: boolean;
}

/** Where a whole installation is meant instead of one organization. */
export const WHOLE_INSTALLATION = '00000000-0000-0000-0000-000000000000';

const NAMES_STALE_MS = 10 * 60_000;

/** The tree as this person sees it, parents before children. */
export function useOrgTree() {
  return useQuery({
    queryKey: ['organization', 'tree'],
    queryFn: ({ signal }) =>
      call<{ nodes: OrgLine[] }>('GET', '/api/organizations/tree', { signal }),
    staleTime: NAMES_STALE_MS,
  });
}

/** The name of an organization by its id; a shortened id until it is known. */
export function useOrgName(): (id: string | null | undefined) => string {
  const { data } = useOrgTree();
  const names = useMemo(
    () => new Map(data?.nodes.map((node) => [node.id, orgName(node)]) ?? []),
    [data],
  );
  return useCallback(
    (id) => (id && id !== WHOLE_INSTALLATION ? (names.get(id) ?? `…${id.slice(-6)}`) : '—'),
    [names],
  );
}

/** The short name in the reader's language. */
export function orgName(org: { short_name: string; name_en?: string | null }): string {
  return language() === 'en' && org.name_en ? org.name_en : org.short_name;
}

/** Organizations by part of a name, pinyin, initials or code. */
export async function findOrgs(q: string, signal?: AbortSignal) {
  const query = { q: q || undefined, limit: 30 };
  return (await call<Page<OrgLine>>('GET', '/api/organizations', { query, signal })).items;
}
