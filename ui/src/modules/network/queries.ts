/** What the network's screens read, and the words they share. */
import { useQuery } from '@tanstack/react-query';

import { call, callVersioned, ifMatch, newKey, type Page } from '@/api/client';
import { language, t } from '@/i18n';
import type { AsyncOption } from '@/kit/AsyncSelect';
import type { Decision, Evidence, OrganizationDetail, Practitioner } from './types';

export function useOrganization(id: string | undefined) {
  return useQuery({
    queryKey: ['organization', id],
    queryFn: ({ signal }) =>
      callVersioned<OrganizationDetail>('GET', `/api/organizations/${id}`, { signal }),
    enabled: Boolean(id),
    meta: { follows: ['membership', 'alliance', 'group'] },
  });
}

export function usePerson(id: string | undefined) {
  return useQuery({
    queryKey: ['practitioner', id],
    queryFn: ({ signal }) =>
      callVersioned<Practitioner>('GET', `/api/practitioners/${id}`, { signal }),
    enabled: Boolean(id),
  });
}

/** All rows of a list that is short. */
export function useRows<Row>(
  key: readonly unknown[],
  path: string,
  query: Record<string, string | undefined>,
  enabled = true,
) {
  return useQuery({
    queryKey: [...key, query],
    queryFn: async ({ signal }) =>
      (await call<Page<Row>>('GET', path, { query: { ...query, limit: 200 }, signal })).items,
    enabled,
  });
}

/** A command on a row with its version. */
export function act<Result>(path: string, version: string | number, body?: unknown) {
  const headers = { ...ifMatch(version), 'Idempotency-Key': newKey() };
  return call<Result>('POST', path, { body, headers });
}

/** One word of a fixed list, in the reader's language. */
export function word(list: string, value: string | null | undefined): string | null {
  return value ? t(`network.${list}.${value}`) : null;
}

export function options(list: string, values: readonly string[]) {
  return values.map((value) => ({ value, label: t(`network.${list}.${value}`) }));
}

/** The full name in the reader's language. */
export function fullName(thing: { name: string; name_en?: string | null }): string {
  return language() === 'en' && thing.name_en ? thing.name_en : thing.name;
}

/** Practitioners to pick from. */
export async function personOptions(q: string, signal: AbortSignal): Promise<AsyncOption[]> {
  const query = { q: q || undefined, limit: 30 };
  const page = await call<Page<Practitioner>>('GET', '/api/practitioners', { query, signal });
  return page.items.map((one) => ({ value: one.id, label: one.name, hint: one.code }));
}

/** Decisions in force, to cite. */
export async function decisionOptions(_: string, signal: AbortSignal): Promise<AsyncOption[]> {
  const page = await call<Page<Decision>>('GET', '/api/decisions', {
    query: { limit: 100 },
    signal,
  });
  return page.items
    .filter((one) => one.state === 'in-force')
    .map((one) => ({ value: one.id, label: `${one.number} ${one.title}`, hint: one.issuer }));
}

interface Concept {
  code: string;
  zh: string;
  en: string;
}

/** Concepts to pick from. */
export function conceptOptions(system: string) {
  return async (q: string, signal: AbortSignal): Promise<AsyncOption[]> => {
    const path = `/api/terminology/${system}/concepts`;
    const found = await call<{ items: Concept[] }>('GET', path, {
      query: { q, limit: 30 },
      signal,
    });
    return found.items.map((one) => ({ value: one.code, label: conceptName(one), hint: one.code }));
  };
}

function conceptName(concept: Concept): string {
  return language() === 'en' ? concept.en || concept.zh : concept.zh;
}

const PAGE = 50;
const PAGES_MAX = 10;

/** All concepts of a small catalogue, as choices. */
export function useCatalogue(system: string) {
  return useQuery({
    queryKey: ['terminology', system, 'choices', language()],
    queryFn: async ({ signal }) => {
      const path = `/api/terminology/${system}/concepts`;
      const all: Concept[] = [];
      for (let page = 0; page < PAGES_MAX; page++) {
        const query = { limit: PAGE, after: all.at(-1)?.code };
        const { items } = await call<{ items: Concept[] }>('GET', path, { query, signal });
        all.push(...items);
        if (items.length < PAGE) break;
      }
      return all.map((one) => ({ value: one.code, label: conceptName(one) }));
    },
    staleTime: CATALOGUE_STALE_MS,
  });
}

const CATALOGUE_STALE_MS = 60 * 60_000;

/** The name of one concept by its code. */
export function useConceptName(system: string, code: string | null | undefined): string {
  const { data } = useQuery({
    queryKey: ['terminology', system, code],
    queryFn: ({ signal }) =>
      call<Concept>('GET', `/api/terminology/${system}/concepts/${code}`, { signal }),
    enabled: Boolean(code),
    staleTime: CATALOGUE_STALE_MS,
    retry: false,
  });
  return data ? conceptName(data) : (code ?? '—');
}

/** What is known of files by their ids. */
export function readEvidence(ids: readonly string[]): Promise<Evidence[]> {
  return Promise.all(ids.map((id) => call<Evidence>('GET', `/api/network/evidence/${id}`)));
}

/** Uploads a file that proves something. */
export function uploadEvidence(file: File): Promise<Evidence> {
  const form = new FormData();
  form.append('file', file, file.name);
  return call<Evidence>('POST', '/api/network/evidence', { body: form });
}
