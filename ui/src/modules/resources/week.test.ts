import { expect, test } from 'vitest';
import type { Session } from './types';
import { calendarRows, daysFrom, mondayOf } from './week';

function session(date: string, hour: string, over: Partial<Session> = {}): Session {
  return {
    id: `${date}${hour}`,
    date,
    start_at: `${date}T${hour}:00:00Z`,
    name: '心血管内科门诊',
    practitioner: '甲',
    ...over,
  } as Session;
}

test('a week begins on Monday, Sunday belongs to the week before', () => {
  expect(mondayOf('2026-11-22', 0)).toBe('2026-11-16');
  expect(mondayOf('2026-11-23', 0)).toBe('2026-11-23');
});

test('a substitute stays in the row of the doctor who was to come', () => {
  const days = daysFrom('2026-11-23');
  const rows = calendarRows(
    [
      session('2026-11-24', '06'),
      session('2026-11-24', '01'),
      session('2026-11-25', '01', { practitioner: '乙', substituted: '甲' }),
      session('2026-12-25', '01'),
    ],
    days,
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]?.days[1]?.map((one) => one.start_at)).toEqual([
    '2026-11-24T01:00:00Z',
    '2026-11-24T06:00:00Z',
  ]);
  expect(rows[0]?.days[2]).toHaveLength(1);
});
