/** What the boards read, and the words they share. */
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { call, ifMatch, newKey, type Page } from '@/api/client';
import { useSession } from '@/api/session';
import { language, t } from '@/i18n';
import type { AsyncOption } from '@/kit/AsyncSelect';
import type { Tone } from '@/kit/tokens';
import type { Bed, HoldState, WaitState } from './types';

interface Concept {
  code: string;
  zh: string;
  en: string;
}

const CATALOGUE_STALE_MS = 60 * 60_000;
const PAGE = 50;
const PAGES_MAX = 10;

/** All concepts of a small catalogue. */
async function readCatalogue(system: string, signal: AbortSignal): Promise<Concept[]> {
  const all: Concept[] = [];
  for (let page = 0; page < PAGES_MAX; page++) {
    const { items } = await call<{ items: Concept[] }>(
      'GET',
      `/api/terminology/${system}/concepts`,
      { query: { limit: PAGE, after: all.at(-1)?.code }, signal },
    );
    all.push(...items);
    if (items.length < PAGE) break;
  }
  return all;
}

/** The name of a specialty by its code. */
export function useSpecialtyName(): (code: string | null | undefined) => string {
  const { data } = useQuery({
    queryKey: ['terminology', 'specialty', 'all'],
    queryFn: ({ signal }) => readCatalogue('specialty', signal),
    staleTime: CATALOGUE_STALE_MS,
  });
  return useCallback(
    (code) => {
      if (!code) return '—';
      const found = data?.find((one) => one.code === code);
      return found ? conceptName(found) : code;
    },
    [data],
  );
}

function conceptName(concept: Concept): string {
  return language() === 'en' ? concept.en || concept.zh : concept.zh;
}

/** Concepts to pick from, by characters, pinyin, initials or code. */
export function conceptOptions(system: string) {
  return async (q: string, signal: AbortSignal): Promise<AsyncOption[]> => {
    const { items } = await call<{ items: Concept[] }>(
      'GET',
      `/api/terminology/${system}/concepts`,
      { query: { q, limit: 30 }, signal },
    );
    return items.map((one) => ({ value: one.code, label: conceptName(one), hint: one.code }));
  };
}

interface Department {
  id: string;
  name: string;
  name_en?: string | null;
}

/** The departments of a member. */
export function useDepartments(org_id: string) {
  return useQuery({
    queryKey: ['department', org_id],
    queryFn: async ({ signal }) => {
      const query = { org_id, limit: 200 };
      const page = await call<Page<Department>>('GET', '/api/departments', { query, signal });
      return page.items.map((one) => ({
        value: one.id,
        label: language() === 'en' && one.name_en ? one.name_en : one.name,
      }));
    },
  });
}

/** People who work at a member, to pick from. */
export function practitionerOptions(org_id: string) {
  return async (q: string, signal: AbortSignal): Promise<AsyncOption[]> => {
    const query = { q: q || undefined, site_org_id: org_id, state: 'active', limit: 30 };
    const page = await call<Page<{ id: string; name: string; title?: string | null }>>(
      'GET',
      '/api/practitioners',
      { query, signal },
    );
    return page.items.map((one) => ({ value: one.id, label: one.name, hint: one.title }));
  };
}

/** The member whose board is shown: the one of the address, else one's own. */
export function useBoardOrg(org_id: string | undefined): string {
  const session = useSession();
  return org_id ?? session.assignment.org_id;
}

/** A command on a row with its version. */
export function act<Result>(path: string, version: number, body?: unknown): Promise<Result> {
  const headers = { ...ifMatch(version), 'Idempotency-Key': newKey() };
  return call<Result>('POST', path, { body, headers });
}

export const HOLD_TONES: Record<HoldState, Tone> = {
  held: 'waiting',
  confirmed: 'active',
  consumed: 'done',
  released: 'neutral',
  expired: 'neutral',
};

export const WAIT_TONES: Record<WaitState, Tone> = {
  waiting: 'waiting',
  offered: 'soon',
  taken: 'done',
  left: 'neutral',
  lapsed: 'neutral',
};

export type BedLook = 'open' | 'held' | 'occupied' | 'cleaning' | 'closed';
export const BED_LOOKS: readonly BedLook[] = ['open', 'held', 'occupied', 'cleaning', 'closed'];
export const BED_TONES: Record<BedLook, Tone> = {
  open: 'done',
  held: 'soon',
  occupied: 'active',
  cleaning: 'waiting',
  closed: 'neutral',
};

/** How a bed looks on the map: an open bed that somebody holds is not free. */
export function bedLook(bed: Pick<Bed, 'state' | 'hold'>): BedLook {
  return bed.state === 'open' && bed.hold ? 'held' : bed.state;
}

const METERS_PER_KM = 1000;

/** `800 米`, `12.4 公里`. */
export function distanceText(meters: number | null | undefined): string {
  if (meters === null || meters === undefined) return '—';
  if (meters === 0) return t('resources.own-house');
  if (meters < METERS_PER_KM) return t('resources.meters', { n: Math.round(meters) });
  return t('resources.kilometers', { n: (meters / METERS_PER_KM).toFixed(1) });
}
