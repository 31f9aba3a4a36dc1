import { expect, test } from 'vitest';
import { sideBySide } from './ruleDiff';

test('a changed value stands beside what it was', () => {
  const lines = sideBySide({ minutes: 120, days: 3 }, { minutes: 240, days: 3 });
  expect(lines.filter((line) => line.changed)).toEqual([
    { before: '  "minutes": 120,', after: '  "minutes": 240,', changed: true },
  ]);
});

test('a new field has nothing beside it, equal bodies no change', () => {
  const added = sideBySide([1], [1, 2]).filter((line) => line.changed);
  expect(added.some((line) => line.after === '  2')).toBe(true);
  expect(sideBySide({ a: 1 }, { a: 1 }).some((line) => line.changed)).toBe(false);
});
