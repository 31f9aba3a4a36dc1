import { expect, test } from 'vitest';
import type { Places, Wall } from './types';
import { changedKeys, pageOf, pagesOf, queueFigures, sumPlaces } from './wall';

const places = (beds_open: number): Places => ({
  beds_total: 10,
  beds_open,
  beds_occupied: 5,
  beds_held: 1,
  beds_cleaning: 0,
  slots_left_today: 3,
  equipment_total: 1,
  equipment_busy: 1,
  equipment_idle: 0,
  equipment_down: 0,
});

test('figures are sums over all members', () => {
  const members = [2, 3].map((open) => ({ org_id: `${open}`, name: '', places: places(open) }));
  const wall = { members } as Wall;
  expect(sumPlaces(wall, 'beds_open')).toBe(5);
  expect(sumPlaces(wall, 'slots_left_today')).toBe(6);
});

test('the queue counts what stands in the inboxes', () => {
  const counts = {
    inbox: { submitted: 2, 'in-review': 1, escalated: 1, accepted: 4 },
    outbox: { submitted: 9 },
    community: { 'down-proposed': 2 },
    inbox_overdue: 3,
    outbox_overdue: 0,
    community_overdue: 0,
    shown_max: 1000,
  };
  expect(queueFigures([{ org_id: 'a', counts }])).toEqual({
    waiting: 4,
    escalated: 1,
    overdue: 3,
    expected: 4,
    arrived: 0,
    down: 2,
  });
});

test('pages turn and come round again', () => {
  const rows = [1, 2, 3, 4, 5];
  expect(pageOf(rows, 2, 0)).toEqual([1, 2]);
  expect(pageOf(rows, 2, 2)).toEqual([5]);
  expect(pageOf(rows, 2, 3)).toEqual([1, 2]);
  expect(pagesOf(0, 2)).toBe(1);
  expect(pageOf([], 2, 7)).toEqual([]);
});

test('what changed glows, also what is new', () => {
  expect(changedKeys({ a: 1, b: 2 }, { a: 1, b: 3, c: 1 })).toEqual(['b', 'c']);
});
