/** What the server sends and takes, by its own names. */

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
export type Sex = 'male' | 'female' | 'other' | 'unknown';

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

export interface Diagnosis {
  code: string;
  display: string;
}

/** Whole numbers; tenths where the name says so. */
export interface VitalSigns {
  measured_at?: string | null;
  pulse_bpm?: number | null;
  systolic_mmhg?: number | null;
  diastolic_mmhg?: number | null;
  respiration_per_minute?: number | null;
  temperature_tenths_celsius?: number | null;
  oxygen_saturation_percent?: number | null;
  glucose_tenths_mmol_l?: number | null;
  weight_tenths_kg?: number | null;
  pain_score?: number | null;
  coma_score?: number | null;
}
export type VitalName = Exclude<keyof VitalSigns, 'measured_at'>;

export interface Consent {
  given_by: 'patient' | 'guardian' | 'family' | 'emergency';
  name?: string | null;
  form: 'written' | 'spoken' | 'electronic';
  at: string;
  attachment_id?: string | null;
}

export interface ExamRequest {
  item_code: string;
  item_display: string;
  part?: string | null;
  equipment?: string | null;
  preparation?: string | null;
}

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

export interface PatientCard {
  name: string;
  sex: Sex;
  birth_date?: string | null;
  phone_masked?: string | null;
  identifier_masked?: string | null;
}

export interface Party {
  org_id: string;
  org_name: string;
  department_id?: string | null;
  department_name?: string | null;
  practitioner_id?: string | null;
  doctor_name?: string | null;
  phone?: string | null;
}

export type Place =
  | { kind: 'bed'; bed_id: string }
  | { kind: 'slot'; slot_id: string }
  | { kind: 'equipment'; equipment_id: string; start: string; minutes: number };

export interface HeldPlace {
  hold_id: string;
  place: Place;
  place_name: string;
  until: string;
  pick_up_code: string;
}

export interface Encounter {
  arrived_at?: string | null;
  admitted_at?: string | null;
  seen_at?: string | null;
  number?: string | null;
  place_text?: string | null;
  doctor_name?: string | null;
}

export interface ExitReason {
  code: string;
  text?: string | null;
  at: string;
  by_name: string;
  org_id: string;
}

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

export interface PlannedDrug {
  code: string;
  display: string;
  dose: string;
  days?: number | null;
}

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

export interface FormularyCheck {
  code: string;
  available: boolean;
  alternatives: string[];
}

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

export interface Advice {
  text: string;
  suggests: 'stay' | 'refer' | 'refer-now';
  by_name: string;
  at: string;
  became_id?: string | null;
}

export interface Readmission {
  referral_id?: string | null;
  days: number;
  noticed_at: string;
  other_is: 'earlier' | 'later';
}

export interface OpenAction {
  action: ActionName;
  allowed: boolean;
  reason_code?: string | null;
  then?: State | null;
}

export interface Attachment {
  id: string;
  at: string;
  author_name: string;
  org_id: string;
  file_name: string;
  media_type: string;
  size_bytes: number;
}

export interface FollowUpRecord {
  way: 'home-visit' | 'clinic' | 'phone' | 'video';
  done_on: string;
  form: Record<string, string>;
  takes_drugs?: boolean | null;
  readmitted?: boolean | null;
  progress: string;
}

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

export interface VitalRange {
  min: number;
  max: number;
  usual_min: number;
  usual_max: number;
  unit: string;
}

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

export interface Offer {
  place: Place;
  org_id: string;
  org_name: string;
  department_id?: string | null;
  specialty?: string | null;
  name: string;
  practitioner?: string | null;
  start_at: string;
  end_at?: string | null;
  channel: 'routine' | 'referral' | 'green';
  wait_minutes: number;
  distance_meters?: number | null;
  price: number;
  preparation?: string | null;
}

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
export interface Counts {
  inbox: Record<string, number>;
  outbox: Record<string, number>;
  community: Record<string, number>;
  inbox_overdue: number;
  outbox_overdue: number;
  community_overdue: number;
  shown_max: number;
}

export interface BulkResult {
  id: string;
  done: boolean;
  version?: number | null;
  state?: State | null;
  code?: string | null;
}
