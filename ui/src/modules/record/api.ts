/** The module's calls. */
import { useQuery } from '@tanstack/react-query';
import { call, ifMatch, type Page } from '@/api/client';
import { type CommandHeaders, useCommand } from '@/api/command';
import { type OrgLine, orgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { language } from '@/i18n';
import { usePages } from '@/kit/usePages';
import type {
  AccessEntry,
  BreakGlassRow,
  Consent,
  IdentifierInput,
  LegalHold,
  LinkedAccount,
  Match,
  PatientBrief,
  PatientRecord,
  SensitiveChoice,
  TimelineEntry,
} from './types';

const BASE = '/api/patients';

export function usePatients(q: string | undefined) {
  return usePages<PatientBrief>(['patient', 'list', q], (after, signal) =>
    call<Page<PatientBrief>>('GET', BASE, { query: { q, after, limit: 50 }, signal }),
  );
}

export function usePatient(id: string, enabled = true) {
  return useQuery({
    queryKey: ['patient', id],
    queryFn: ({ signal }) => call<PatientRecord>('GET', `${BASE}/${id}`, { signal }),
    enabled,
    retry: false,
  });
}

/** Masked, for those who may not read the record (yet). */
export function useBrief(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ['patient', id, 'brief'],
    queryFn: ({ signal }) => call<PatientBrief>('GET', `${BASE}/${id}/brief`, { signal }),
    enabled,
    retry: false,
  });
}

export interface FindInput {
  identifier?: IdentifierInput;
  name?: string;
  birth_date?: string;
}

export function findPatients(asked: FindInput) {
  return call<Match[]>('POST', `${BASE}/find`, { body: asked });
}

export function registerPatient(body: unknown, headers: CommandHeaders) {
  return call<PatientRecord>('POST', BASE, { body, headers });
}

/** A child, registered at its mother. */
export function registerNewborn(mother_id: string, body: unknown, headers: CommandHeaders) {
  return call<PatientRecord>('POST', `${BASE}/${mother_id}/newborns`, { body, headers });
}

/** The accounts through which a patient, or their guardian, asks. */
export function useLinkedAccounts(id: string) {
  return useQuery({
    queryKey: ['patient', id, 'accounts'],
    queryFn: ({ signal }) => call<LinkedAccount[]>('GET', `${BASE}/${id}/accounts`, { signal }),
    retry: false,
  });
}

/** From now on the account asks for this patient no more. */
export function untieAccount(
  id: string,
  account_id: string,
  version: number,
  headers: CommandHeaders,
) {
  return call<PatientBrief>('DELETE', `${BASE}/${id}/accounts/${account_id}`, {
    headers: { ...headers, ...ifMatch(version) },
  });
}

export function joinPatient(id: string, proof: IdentifierInput) {
  return call<PatientRecord>('POST', `${BASE}/${id}/registrations`, { body: { proof } });
}

export type Unmask =
  | { field: 'identifier'; identifier_id: string }
  | { field: 'phone' | 'contacts' };

/** Shows something in full; the server notes who asked. */
export async function unmask(id: string, asked: Unmask): Promise<string> {
  return (await unmaskAll(id, asked)).join('，');
}

/** As `unmask`, one by one. */
export async function unmaskAll(id: string, asked: Unmask): Promise<string[]> {
  return (await call<{ values: string[] }>('POST', `${BASE}/${id}/unmask`, { body: asked })).values;
}

/** A change of the record as it was seen. */
export function changeRecord(
  id: string,
  version: number,
  path: string,
  body: unknown,
  headers: CommandHeaders,
) {
  const method = path === '' ? 'PATCH' : 'POST';
  return call<PatientRecord>(method, `${BASE}/${id}${path}`, {
    body,
    headers: { ...headers, ...ifMatch(version) },
  });
}

/** A change of the record as it was seen; everything about the patient is read again after it. */
export function useRecordChange(record: PatientRecord, onDone?: () => void) {
  const { patient, version, redirected_from } = record;
  return useCommand(
    ({ path, body }: { path: string; body?: unknown }, headers: CommandHeaders) =>
      changeRecord(patient.id, version, path, body, headers),
    {
      // A record opened by the id of a patient merged into it is kept under that id.
      invalidates: [patient.id, redirected_from].filter(Boolean).map((id) => ['patient', id]),
      onSuccess: onDone,
    },
  );
}

export function useConsents(id: string) {
  return useQuery({
    queryKey: ['consent', id],
    queryFn: ({ signal }) => call<Consent[]>('GET', `${BASE}/${id}/consents`, { signal }),
    retry: false,
  });
}

/** The sensitive categories of the rule set, as patients are asked about them. */
export function useSensitiveCategories() {
  return useQuery({
    queryKey: ['sensitive-categories'],
    queryFn: ({ signal }) =>
      call<SensitiveChoice[]>('GET', '/api/sensitive-categories', { signal }),
    staleTime: 300_000,
  });
}

/** Whether something of the record is kept from this viewer; never what. */
export function useHidden(id: string) {
  return useQuery({
    queryKey: ['patient', id, 'hidden'],
    queryFn: ({ signal }) =>
      call<{ hidden: boolean }>('GET', `/api/fhir/patients/${id}/hidden`, { signal }),
    retry: false,
  });
}

export function giveConsent(id: string, body: unknown, headers: CommandHeaders) {
  return call<Consent>('POST', `${BASE}/${id}/consents`, { body, headers });
}

export function withdrawConsent(consent: Consent, reason: string | undefined) {
  return call<Consent>('POST', `/api/consents/${consent.id}/withdraw`, {
    body: { reason: reason ?? null },
    headers: ifMatch(consent.version ?? 0),
  });
}

export function breakGlass(id: string, reason: string, hidden = false) {
  return call<unknown>('POST', `${BASE}/${id}/break-glass`, { body: { reason, hidden } });
}

export function useAccessLog(id: string) {
  return usePages<AccessEntry>(['patient', id, 'access-log'], (after, signal) =>
    call<Page<AccessEntry>>('GET', `${BASE}/${id}/access-log`, {
      query: { after, limit: 50 },
      signal,
    }),
  );
}

export function useRecordTimeline(id: string) {
  return usePages<TimelineEntry>(
    ['patient', id, 'timeline'],
    (after, signal) =>
      call<Page<TimelineEntry>>('GET', `${BASE}/${id}/timeline`, {
        query: { after, limit: 50 },
        signal,
      }),
    { follows: ['referral', 'follow-up'] },
  );
}

export function useMyPatients(enabled: boolean) {
  return useQuery({
    queryKey: ['patient', 'mine'],
    queryFn: ({ signal }) => call<PatientBrief[]>('GET', '/api/my/patients', { signal }),
    enabled,
  });
}

export function useBreakGlassList(state: 'open' | 'reviewed') {
  return usePages<BreakGlassRow>(['break-glass', state], (after, signal) =>
    call<Page<BreakGlassRow>>('GET', '/api/break-glass', {
      query: { state, after, limit: 50 },
      signal,
    }),
  );
}

export function useBreakGlass(id: string) {
  return useQuery({
    queryKey: ['break-glass', id],
    queryFn: ({ signal }) => call<BreakGlassRow>('GET', `/api/break-glass/${id}`, { signal }),
  });
}

export function reviewBreakGlass(row: BreakGlassRow, body: unknown, headers: CommandHeaders) {
  return call<BreakGlassRow>('POST', `/api/break-glass/${row.access.id}/review`, {
    body,
    headers: { ...headers, ...ifMatch(row.version) },
  });
}

const NAMES_STALE_MS = 10 * 60_000;

/** Names of members by id: the record says which organization, people read names. */
export function useOrgName(): (id: string | null | undefined) => string {
  const may = useCan()('network.read');
  const names = useQuery({
    queryKey: ['organization', 'names', language()],
    queryFn: async ({ signal }) => {
      const found = await call<Page<OrgLine>>('GET', '/api/organizations', {
        query: { limit: 200 },
        signal,
      });
      return new Map(found.items.map((org) => [org.id, orgName(org)]));
    },
    staleTime: NAMES_STALE_MS,
    enabled: may,
  });
  return (id) => (id ? (names.data?.get(id) ?? '') : '');
}

export async function searchOrgs(q: string, signal: AbortSignal) {
  const query = { q, state: 'open', limit: 50 };
  const found = await call<Page<OrgLine>>('GET', '/api/organizations', { query, signal });
  return found.items.map((org) => ({
    value: org.id,
    label: language() === 'en' ? orgName(org) : org.name,
  }));
}

/** Diagnoses by Chinese name, pinyin initials or ICD-10 code. */
export async function searchDiagnoses(q: string, signal: AbortSignal) {
  const path = '/api/terminology/icd10/concepts';
  const found = await call<{ items: { code: string; zh: string; en: string }[] }>('GET', path, {
    query: { q, limit: 20 },
    signal,
  });
  return found.items;
}

/** Legal holds on a record, for privacy officers. */
export function useLegalHolds(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ['legal-hold', id],
    queryFn: ({ signal }) => call<LegalHold[]>('GET', `${BASE}/${id}/legal-holds`, { signal }),
    enabled,
    retry: false,
  });
}

export function setLegalHold(id: string, reason: string) {
  return call<LegalHold>('POST', `${BASE}/${id}/legal-holds`, { body: { reason } });
}

export function releaseLegalHold(hold: LegalHold, reason: string) {
  return call<LegalHold>('POST', `/api/legal-holds/${hold.id}/release`, {
    body: { reason },
    headers: ifMatch(hold.version ?? 0),
  });
}
