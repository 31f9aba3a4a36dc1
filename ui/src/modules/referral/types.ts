/**
 * What the server sends and takes. Taken from the API document where it tells the words as they
 * are sent; kinds, states and what contains them stand here.
 */
import type { components } from '@/api/schema.gen';

type Schemas = components['schemas'];

export const KINDS = ['up', 'down', 'transfer', 'exam', 'emergency', 'advice'] as const;
export type Kind = (typeof KINDS)[number];

export const STATES = [
  'draft',
  'submitted',
  'in-review',
  'escalated',
  'accepted',
  'arrived',
  'admitted',
  'seen',
  'results-returned',
  'down-proposed',
  'community-accepted',
  'followed-up',
  'asked',
  'answered',
  'closed',
  'rejected',
  'withdrawn',
  'expired',
  'no-show',
  'deceased',
  'closed-elsewhere',
  'became-referral',
] as const;
export type State = (typeof STATES)[number];

export const PRIORITIES = ['emergency', 'urgent', 'routine'] as const;
export type Priority = (typeof PRIORITIES)[number];

export type Service = 'inpatient' | 'outpatient' | 'emergency' | 'exam' | 'advice' | 'community';
export type Side = 'sender' | 'receiver' | 'community';
export type Sex = Schemas['Sex'];

export type ActionName =
  | 'edit'
  | 'submit'
  | 'withdraw'
  | 'review'
  | 'accept'
  | 'reject'
  | 'reassign'
  | 'return-to-review'
  | 'arrive'
  | 'admit'
  | 'see'
  | 'no-show'
  | 'return-results'
  | 'propose-down'
  | 'recall-down'
  | 'accept-down'
  | 'decline-down'
  | 'record-follow-up'
  | 'answer'
  | 'become-referral'
  | 'close'
  | 'record-death'
  | 'close-elsewhere'
  | 'message'
  | 'attach';

export type Diagnosis = Schemas['Diagnosis'];

/** Whole numbers; tenths where the name says so. */
export type VitalSigns = Partial<Schemas['VitalSigns']>;
export type VitalName = Exclude<keyof VitalSigns, 'measured_at'>;

export interface Consent {
  given_by: 'patient' | 'guardian' | 'family' | 'emergency';
  name?: string | null;
  form: 'written' | 'spoken' | 'electronic';
  at: string;
  attachment_id?: string | null;
}

export type ExamRequest = Schemas['ExamRequest'];

export interface Content {
  reason_code: string;
  reason_text: string;
  diagnoses: Diagnosis[];
  condition: string;
  treatment: string;
  precautions: string;
  allergies: string[];
  no_known_allergies: boolean;
  vital_signs: VitalSigns;
  danger_signs: string[];
  consent?: Consent | null;
  service: Service;
  specialty_code?: string | null;
  priority: Priority;
  exam?: ExamRequest | null;
  question?: string | null;
  wanted_on?: string | null;
}

export type PatientCard = Schemas['PatientCard'];

export type Party = Schemas['Party'];

export type Place = Schemas['Place'];

export type HeldPlace = Schemas['HeldPlace'];

export type Encounter = Schemas['Encounter'];

export type ExitReason = Schemas['ExitReason'];

export interface DischargeSummary {
  diagnoses: Diagnosis[];
  findings: string;
  treatment: string;
  condition: string;
  advice: string;
  discharged_on?: string | null;
  attachment_ids: string[];
}

export interface Discharge {
  returned_at: string;
  by_name: string;
  discharged_at?: string | null;
  summary: DischargeSummary;
}

export type PlannedDrug = Schemas['PlannedDrug'];

export interface PlanContent {
  diagnoses: Diagnosis[];
  stability: Record<string, boolean>;
  drugs: PlannedDrug[];
  rehabilitation_goal: string;
  precautions: string;
  starts_on?: string | null;
  follow_up_days?: number[] | null;
  follow_up_reason?: string | null;
}

export type FormularyCheck = Schemas['FormularyCheck'];

export interface DownPlan {
  proposed_at: string;
  proposed_by: string;
  proposed_by_org_id: string;
  plan: PlanContent;
  formulary: FormularyCheck[];
  formulary_rule_version: number;
  follow_up_days: number[];
  accepted_at?: string | null;
}

export const OUTCOMES = ['cured', 'improved', 'unchanged', 'worse', 'died', 'other'] as const;
export interface Outcome {
  result: (typeof OUTCOMES)[number];
  text?: string | null;
  satisfaction?: number | null;
}

export type Advice = Schemas['Advice'];

export type Readmission = Schemas['Readmission'];

export interface OpenAction {
  action: ActionName;
  allowed: boolean;
  reason_code?: string | null;
  then?: State | null;
}

export type Attachment = Schemas['Attachment'];

export type FollowUpRecord = Schemas['FollowUpRecord'];

export interface FollowUp {
  id: string;
  referral_id: string;
  referral_number: string;
  patient_id: string;
  patient_name: string;
  org_id: string;
  hospital_org_id: string;
  day: number;
  due_on: string;
  state: 'waiting' | 'done' | 'missed' | 'cancelled';
  record?: FollowUpRecord | null;
  ended_at?: string | null;
  by_name?: string | null;
  version: number;
  overdue: boolean;
}

export interface Referral {
  id: string;
  number: string;
  kind: Kind;
  state: State;
  patient_id: string;
  patient: PatientCard;
  from: Party;
  to: Party;
  community?: Party | null;
  content: Content;
  suggestion?: {
    rule_version: number;
    reasons: string[];
    red_flags: string[];
    overridden: boolean;
    override_reason?: string | null;
  } | null;
  made_by: string;
  created_at: string;
  submitted_at?: string | null;
  answered_at?: string | null;
  escalated_at?: string | null;
  due_at?: string | null;
  reminded_at?: string | null;
  expected_at?: string | null;
  acceptance_note?: string | null;
  hold?: HeldPlace | null;
  encounter?: Encounter | null;
  discharge?: Discharge | null;
  down_plan?: DownPlan | null;
  advice?: Advice | null;
  reason?: ExitReason | null;
  outcome?: Outcome | null;
  readmission?: Readmission | null;
  origin_id?: string | null;
  ended_at?: string | null;
}

export interface ReferralView extends Referral {
  version: number;
  sides: Side[];
  actions: OpenAction[];
  attachments: Attachment[];
  follow_ups: FollowUp[];
}

export interface TimelineEntry {
  id: string;
  at: string;
  /** An event code such as `referral.accepted`, or `message`. */
  event: string;
  by_name: string;
  role: string;
  org_id: string;
  org_name?: string | null;
  detail: Record<string, unknown>;
  text?: string | null;
}

export interface NewReferral {
  kind: Kind;
  patient_id: string;
  from_org_id?: string | null;
  from_department_id?: string | null;
  from_phone?: string | null;
  to_org_id: string;
  to_department_id?: string | null;
  to_practitioner_id?: string | null;
  content: Content;
  down_plan?: PlanContent | null;
}

/** A reason as a code, and what fills its sentence. */
export interface Because {
  code: string;
  data: Record<string, unknown>;
}

export interface Target {
  org_id: string;
  name: string;
  distance_meters?: number | null;
  free_places: number;
  first_free_at?: string | null;
  because: Because[];
}

export interface Suggestion {
  verdict: 'stay' | 'refer' | 'unknown';
  kind: Kind;
  level: number;
  priority: Priority;
  specialty_code?: string | null;
  red_flags: Because[];
  because: Because[];
  targets: Target[];
  rule_version: number;
}

export interface LiveRequest {
  id?: string | null;
  number?: string | null;
  state?: State | null;
  kind?: Kind | null;
}

export interface PreflightAnswer {
  basis?: { kind: string } | null;
  live?: LiveRequest | null;
  others: LiveRequest[];
  suggestion: Suggestion;
}

export type VitalRange = Schemas['VitalRange'];

/** A text of a rule in both languages. */
export interface RuleItem {
  code: string;
  zh: string;
  en: string;
  icd_prefixes?: string[];
}

export interface FormItem extends RuleItem {
  kind: 'text' | 'number' | 'yes-no';
  required: boolean;
  unit?: string | null;
}

export interface Options {
  vital_signs: Record<string, VitalRange>;
  danger_signs: RuleItem[];
  stability: RuleItem[];
  follow_up_days: number[];
  follow_up_form: FormItem[];
  place_needed: Kind[];
}

export type Offer = Schemas['Offer'];

/** A case in a list. */
export interface ReferralRow {
  id: string;
  version: number;
  number: string;
  kind: Kind;
  state: State;
  priority: Priority;
  service: Service;
  patient_id: string;
  patient_name: string;
  patient_sex: Sex;
  patient_age_years?: number | null;
  diagnosis?: string | null;
  from_org_id: string;
  from_org_name: string;
  from_doctor_name?: string | null;
  to_org_id: string;
  to_org_name: string;
  to_department_name?: string | null;
  waits_for_org_id: string;
  created_at: string;
  submitted_at?: string | null;
  due_at?: string | null;
  overdue: boolean;
  expected_at?: string | null;
  place_name?: string | null;
  escalated: boolean;
  readmission: boolean;
  red_flags: string[];
}

/** Live cases by side and state; `shown_max` means that many or more. */
export type Counts = Schemas['Counts'];

export interface BulkResult {
  id: string;
  done: boolean;
  version?: number | null;
  state?: State | null;
  code?: string | null;
}
