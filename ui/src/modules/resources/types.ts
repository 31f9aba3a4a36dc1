/** What the operations of pooled resources send and take. */

export type PlaceKind = 'bed' | 'slot' | 'equipment';
export const PLACE_KINDS: readonly PlaceKind[] = ['slot', 'bed', 'equipment'];
export type Channel = 'routine' | 'referral' | 'green';
export const CHANNELS: readonly Channel[] = ['routine', 'referral', 'green'];
export type Sex = 'male' | 'female' | 'other' | 'unknown';
export type HoldState = 'held' | 'confirmed' | 'consumed' | 'released' | 'expired';
export const HOLD_STATES: readonly HoldState[] = [
  'held',
  'confirmed',
  'consumed',
  'released',
  'expired',
];

export type Place =
  | { kind: 'bed'; bed_id: string }
  | { kind: 'slot'; slot_id: string }
  | { kind: 'equipment'; equipment_id: string; start: string; minutes: number };

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
  channel: Channel;
  wait_minutes: number;
  distance_meters?: number | null;
  price: number;
  preparation?: string | null;
}

export interface Ward {
  id: string;
  version: number;
  org_id: string;
  department_id: string;
  specialty: string;
  code: string;
  name: string;
  state: 'open' | 'closed';
  beds_total: number;
  beds_open: number;
  beds_held: number;
  beds_occupied: number;
  beds_cleaning: number;
}

export type BedState = 'open' | 'occupied' | 'cleaning' | 'closed';

export interface BedHold {
  id: string;
  state: HoldState;
  until: string;
  for_org: string;
  owner_kind: string;
  owner_id?: string | null;
}

export interface Bed {
  id: string;
  version: number;
  org_id: string;
  ward_id: string;
  code: string;
  kind: string;
  specialty: string;
  sex_rule: 'any' | 'male' | 'female';
  isolation: boolean;
  channel: Channel;
  quota_org_id?: string | null;
  price: number;
  state: BedState;
  since: string;
  patient_sex?: Sex | null;
  patient_id?: string | null;
  leave_on?: string | null;
  note?: string | null;
  hold?: BedHold | null;
  actions: string[];
}

export interface BedMap {
  org_id: string;
  wards: Ward[];
  beds: Bed[];
}

export interface QuotaBar {
  channel: Channel;
  org_id?: string | null;
  org_name?: string | null;
  release_at?: string | null;
  places: number;
  taken: number;
}

export interface Slot {
  id: string;
  number: number;
  start_at: string;
  end_at: string;
  channel: Channel;
  quota_org_id?: string | null;
  release_at: string;
  price: number;
  state: 'open' | 'held' | 'used' | 'stopped';
  held_for?: string | null;
  held_until?: string | null;
  is_open_to_me: boolean;
}

export interface Session {
  id: string;
  version: number;
  template_id: string;
  org_id: string;
  department_id: string;
  specialty: string;
  name: string;
  date: string;
  start_at: string;
  end_at: string;
  practitioner_id?: string | null;
  practitioner?: string | null;
  substituted?: string | null;
  room?: string | null;
  price: number;
  state: 'open' | 'stopped';
  reason?: string | null;
  slots_total: number;
  slots_open: number;
  slots_held: number;
  slots_used: number;
  quotas: QuotaBar[];
  slots?: Slot[];
  actions: string[];
}

export interface Quota {
  channel: Channel;
  org_id?: string | null;
  places: number;
  release_hours?: number | null;
}

export interface Template {
  id: string;
  version: number;
  org_id: string;
  department_id: string;
  specialty: string;
  code: string;
  name: string;
  practitioner_id?: string | null;
  practitioner?: string | null;
  room?: string | null;
  weekdays: number[];
  start: string;
  end: string;
  slot_minutes: number;
  slots: number;
  quotas: Quota[];
  price: number;
  valid_from: string;
  valid_to?: string | null;
  state: 'active' | 'ended';
}

export interface Exam {
  code: string;
  name: string;
  minutes: number;
  price: number;
  preparation?: string | null;
}

export interface Equipment {
  id: string;
  version: number;
  org_id: string;
  department_id?: string | null;
  kind: string;
  code: string;
  name: string;
  model?: string | null;
  hours: { weekdays: number[]; start: string; end: string; channel: Channel }[];
  exams: Exam[];
  state: 'in-service' | 'out-of-service';
  note?: string | null;
  actions: string[];
}

export interface LanePiece {
  kind: 'open' | 'hold' | 'maintenance';
  start_at: string;
  end_at: string;
  channel?: Channel | null;
  id?: string | null;
  hold_state?: HoldState | null;
  held_for?: string | null;
  held_until?: string | null;
}

export interface Lane {
  equipment: Equipment;
  pieces: LanePiece[];
}

export interface Maintenance {
  version: number;
  id: string;
  equipment_id: string;
  start_at: string;
  end_at: string;
  reason: string;
  state: 'planned' | 'cancelled';
}

export interface IdleLine {
  equipment_id: string;
  org_id: string;
  org_name: string;
  kind: string;
  name: string;
  open_minutes: number;
  used_minutes: number;
  maintenance_minutes: number;
  idle_minutes: number;
}

export interface HoldView {
  id: string;
  version: number;
  place: Place;
  place_name: string;
  org_id: string;
  org_name: string;
  for_org_id: string;
  for_org_name: string;
  start_at?: string | null;
  end_at?: string | null;
  channel: Channel;
  owner_kind: string;
  owner_id: string;
  state: HoldState;
  held_at: string;
  expires_at: string;
  ended_at?: string | null;
  reason?: string | null;
  price: number;
  actions: string[];
}

export type WaitState = 'waiting' | 'offered' | 'taken' | 'left' | 'lapsed';
export const WAIT_STATES: readonly WaitState[] = ['waiting', 'offered', 'taken', 'left', 'lapsed'];

export interface Waiting {
  id: string;
  version: number;
  kind: PlaceKind;
  org_id: string;
  org_name: string;
  for_org_id: string;
  for_org_name: string;
  department_id?: string | null;
  key: string;
  minutes?: number | null;
  channel: Channel;
  from: string;
  to: string;
  owner_kind: string;
  owner_id: string;
  since: string;
  state: WaitState;
  ahead?: number | null;
  hold_id?: string | null;
  answer_by?: string | null;
  actions: string[];
}

/** What a refusal "taken" says: by whom, and what else is free. */
export interface Taken {
  taken_by_org?: string;
  taken_at?: string;
  alternatives?: Offer[];
}
