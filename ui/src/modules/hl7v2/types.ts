/** What the server says of HL7 v2 messages, their senders and mappings. */
import type { components } from '@/api/schema.gen';

type PatientBrief = components['schemas']['PatientBrief'];

export type MessageState = 'applied' | 'kept' | 'failed' | 'rejected' | 'replaying' | 'dismissed';
/** What waits for somebody stands first. */
export const MESSAGE_STATES: readonly MessageState[] = [
  'failed',
  'rejected',
  'replaying',
  'applied',
  'kept',
  'dismissed',
];

/** Why a message was not taken. */
export interface Reason {
  code: string;
  detail: string;
  /** `PID^1^3`, or fields of ours. */
  at: string[];
}

/** One thing that a message did, or a note of what was left as it was. */
export interface Effect {
  what: string;
  reference?: string | null;
  note?: string | null;
  value?: string | null;
}

export interface MessageRow {
  id: string;
  sender_id?: string | null;
  sender_name?: string | null;
  kind: string;
  control_id: string;
  state: MessageState;
  ack: string;
  reason?: Reason | null;
  received_at: string;
  sent_at?: string | null;
  late: boolean;
  address: string;
  notes: number;
  edits: number;
}

export interface Edit {
  number: number;
  changed: boolean;
  at: string;
  account_id: string;
  account_name: string;
  reason: string;
}

export interface Message {
  id: string;
  sender_id?: string | null;
  org_id?: string | null;
  control_id: string;
  kind: string;
  hl7_version: string;
  sent_at?: string | null;
  received_at: string;
  late: boolean;
  charset: string;
  size_bytes: number;
  sha256: string;
  address: string;
  state: MessageState;
  ack: string;
  answer: string;
  reason?: Reason | null;
  effects: Effect[];
  patient_id?: string | null;
  mapping?: number | null;
  is_first: boolean;
  edits: Edit[];
}

/** A text of a message: 0 is what came, the others what people made of it. */
export interface MessageText {
  number: number;
  /** `hex` where the bytes do not decode as declared: the text is then a guess. */
  form: string;
  text: string;
}

export interface Field {
  number: number;
  text: string;
}

export interface Segment {
  name: string;
  sequence: number;
  fields: Field[];
}

export interface MessageDetail {
  message: Message;
  sender_name?: string | null;
  patient?: PatientBrief | null;
  texts: MessageText[];
  segments: Segment[];
  duplicates: number;
  actions: string[];
}

export interface SenderFigures {
  sender_id: string;
  sender_name: string;
  received: number;
  applied: number;
  kept: number;
  failed: number;
  rejected: number;
  dismissed: number;
  duplicates: number;
  late: number;
  last_at?: string | null;
}

export interface Statistics {
  from: string;
  to: string;
  items: SenderFigures[];
}

export type SenderState = 'active' | 'stopped';
export type Charset = 'utf8' | 'gb18030' | 'ascii';
export const CHARSETS: readonly Charset[] = ['utf8', 'gb18030', 'ascii'];
export const PROCESSINGS = ['P', 'T', 'D'] as const;

export interface SenderInput {
  name: string;
  org_id: string;
  application: string;
  facility: string;
  charset: Charset;
  processing: string;
  late_minutes: number;
  addresses: string[];
  state: SenderState;
}

export interface Sender extends SenderInput {
  id: string;
  /** Number of the mapping in force. */
  mapping: number;
  created_at: string;
}

export interface SharedCode {
  system: string;
  code: string;
  display?: string | null;
}

/** How a sender's fields and codes are read; what it does not name is read as usual. */
export interface Mapping {
  system: string;
  paths: Record<string, string[]>;
  codes: Record<string, Record<string, string>>;
  items: Record<string, SharedCode>;
  utc_offset_minutes: number;
  visit_class: string;
}

export interface MappingVersion {
  id: string;
  sender_id: string;
  org_id: string;
  number: number;
  note: string;
  by: string;
  at: string;
  mapping: Mapping;
}

export interface MappingVersions {
  in_force: number;
  items: MappingVersion[];
}

/** What a pasted message would do. */
export interface Trial {
  ack: string;
  answer: string;
  state: MessageState;
  reason?: Reason | null;
  effects: Effect[];
}
