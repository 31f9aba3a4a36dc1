/** Times and spans in words, by the server's clock. */
import dayjs from 'dayjs';
import { useSyncExternalStore } from 'react';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import type { Tone } from './tokens';

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;
const TICK_MS = 30_000;

/** The last quarter of a limit is amber. */
const SOON_SHARE = 0.25;

const tickListeners = new Set<() => void>();
let ticker: ReturnType<typeof setInterval> | undefined;
let now_ms = serverNow();

/** The time now, moving every 30 seconds; only the component that calls it renders again. */
export function useNow(): number {
  return useSyncExternalStore(subscribeTick, () => now_ms);
}

export interface ClockState {
  tone: Extract<Tone, 'waiting' | 'soon' | 'overdue'>;
  waited_ms: number;
  /** Negative when the limit has passed; `null` without a limit. */
  left_ms: number | null;
}

/** How a wait stands: amber in the last quarter before its limit, red after it. */
export function clockState(since: string, due: string | null | undefined, now: number): ClockState {
  const started = Date.parse(since);
  const waited_ms = Math.max(0, now - started);
  if (!due) return { tone: 'waiting', waited_ms, left_ms: null };
  const limit = Date.parse(due);
  const left_ms = limit - now;
  if (left_ms < 0) return { tone: 'overdue', waited_ms, left_ms };
  const soon = left_ms <= Math.max(0, limit - started) * SOON_SHARE;
  return { tone: soon ? 'soon' : 'waiting', waited_ms, left_ms };
}

/** A span in words of at most two units: `3 小时 5 分`, `2 天 4 小时`. */
export function spanText(span_ms: number): string {
  const minutes = Math.floor(Math.abs(span_ms) / MINUTE_MS);
  if (minutes === 0) return t('kit.span.now');
  if (minutes < HOUR_MINUTES) return t('kit.span.minutes', { n: minutes });
  if (minutes < DAY_MINUTES) {
    const h = Math.floor(minutes / HOUR_MINUTES);
    const m = minutes % HOUR_MINUTES;
    return m === 0 ? t('kit.span.hours', { n: h }) : t('kit.span.hours-minutes', { h, m });
  }
  const d = Math.floor(minutes / DAY_MINUTES);
  const h = Math.floor((minutes % DAY_MINUTES) / HOUR_MINUTES);
  // Beyond three days the hours only add noise.
  return h === 0 || d > 3 ? t('kit.span.days', { n: d }) : t('kit.span.days-hours', { d, h });
}

/** `刚刚`, `5 分前`, `2 天后`. */
export function relativeText(at: string, now: number): string {
  const difference = Date.parse(at) - now;
  if (Math.abs(difference) < MINUTE_MS) return t('kit.time.just-now');
  const time = spanText(difference);
  return difference < 0 ? t('kit.time.ago', { time }) : t('kit.time.ahead', { time });
}

/** `2026-11-22 14:05`. */
export function dateTimeText(at: string | number): string {
  return dayjs(at).format('YYYY-MM-DD HH:mm');
}

/** `2026-11-22`. */
export function dateText(at: string | number): string {
  return dayjs(at).format('YYYY-MM-DD');
}

/** `14:05` today, else `11-20 14:05`, else with the year. */
export function shortTimeText(at: string | number, now: number): string {
  const time = dayjs(at);
  const today = dayjs(now);
  if (time.isSame(today, 'day')) return time.format('HH:mm');
  return time.format(time.isSame(today, 'year') ? 'MM-DD HH:mm' : 'YYYY-MM-DD HH:mm');
}

function subscribeTick(listener: () => void): () => void {
  tickListeners.add(listener);
  // A store that nobody watched may be stale: catch up before the first render uses it.
  if (ticker === undefined) {
    now_ms = serverNow();
    ticker = setInterval(tick, TICK_MS);
  }
  return () => {
    tickListeners.delete(listener);
    if (tickListeners.size > 0) return;
    clearInterval(ticker);
    ticker = undefined;
  };
}

function tick(): void {
  now_ms = serverNow();
  for (const listener of tickListeners) listener();
}
