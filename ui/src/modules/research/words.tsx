/** The words of extracts. */
import { t, textOr } from '@/i18n';
import { StatusTag } from '@/kit/StatusTag';
import type { Tone } from '@/kit/tokens';
import type { Column, State } from './types';

const TONES: Record<State, Tone> = {
  requested: 'waiting',
  running: 'active',
  ready: 'done',
  downloaded: 'done',
  refused: 'overdue',
  unmet: 'overdue',
  failed: 'overdue',
  expired: 'neutral',
  withdrawn: 'neutral',
};

export function StateTag({ state }: { state: State }) {
  return <StatusTag tone={TONES[state]} label={t(`research.state.${state}`)} />;
}

export function columnText(column: Column): string {
  return t(`research.column.${column}`);
}

/** A resource type in the reader's language; in FHIR's own word where there is none. */
export function kindText(kind: string): string {
  return textOr(kind, `research.kind.${kind}`);
}
