/** The windows people ask in: now, this afternoon, within three days. */
import dayjs from 'dayjs';

export type WindowName = 'today' | 'afternoon' | 'tomorrow' | 'days3' | 'days7' | 'days14';
export const WINDOWS: readonly WindowName[] = [
  'today',
  'afternoon',
  'tomorrow',
  'days3',
  'days7',
  'days14',
];

const NOON = 12;
const EVENING = 18;
const DAYS: Partial<Record<WindowName, number>> = { days3: 3, days7: 7, days14: 14 };

/** From when to when, by the clock of the person who asks. */
export function windowMoments(name: WindowName, now: number): { from: string; to: string } {
  const start = dayjs(now);
  const day = start.startOf('day');
  const iso = (from: dayjs.Dayjs, to: dayjs.Dayjs) => ({
    from: from.toISOString(),
    to: to.toISOString(),
  });
  if (name === 'today') return iso(start, day.add(1, 'day'));
  if (name === 'tomorrow') return iso(day.add(1, 'day'), day.add(2, 'day'));
  if (name === 'afternoon') {
    // In the evening the next afternoon is meant.
    const base = start.hour() >= EVENING ? day.add(1, 'day') : day;
    const noon = base.add(NOON, 'hour');
    return iso(noon.isAfter(start) ? noon : start, base.add(EVENING, 'hour'));
  }
  return iso(start, start.add(DAYS[name] ?? 7, 'day'));
}
