import { expect, test } from 'vitest';
import { instead } from './instead';
import type { Offer } from './types';

const offer = (kind: 'bed' | 'slot', start_at: string) =>
  ({ place: { kind, slot_id: start_at, bed_id: start_at }, start_at }) as unknown as Offer;

test('only what can still be taken is offered', () => {
  const now = Date.parse('2026-11-22T10:00:00Z');
  const past = offer('slot', '2026-11-22T09:40:00Z');
  const ahead = offer('slot', '2026-11-22T10:20:00Z');
  const bed = offer('bed', '2026-11-22T08:00:00Z');
  expect(instead({ alternatives: [past, ahead, bed] }, now)).toEqual([ahead, bed]);
  expect(instead({}, now)).toEqual([]);
});
