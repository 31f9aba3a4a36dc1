import { expect, test } from 'vitest';
import { bodyOf, mayBeMother, newbornName, nextOf } from './newborn';

const SINGLE = { birth_date: '2026-11-20', order: 1, of: 1, sex: 'female' as const };

test('a child is called after its mother, twins in their order', () => {
  expect(newbornName('江望', SINGLE)).toBe('江望之婴');
  expect(newbornName('江望', { ...SINGLE, of: 2, order: 2 })).toBe('江望之婴乙');
});

test('twins are registered one after another, with the sex asked anew', () => {
  const first = { ...SINGLE, of: 2 };
  expect(nextOf(first)).toEqual({ ...first, order: 2, sex: undefined });
  expect(nextOf({ ...first, order: 2 })).toBeNull();
  expect(nextOf(SINGLE)).toBeNull();
});

test('a single child is the first of one', () => {
  expect(bodyOf({ ...SINGLE, order: 2 })).toEqual(SINGLE);
});

test('offered at women, also where sex or age are not known', () => {
  expect(mayBeMother({ sex: 'female' }, 31)).toBe(true);
  expect(mayBeMother({ sex: 'unknown' }, null)).toBe(true);
  expect(mayBeMother({ sex: 'female' }, 4)).toBe(false);
  expect(mayBeMother({ sex: 'female' }, 69)).toBe(false);
  expect(mayBeMother({ sex: 'male' }, 31)).toBe(false);
});
