/** What the screens of messages and senders read. */
import { useQuery } from '@tanstack/react-query';
import { call, callVersioned, type Page } from '@/api/client';
import type {
  Mapping,
  MappingVersions,
  MessageDetail,
  OutboundDetail,
  OutboundStatistics,
  Receiver,
  ReceiverInput,
  Sender,
  SenderInput,
  Statistics,
} from './types';

const FIGURES_EVERY_MS = 30_000;
const SENDERS_MAX = 200;
const RECEIVERS_MAX = 200;

/** Days of the address as moments: from the first day's beginning to the last day's end. */
export function momentsOf(from: string | undefined, to: string | undefined) {
  const moment = (day: string | undefined, plus: number) => {
    if (!day) return undefined;
    const date = new Date(`${day}T00:00:00`);
    date.setDate(date.getDate() + plus);
    return date.toISOString();
  };
  return { from: moment(from, 0), to: moment(to, 1) };
}

/** Figures by sender. Repetitions change them without being messages, hence the clock. */
export function useStatistics(from: string | undefined, to: string | undefined) {
  return useQuery({
    queryKey: ['hl7-message', 'statistics', from, to],
    queryFn: ({ signal }) =>
      call<Statistics>('GET', '/api/hl7/statistics', { query: momentsOf(from, to), signal }),
    refetchInterval: FIGURES_EVERY_MS,
  });
}

/**
 * One message. Each reading is noted, which is itself an event of this message: the key must not
 * begin with its kind, or the reading would go on for ever.
 */
export function useMessage(id: string) {
  return useQuery({
    queryKey: messageKey(id),
    queryFn: ({ signal }) =>
      callVersioned<MessageDetail>('GET', `/api/hl7/messages/${id}`, { signal }),
    refetchOnWindowFocus: false,
  });
}

export function messageKey(id: string) {
  return ['hl7', 'message', id];
}

/** The senders within reach, for pickers. */
export function useSenders() {
  return useQuery({
    queryKey: ['hl7-sender', 'all'],
    queryFn: ({ signal }) =>
      call<Page<Sender>>('GET', '/api/hl7/senders', { query: { limit: SENDERS_MAX }, signal }),
  });
}

export function useSender(id: string | undefined) {
  return useQuery({
    queryKey: ['hl7-sender', 'one', id],
    queryFn: ({ signal }) => callVersioned<Sender>('GET', `/api/hl7/senders/${id}`, { signal }),
    enabled: id !== undefined,
  });
}

export function useMappings(id: string) {
  return useQuery({
    queryKey: ['hl7-mapping', id],
    queryFn: ({ signal }) =>
      call<MappingVersions>('GET', `/api/hl7/senders/${id}/mappings`, { signal }),
    meta: { follows: ['hl7-sender'] },
  });
}

/** Every field, code map and code of the default mapping, written out. */
export function useDefaultMapping() {
  return useQuery({
    queryKey: ['hl7-mapping', 'default'],
    queryFn: ({ signal }) => call<Mapping>('GET', '/api/hl7/mapping-default', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What is sent of a sender: the server refuses what it sets itself. */
export function inputOf(sender: SenderInput): SenderInput {
  return {
    name: sender.name,
    org_id: sender.org_id,
    application: sender.application,
    facility: sender.facility,
    charset: sender.charset,
    processing: sender.processing,
    late_minutes: sender.late_minutes,
    addresses: sender.addresses,
    state: sender.state,
  };
}

/** Figures by receiver, and how sending goes now. */
export function useOutboundStatistics(from: string | undefined, to: string | undefined) {
  return useQuery({
    queryKey: ['hl7-outbound', 'statistics', from, to],
    queryFn: ({ signal }) =>
      call<OutboundStatistics>('GET', '/api/hl7/outbound-statistics', {
        query: momentsOf(from, to),
        signal,
      }),
    refetchInterval: FIGURES_EVERY_MS,
  });
}

/** One message that leaves. Its reading is noted with the patient, so that its own events renew it. */
export function useOutbound(id: string) {
  return useQuery({
    queryKey: outboundKey(id),
    queryFn: ({ signal }) =>
      callVersioned<OutboundDetail>('GET', `/api/hl7/outbound/${id}`, { signal }),
    refetchOnWindowFocus: false,
  });
}

export function outboundKey(id: string) {
  return ['hl7-outbound', 'one', id];
}

/** The receivers within reach, for pickers. */
export function useReceivers() {
  return useQuery({
    queryKey: ['hl7-receiver', 'all'],
    queryFn: ({ signal }) =>
      call<Page<Receiver>>('GET', '/api/hl7/receivers', {
        query: { limit: RECEIVERS_MAX },
        signal,
      }),
  });
}

export function useReceiver(id: string | undefined) {
  return useQuery({
    queryKey: ['hl7-receiver', 'one', id],
    queryFn: ({ signal }) => callVersioned<Receiver>('GET', `/api/hl7/receivers/${id}`, { signal }),
    enabled: id !== undefined,
  });
}

/** What is sent of a receiver: the server refuses what it sets itself. */
export function receiverInputOf(receiver: Receiver): ReceiverInput {
  const { id: _id, created_at: _created, ...input } = receiver;
  return { ...input, tls: input.tls ?? null };
}
