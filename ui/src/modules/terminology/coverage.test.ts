import { expect, test } from 'vitest';
import { sharesByMember, total } from './coverage';
import type { Figure } from './types';

const figure = (org_id: string, status: Figure['status'], arrivals: number): Figure => ({
  org_id,
  system: 'urn:x',
  status,
  codes: 1,
  arrivals,
  last_at: '2026-11-23T00:00:00Z',
});

test('members with the least that can be read come first', () => {
  const figures = [
    figure('a', 'shared', 999),
    figure('a', 'unmapped', 1),
    figure('b', 'mapped', 1),
    figure('b', 'proposed', 1),
  ];
  const shares = sharesByMember(figures);
  expect(shares.map((one) => [one.org_id, one.percent])).toEqual([
    ['b', 50],
    ['a', 99.9],
  ]);
  expect(total(figures)).toEqual({ arrivals: 1002, percent: 99.8, unmappedCodes: 1 });
});

test('nothing came', () => {
  expect(total([])).toEqual({ arrivals: 0, percent: 0, unmappedCodes: 0 });
});
