/** The module's calls. One place knows addresses; screens know what they want. */
import { useQuery } from '@tanstack/react-query';
import { call, ifMatch, type Page } from '@/api/client';
import type { CommandHeaders } from '@/api/command';
import { language } from '@/i18n';
import type {
  ActionName,
  FollowUp,
  NewReferral,
  Offer,
  Options,
  PreflightAnswer,
  ReferralView,
  TimelineEntry,
} from './types';

const BASE = '/api/referrals';

export function useReferral(id: string | undefined) {
  return useQuery({
    queryKey: ['referral', id],
    queryFn: ({ signal }) => call<ReferralView>('GET', `${BASE}/${id}`, { signal }),
    enabled: Boolean(id),
    meta: { follows: ['hold', 'follow-up'] },
  });
}

export function readTimeline(id: string, signal?: AbortSignal) {
  return call<TimelineEntry[]>('GET', `${BASE}/${id}/timeline`, { signal });
}

export function useTimeline(id: string) {
  return useQuery({
    queryKey: ['referral', id, 'timeline'],
    queryFn: ({ signal }) => readTimeline(id, signal),
  });
}

const OPTIONS_STALE_MS = 10 * 60_000;

/** What the rules in force put into the forms. */
export function useOptions() {
  return useQuery({
    queryKey: ['rule-set', 'referral-options'],
    queryFn: ({ signal }) => call<Options>('GET', `${BASE}/options`, { signal }),
    staleTime: OPTIONS_STALE_MS,
  });
}

export function createReferral(input: NewReferral, headers: CommandHeaders) {
  return call<ReferralView>('POST', BASE, { body: input, headers });
}

export function editReferral(
  id: string,
  version: number,
  input: NewReferral,
  headers: CommandHeaders,
) {
  return call<ReferralView>('PUT', `${BASE}/${id}`, {
    body: input,
    headers: { ...headers, ...ifMatch(version) },
  });
}

export function preflight(
  asked: Pick<NewReferral, 'kind'> & { patient_id?: string; content?: unknown },
  signal?: AbortSignal,
) {
  return call<PreflightAnswer>('POST', `${BASE}/preflight`, { body: asked, signal });
}

/** Takes an action on a case as it was seen. */
export function act(
  id: string,
  version: number,
  action: ActionName,
  body: unknown,
  headers: CommandHeaders,
) {
  return call<ReferralView>('POST', `${BASE}/${id}/${action}`, {
    body,
    headers: { ...headers, ...ifMatch(version) },
  });
}

export function postMessage(id: string, text: string, headers: CommandHeaders) {
  return call<unknown>('POST', `${BASE}/${id}/messages`, { body: { text }, headers });
}

export function attachFile(id: string, file: File) {
  const form = new FormData();
  form.append('file', file, file.name);
  return call<{ id: string }>('POST', `${BASE}/${id}/attachments`, { body: form });
}

export function attachmentUrl(id: string, attachment_id: string): string {
  return `${BASE}/${id}/attachments/${attachment_id}`;
}

export function fhirUrl(id: string): string {
  return `${BASE}/${id}/fhir`;
}

export function recordFollowUp(follow_up: FollowUp, body: unknown, headers: CommandHeaders) {
  return call<FollowUp>('POST', `${BASE}/follow-ups/${follow_up.id}/record`, {
    body,
    headers: { ...headers, ...ifMatch(follow_up.version) },
  });
}

export interface Concept {
  code: string;
  zh: string;
  en: string;
  attributes: Record<string, unknown>;
}

export type CodeSystem =
  | 'icd10'
  | 'specialty'
  | 'exam'
  | 'drug'
  | 'referral-reason'
  | 'referral-refusal'
  | 'referral-withdrawal';

/** Finds concepts by code, name, pinyin and initials; the whole of a short list without words. */
export async function searchConcepts(
  system: CodeSystem,
  q: string,
  signal?: AbortSignal,
  limit = 20,
): Promise<Concept[]> {
  const path = `/api/terminology/${system}/concepts`;
  return (await call<{ items: Concept[] }>('GET', path, { query: { q, limit }, signal })).items;
}

const CONCEPTS_PAGE = 50;

/** A short code list, whole: the server gives it page by page. */
async function allConcepts(system: CodeSystem, signal?: AbortSignal): Promise<Concept[]> {
  const path = `/api/terminology/${system}/concepts`;
  const found: Concept[] = [];
  for (;;) {
    const query = { after: found.at(-1)?.code, limit: CONCEPTS_PAGE };
    const { items } = await call<{ items: Concept[] }>('GET', path, { query, signal });
    found.push(...items);
    if (items.length < CONCEPTS_PAGE) return found;
  }
}

export function useConcepts(system: CodeSystem, enabled = true) {
  return useQuery({
    queryKey: ['terminology', system],
    queryFn: ({ signal }) => allConcepts(system, signal),
    staleTime: OPTIONS_STALE_MS,
    enabled,
  });
}

const PREFIX_NAMES_MAX = 2;

/** What a code or the beginning of codes stands for; what nobody knows is its own name. */
async function nameOfPrefix(system: CodeSystem, prefix: string, signal?: AbortSignal) {
  const hits = await searchConcepts(system, prefix, signal);
  const names = hits
    .filter((one) => one.code.startsWith(prefix))
    .slice(0, PREFIX_NAMES_MAX)
    .map(({ zh, en }) => (language() === 'en' ? en || zh : zh));
  return names.length > 0 ? names.join(' / ') : prefix;
}

/** Names of codes, or of beginnings of codes such as a formulary has, in their order. */
export function useConceptNames(system: CodeSystem, prefixes: readonly string[]): string[] {
  const names = useQuery({
    queryKey: ['terminology', system, 'names', prefixes],
    queryFn: ({ signal }) =>
      Promise.all(prefixes.map((prefix) => nameOfPrefix(system, prefix, signal))),
    staleTime: OPTIONS_STALE_MS,
    enabled: prefixes.length > 0,
  });
  return names.data ?? [];
}

export interface OrgRow {
  id: string;
  name: string;
  short_name?: string | null;
  kind: string;
}

export interface DepartmentRow {
  id: string;
  name: string;
  specialty?: string | null;
  phone?: string | null;
}

export async function searchOrgs(q: string, signal?: AbortSignal): Promise<OrgRow[]> {
  const query = { q, state: 'open', limit: 50 };
  return (await call<Page<OrgRow>>('GET', '/api/organizations', { query, signal })).items;
}

export function useDepartments(org_id: string | undefined) {
  return useQuery({
    queryKey: ['department', org_id],
    queryFn: async ({ signal }) => {
      const query = { org_id, state: 'open', limit: 200 };
      return (await call<Page<DepartmentRow>>('GET', '/api/departments', { query, signal })).items;
    },
    enabled: Boolean(org_id),
    staleTime: OPTIONS_STALE_MS,
  });
}

export interface PlaceSearch {
  kind: 'bed' | 'slot' | 'equipment';
  org_id?: string;
  department_id?: string;
  specialty?: string;
  sex?: string;
  exam?: string;
  equipment_kind?: string;
  channel?: string;
  /** Distances and quotas of this member. */
  near?: string;
  from?: string;
  to?: string;
  limit?: number;
}

/** Free places over the members that share theirs. */
export function usePlaces(search: PlaceSearch, enabled = true) {
  return useQuery({
    queryKey: ['bed', 'places', search],
    queryFn: async ({ signal }) => {
      const path = '/api/resources/search';
      return (await call<{ offers: Offer[] }>('GET', path, { query: { ...search }, signal }))
        .offers;
    },
    enabled,
    meta: { follows: ['hold', 'session', 'equipment'] },
  });
}
