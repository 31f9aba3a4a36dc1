import dayjs from 'dayjs';
import { expect, test } from 'vitest';
import { windowMoments } from './windows';

const at = (text: string) => dayjs(text).valueOf();
const hour = (iso: string) => dayjs(iso).format('MM-DD HH');

test('this afternoon begins at noon, or now when it has begun', () => {
  expect(hour(windowMoments('afternoon', at('2026-11-22 09:00')).from)).toBe('11-22 12');
  const late = windowMoments('afternoon', at('2026-11-22 15:00'));
  expect([hour(late.from), hour(late.to)]).toEqual(['11-22 15', '11-22 18']);
  expect(hour(windowMoments('afternoon', at('2026-11-22 20:00')).from)).toBe('11-23 12');
});

test('days are counted from now, tomorrow is a whole day', () => {
  expect(hour(windowMoments('days3', at('2026-11-22 09:00')).to)).toBe('11-25 09');
  const tomorrow = windowMoments('tomorrow', at('2026-11-22 09:00'));
  expect([hour(tomorrow.from), hour(tomorrow.to)]).toEqual(['11-23 00', '11-24 00']);
});
