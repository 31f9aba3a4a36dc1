/** What the server says of HL7 v2 messages, their senders and mappings. */
import type { components } from '@/api/schema.gen';

type Schemas = components['schemas'];

export type MessageState = Schemas['Hl7MessageState'];
/** What waits for somebody stands first. */
export const MESSAGE_STATES: readonly MessageState[] = [
  'failed',
  'rejected',
  'replaying',
  'applied',
  'kept',
  'dismissed',
];

export type Reason = Schemas['Hl7Reason'];
export type Effect = Schemas['Hl7Effect'];
export type MessageRow = Schemas['Hl7MessageRow'];
export type Edit = Schemas['Hl7Edit'];
export type Message = Schemas['Hl7Message'];
export type MessageText = Schemas['Hl7Text'];
export type Field = Schemas['Hl7Field'];
export type Segment = Schemas['Hl7Segment'];
export type MessageDetail = Schemas['Hl7MessageDetail'];
export type SenderFigures = Schemas['Hl7SenderFigures'];
export type Statistics = Schemas['Hl7Statistics'];

export type SenderState = Schemas['Hl7SenderState'];
export type Charset = Schemas['Hl7Charset'];
export const CHARSETS: readonly Charset[] = ['utf8', 'gb18030', 'ascii'];
export const PROCESSINGS = ['P', 'T', 'D'] as const;

export type Sender = Schemas['Hl7Sender'];
/** A form says all of a sender, also what has a default. */
export type SenderInput = Required<Schemas['Hl7SenderInput']>;

export type SharedCode = Schemas['Hl7SharedCode'];
export type Mapping = Schemas['Hl7Mapping'];
export type MappingVersion = Schemas['Hl7MappingVersion'];
export type MappingVersions = Schemas['Hl7MappingVersions'];
export type Trial = Schemas['Hl7Trial'];

export type OutboundState = Schemas['Hl7OutboundState'];
/** What needs somebody stands first. */
export const OUTBOUND_STATES: readonly OutboundState[] = [
  'dead',
  'waiting',
  'withheld',
  'skipped',
  'accepted',
];
export type OutboundRow = Schemas['Hl7OutboundRow'];
export type OutboundDetail = Schemas['Hl7OutboundDetail'];
export type Attempt = Schemas['Hl7Attempt'];
export type OutboundStatistics = Schemas['Hl7OutboundStatistics'];
export type ReceiverFigures = Schemas['Hl7ReceiverFigures'];

export type ReceiverState = Schemas['Hl7ReceiverState'];
export type AckMode = Schemas['Hl7AckMode'];
export const ACK_MODES: readonly AckMode[] = ['original', 'commit', 'commit-and-application'];
export const OUT_CHARSETS: readonly Charset[] = ['utf8', 'gb18030'];
export const VERSIONS = ['2.3.1', '2.4', '2.5', '2.5.1', '2.6', '2.8'] as const;
/** What a receiver may be sent. */
export const OUT_KINDS = [
  ...['ADT^A28', 'ADT^A31', 'ADT^A40', 'ADT^A01', 'ADT^A03', 'REF^I12', 'REF^I14'],
  ...['SIU^S12', 'SIU^S15', 'ORU^R01', 'MDM^T02', 'MDM^T08'],
];
export type Receiver = Schemas['Hl7Receiver'];
/** A form says all of a receiver, also what has a default. */
export type ReceiverInput = Required<Schemas['Hl7ReceiverInput']>;
export type ReceiverTrial = Schemas['Hl7ReceiverTrial'];
