import { expect, test } from 'vitest';
import { spanOf, windowOf } from './lanes';
import type { Lane } from './types';

const at = (time: string) => new Date(`2026-11-22T${time}:00`).toISOString();
const lane = (start: string, end: string) =>
  ({ equipment: {}, pieces: [{ kind: 'open', start_at: at(start), end_at: at(end) }] }) as Lane;

test('the working day is shown, wider where a device is open longer', () => {
  expect(windowOf([lane('09:00', '12:00')], '2026-11-22')).toEqual({ from: 8, to: 18 });
  expect(windowOf([lane('06:30', '20:10')], '2026-11-22')).toEqual({ from: 6, to: 21 });
});

test('a piece stands where its hours are', () => {
  const window = { from: 8, to: 18 };
  const span = spanOf({ start_at: at('09:00'), end_at: at('13:00') }, '2026-11-22', window);
  expect(span).toEqual({ left: 10, width: 40 });
});
