/** The words of messages: states, reasons, effects, kinds. */
import { language, t, textOr } from '@/i18n';
import { StatusTag } from '@/kit/StatusTag';
import type { Tone } from '@/kit/tokens';
import { withNote } from '@/kit/words';
import { type Place, placeOf, placeText } from './place';
import type {
  Effect,
  MessageState,
  OutboundState,
  Reason,
  ReceiverState,
  SenderState,
} from './types';

const TONES: Record<MessageState, Tone> = {
  failed: 'overdue',
  rejected: 'overdue',
  replaying: 'active',
  applied: 'done',
  kept: 'neutral',
  dismissed: 'neutral',
};

export function StateTag({ state }: { state: MessageState }) {
  return <StatusTag tone={TONES[state]} label={t(`hl7v2.state.${state}`)} />;
}

export function SenderTag({ state }: { state: SenderState }) {
  const tone = state === 'active' ? 'done' : 'neutral';
  return <StatusTag tone={tone} label={t(`hl7v2.sender-state.${state}`)} />;
}

const OUT_TONES: Record<OutboundState, Tone> = {
  waiting: 'waiting',
  accepted: 'done',
  dead: 'overdue',
  skipped: 'neutral',
  withheld: 'neutral',
};

export function OutboundTag({ state }: { state: OutboundState }) {
  return <StatusTag tone={OUT_TONES[state]} label={t(`hl7v2.outbound-state.${state}`)} />;
}

const RECEIVER_TONES: Record<ReceiverState, Tone> = {
  active: 'done',
  paused: 'soon',
  stopped: 'neutral',
};

export function ReceiverTag({ state }: { state: ReceiverState }) {
  return <StatusTag tone={RECEIVER_TONES[state]} label={t(`hl7v2.receiver-state.${state}`)} />;
}

/** How a try ended. */
export function outcomeText(outcome: string): string {
  const key = `hl7v2.outcome.${outcome.replace(/^hl7\./, '')}`;
  return textOr(t('hl7v2.outcome.other', { code: outcome }), key);
}

/** What happened that a message tells of. */
export function eventText(event: string): string {
  return textOr(event, `hl7v2.event.${event.replaceAll('.', '-')}`);
}

/** AA, AE, AR with what it means. */
export function ackText(ack: string): string {
  const means = textOr('', `hl7v2.ack.${ack}`);
  return means === '' ? ack : withNote(ack, means);
}

/** What messages of this kind are about. */
export function kindText(kind: string): string {
  const [type = '', event = ''] = kind.split('^');
  return textOr('', `hl7v2.kind.${type}-${event}`, `hl7v2.kind.${type}`);
}

/** Why a message was not taken, in the reader's language. */
export function reasonText(reason: Reason): string {
  const key = `hl7v2.reason.${reason.code.replace(/^hl7\./, '').replaceAll('.', '-')}`;
  if (language() === 'en') return reason.detail || textOr(reason.code, key);
  return textOr(t('hl7v2.reason.other', { code: reason.code }), key);
}

/** The places in the message that a reason names. */
export function placesOf(reason: Reason | null | undefined): Place[] {
  return (reason?.at ?? []).flatMap((at) => placeOf(at) ?? []);
}

/** Where, as people say it. */
export function whereTexts(reason: Reason): string[] {
  return reason.at.map((at) => {
    const place = placeOf(at);
    return place ? placeText(place) : textOr(at, `hl7v2.field.${at.replaceAll('_', '-')}`);
  });
}

/** What a message did, or what it left as it was and why. */
export function effectText(effect: Effect): string {
  if (!effect.note) return textOr(effect.what, `hl7v2.effect.${effect.what}`);
  const key = `hl7v2.note.${effect.note.replace(/^hl7\./, '')}`;
  const text = textOr('', key);
  if (text === '') return withNote(t('hl7v2.effect.note'), effect.note);
  return t(key, { value: effect.value ?? '' });
}
