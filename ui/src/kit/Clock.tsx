import { t } from '@/i18n';
import { StatusTag } from './StatusTag';
import { clockState, dateTimeText, spanText, useNow } from './time';

export interface ClockProps {
  since: string;
  due?: string | null;
  /** When the wait ended; the clock then stands still. */
  ended?: string | null;
  /** Who is being waited for. */
  waitsFor?: string;
  plain?: boolean;
}

/** How long something waits and against which limit: amber before it, red after it, in words. */
export function Clock({ since, due, ended, waitsFor, plain }: ClockProps) {
  const now = useNow();
  if (ended) {
    const took = Date.parse(ended) - Date.parse(since);
    const late = due ? Date.parse(ended) > Date.parse(due) : false;
    return (
      <StatusTag
        plain={plain}
        tone={late ? 'overdue' : 'neutral'}
        label={t('kit.clock.took', { time: spanText(took) })}
      />
    );
  }
  const state = clockState(since, due, now);
  const title = [
    t('kit.clock.waited', { time: spanText(state.waited_ms) }),
    due ? t('kit.clock.limit', { at: dateTimeText(due) }) : '',
    waitsFor ? t('kit.clock.waits-for', { who: waitsFor }) : '',
  ];
  return (
    <StatusTag
      plain={plain}
      tone={state.tone}
      title={title.filter(Boolean).join(' · ')}
      label={
        <span className="lt-figures">{words(state.left_ms, state.waited_ms, state.tone)}</span>
      }
    />
  );
}

function words(left_ms: number | null, waited_ms: number, tone: string): string {
  if (left_ms === null) return t('kit.clock.waited', { time: spanText(waited_ms) });
  const key = tone === 'overdue' ? 'kit.clock.over' : 'kit.clock.left';
  return t(key, { time: spanText(left_ms) });
}
