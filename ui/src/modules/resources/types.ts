/** What the operations of pooled resources send and take. */
import type { components } from '@/api/schema.gen';

type Schemas = components['schemas'];

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

export type Offer = Schemas['Offer'];
export type Ward = Schemas['ResourcesWard'];

export type BedState = 'open' | 'occupied' | 'cleaning' | 'closed';

export type BedHold = Schemas['ResourcesBedHold'];
export type Bed = Schemas['ResourcesBed'];
export type BedMap = Schemas['ResourcesBedMap'];
export type QuotaBar = Schemas['ResourcesQuotaBar'];
export type Slot = Schemas['ResourcesSlot'];
export type Session = Schemas['ResourcesSession'];
export type Quota = Schemas['ResourcesQuota'];
export type Template = Schemas['ResourcesTemplate'];
export type Exam = Schemas['ResourcesExam'];
export type Equipment = Schemas['ResourcesEquipment'];
export type LanePiece = Schemas['ResourcesLanePiece'];
export type Lane = Schemas['ResourcesLane'];
export type Maintenance = Schemas['ResourcesMaintenanceView'];
export type IdleLine = Schemas['ResourcesIdleLine'];
export type Summary = Schemas['ResourcesSummary'];
export type SummaryAnswer = Schemas['ResourcesSummaryAnswer'];
export type HoldView = Schemas['ResourcesHold'];

export type WaitState = 'waiting' | 'offered' | 'taken' | 'left' | 'lapsed';
export const WAIT_STATES: readonly WaitState[] = ['waiting', 'offered', 'taken', 'left', 'lapsed'];

export type Waiting = Schemas['ResourcesWaiting'];

/** What a refusal "taken" says: by whom, and what else is free. */
export interface Taken {
  taken_by_org?: string;
  taken_at?: string;
  alternatives?: Offer[];
}
