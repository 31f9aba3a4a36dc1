/** Finding the patient a referral is about. The record belongs to another capability; here it is
 * only asked. */
import { useQuery } from '@tanstack/react-query';
import { call, type Page } from '@/api/client';
import type { Sex } from './types';

export interface PatientBrief {
  id: string;
  name: string;
  sex: Sex;
  birth_date?: string | null;
  age_years?: number | null;
  identifier?: string | null;
  phone?: string | null;
  village?: string | null;
  severe_allergy: boolean;
  deceased: boolean;
}

export interface PatientMatch {
  patient: PatientBrief;
  reasons: string[];
  readable: boolean;
}

export interface IdentifierInput {
  kind: 'resident-id' | 'health-card';
  value: string;
}

/** The organization's own patients and those in its care, by name, pinyin or number. */
export async function searchPatients(q: string, signal?: AbortSignal): Promise<PatientBrief[]> {
  const query = { q, limit: 20 };
  return (await call<Page<PatientBrief>>('GET', '/api/patients', { query, signal })).items;
}

/** Exact search over the consortium; every patient found is noted. */
export function findPatients(asked: {
  identifier?: IdentifierInput;
  name?: string;
  birth_date?: string;
}) {
  return call<PatientMatch[]>('POST', '/api/patients/find', { body: asked });
}

/** The patient is here with the card: from now on the record may be read. */
export function joinPatient(id: string, proof: IdentifierInput) {
  return call<unknown>('POST', `/api/patients/${id}/registrations`, { body: { proof } });
}

export interface RecordSummary {
  patient: {
    phone?: string | null;
    no_known_allergies: boolean;
    allergies: { substance: string; ended_at?: string | null }[];
    problems: { code?: string | null; title: string; ended_at?: string | null }[];
  };
}

/** What the record already knows: nobody types it twice. */
export function useRecordSummary(id: string | undefined) {
  return useQuery({
    queryKey: ['patient', id],
    queryFn: ({ signal }) => call<RecordSummary>('GET', `/api/patients/${id}`, { signal }),
    enabled: Boolean(id),
    retry: false,
  });
}

/** One patient by id: where another screen says who it is about. */
export function usePatientBrief(id: string | undefined) {
  return useQuery({
    queryKey: ['patient', id, 'brief'],
    queryFn: ({ signal }) => call<PatientBrief>('GET', `/api/patients/${id}/brief`, { signal }),
    enabled: Boolean(id),
  });
}

const RESIDENT_ID = /^\d{15}$|^\d{17}[\dXx]$/;
const HEALTH_CARD = /^[A-Za-z0-9]{8,64}$/;

/** What a typed text can be searched as over the consortium. */
export function identifierOf(typed: string): IdentifierInput | null {
  const value = typed.normalize('NFKC').replace(/\s/g, '');
  if (RESIDENT_ID.test(value)) return { kind: 'resident-id', value: value.toUpperCase() };
  if (HEALTH_CARD.test(value) && /\d/.test(value)) return { kind: 'health-card', value };
  return null;
}
