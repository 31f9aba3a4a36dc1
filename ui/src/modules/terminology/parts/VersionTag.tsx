import { t } from '@/i18n';
import { StatusTag } from '@/kit/StatusTag';
import type { Tone } from '@/kit/tokens';
import type { Version } from '../types';

const TONES: Record<Version['state'], Tone> = {
  draft: 'waiting',
  scheduled: 'soon',
  active: 'done',
  retired: 'neutral',
  discarded: 'neutral',
};

/** Where a version stands. */
export function VersionTag({ state }: { state: Version['state'] }) {
  return <StatusTag plain tone={TONES[state]} label={t(`terminology.version-${state}`)} />;
}
