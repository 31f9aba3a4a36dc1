/** What the server sends and takes, by its own names. */
import type { components } from '@/api/schema.gen';

type Schemas = components['schemas'];

export type ClinicalDocument = Schemas['ClinicalDocument'];
export type DocumentPerson = Schemas['DocumentPerson'];
export type Sex = Schemas['Sex'];
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

export type IdentifierInput = Schemas['IdentifierInput'];
export type Identifier = Schemas['Identifier'];
export type Contact = Schemas['Contact'];
export type Allergy = Schemas['Allergy'];
export type Basis = Schemas['Basis'];
export type PatientBrief = Schemas['PatientBrief'];
export type Consent = Schemas['PatientConsent'];
export type RecordCategory = Schemas['RecordCategory'];
export type LegalHold = Schemas['LegalHold'];
export type SensitiveChoice = Schemas['SensitiveChoice'];

export const RECORD_CATEGORIES: readonly RecordCategory[] = [
  'visits',
  'diagnoses',
  'medications',
  'results',
  'procedures',
  'documents',
  'allergies',
  'immunizations',
  'plans',
  'other',
];
export type AccessEntry = Schemas['AccessEntry'];
export type TimelineEntry = Schemas['PatientTimelineEntry'];
export type BreakGlassRow = Schemas['BreakGlassRow'];

/** The API document has another thing under this name. */
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

export type Patient = Omit<Schemas['Patient'], 'problems'> & { problems: Problem[] };
export type PatientRecord = Omit<Schemas['PatientRecord'], 'patient'> & { patient: Patient };

/** An account through which a patient, or their guardian, asks. */
export type LinkedAccount = Schemas['LinkedAccount'];

/** The API document has another thing under this name. */
export interface Match {
  patient: PatientBrief;
  reasons: Schemas['MatchReason'][];
  readable: boolean;
}

export type MatchReviewState = Schemas['MatchReviewState'];
export const REVIEW_STATES: readonly MatchReviewState[] = [
  'open',
  'postponed',
  'same',
  'different',
  'superseded',
];
export type MatchReviewRow = Schemas['MatchReviewRow'];
export type MatchReviewSide = Schemas['MatchReviewSide'];
export type MatchReviewDetail = Schemas['MatchReviewDetail'];
export type MatchField = Schemas['MatchField'];
export type MatchDecide = Schemas['MatchDecide'];
export type PatientMerge = Schemas['PatientMerge'];
export type PatientMergeInput = Schemas['PatientMergeInput'];
export type PatientSources = Schemas['PatientSources'];
export type SourceRecord = Schemas['SourceRecord'];
export type NewSource = Schemas['NewSource'];
export type SourceReceived = Schemas['SourceReceived'];
export type FieldProvenance = Schemas['FieldProvenance'];
export type IndexSummary = Schemas['PatientIndexSummary'];
export type QualityRow = Schemas['PatientQualityRow'];
