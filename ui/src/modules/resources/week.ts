/** Sessions laid out as a week: one row a clinic, one column a day. */
import dayjs from 'dayjs';
import type { Session } from './types';

export const WEEK_DAYS = 7;

export interface CalendarRow {
  key: string;
  name: string;
  practitioner: string;
  /** Sessions by day, in the order of the days. */
  days: Session[][];
}

/** The Monday of the week that a day lies in. */
export function mondayOf(day: string | undefined, now: number): string {
  const date = day ? dayjs(day) : dayjs(now);
  return date.subtract((date.day() + WEEK_DAYS - 1) % WEEK_DAYS, 'day').format('YYYY-MM-DD');
}

/** The days from a first one on. */
export function daysFrom(first: string, count = WEEK_DAYS): string[] {
  return Array.from({ length: count }, (_, index) =>
    dayjs(first).add(index, 'day').format('YYYY-MM-DD'),
  );
}

/** Rows by clinic and doctor; a clinic's sessions of one day in their order. */
export function calendarRows(sessions: Session[], days: string[]): CalendarRow[] {
  const rows = new Map<string, CalendarRow>();
  for (const session of sessions) {
    const column = days.indexOf(session.date);
    if (column < 0) continue;
    // A substitute stands in the row of the one who was to come.
    const practitioner = session.substituted ?? session.practitioner ?? '';
    const key = `${session.name} ${practitioner}`;
    const row = rows.get(key) ?? {
      key,
      name: session.name,
      practitioner,
      days: days.map(() => []),
    };
    row.days[column]?.push(session);
    rows.set(key, row);
  }
  for (const row of rows.values()) {
    for (const day of row.days) day.sort((a, b) => a.start_at.localeCompare(b.start_at));
  }
  return [...rows.values()].sort((a, b) => a.name.localeCompare(b.name, 'zh'));
}
