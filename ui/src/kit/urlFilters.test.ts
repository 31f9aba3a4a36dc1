import { expect, test } from 'vitest';
import { choice, countFilters, flag, list, readFilters, text, writeFilters } from './urlFilters';

const SPEC = { q: text(), state: list(), late: flag(), sort: choice(['due', 'since']) };

test('filters come back from the address as they were set', () => {
  const values = {
    q: '王 & 李?',
    state: ['submitted', 'in-review'],
    late: true,
    sort: 'due' as const,
  };
  const search = writeFilters(SPEC, '', values);
  expect(readFilters(SPEC, search)).toEqual(values);
  expect(countFilters(SPEC, values)).toBe(4);
});

test('a change leaves the rest of the address alone', () => {
  const search = writeFilters(SPEC, '?tab=notes&q=a&state=x', { q: undefined });
  expect(search).toBe('?tab=notes&state=x');
  expect(writeFilters(SPEC, search, { state: [] })).toBe('?tab=notes');
});

test('what the address cannot mean counts as absent', () => {
  expect(readFilters(SPEC, '?sort=evil&late=yes')).toEqual({
    q: undefined,
    state: [],
    late: false,
    sort: undefined,
  });
});
