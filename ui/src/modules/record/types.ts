/** What the server sends and takes, by its own names. */

export type Sex = 'male' | 'female' | 'other' | 'unknown';
export const SEXES: readonly Sex[] = ['male', 'female', 'other', 'unknown'];

export const IDENTIFIER_KINDS = [
  'resident-id',
  'health-card',
  'insurance',
  'passport',
  'birth-certificate',
  'hospital-number',
] as const;
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

export interface IdentifierInput {
  kind: IdentifierKind;
  value: string;
  override_reason?: string | null;
}

export interface Identifier {
  id: string;
  kind: IdentifierKind;
  value: string;
  org_id?: string | null;
  override_reason?: string | null;
  retired_at?: string | null;
}

export interface Contact {
  name: string;
  relation: string;
  phone?: string | null;
}

export interface Allergy {
  id: string;
  kind: 'drug' | 'food' | 'other';
  substance: string;
  reaction?: string | null;
  severity?: 'mild' | 'moderate' | 'severe' | null;
  recorded_at: string;
  org_id: string;
  ended_at?: string | null;
}

export interface Problem {
  id: string;
  code?: string | null;
  title: string;
  chronic: boolean;
  since?: string | null;
  recorded_at: string;
  org_id: string;
  ended_at?: string | null;
}

export interface Patient {
  id: string;
  org_id: string;
  name: string;
  sex: Sex;
  birth_date?: string | null;
  identified: boolean;
  identifiers: Identifier[];
  phone?: string | null;
  address?: string | null;
  village?: string | null;
  catchment_org_id?: string | null;
  guardian?: Contact | null;
  contacts: Contact[];
  no_known_allergies: boolean;
  allergies: Allergy[];
  problems: Problem[];
  deceased_on?: string | null;
  registered_at: string;
}

export type Basis =
  | { kind: 'own-patient' }
  | { kind: 'care'; document: string; id: string }
  | { kind: 'consent'; id: string }
  | { kind: 'break-glass'; id: string };

export interface PatientRecord {
  patient: Patient;
  version: number;
  age_years?: number | null;
  basis: Basis;
  actions: string[];
}

export interface PatientBrief {
  id: string;
  name: string;
  sex: Sex;
  birth_date?: string | null;
  age_years?: number | null;
  identified: boolean;
  identifier?: string | null;
  identifier_kind?: IdentifierKind | null;
  phone?: string | null;
  village?: string | null;
  severe_allergy: boolean;
  deceased: boolean;
}

export interface Match {
  patient: PatientBrief;
  reasons: ('same-identifier' | 'same-name-and-birth-date' | 'same-phone')[];
  readable: boolean;
}

export interface Consent {
  id: string;
  patient_id: string;
  org_id: string;
  reach: 'org' | 'group';
  grantee_org_id: string;
  purpose: string;
  given_by?: Contact | null;
  given_at: string;
  expires_at: string;
  state: 'active' | 'withdrawn';
  withdrawn_at?: string | null;
  withdrawal_reason?: string | null;
  version: number;
}

export interface AccessEntry {
  id: string;
  at: string;
  event: string;
  actor_name: string;
  role: string;
  org_id: string;
  basis?: Basis | null;
  detail: Record<string, unknown>;
}

export interface TimelineEntry {
  id: string;
  at: string;
  event: string;
  kind: string;
  entity_id: string;
  org_id?: string | null;
  actor_name: string;
  role: string;
  actor_org_id: string;
  detail: Record<string, unknown>;
}

export interface BreakGlassRow {
  access: {
    id: string;
    patient_id: string;
    account_name: string;
    role: string;
    org_id: string;
    reason: string;
    at: string;
    expires_at: string;
    state: 'open' | 'reviewed';
    review?: {
      outcome: 'justified' | 'unjustified' | 'referred';
      note: string;
      by_name: string;
      at: string;
    } | null;
  };
  version: number;
  patient: PatientBrief;
  reviewable: boolean;
}
