import { expect, test } from 'vitest';
import { reaches } from './reach';

const NODES = [
  { id: 'lead', parent_id: 'county' },
  { id: 'county', parent_id: null },
  { id: 'town', parent_id: 'lead' },
  { id: 'village', parent_id: 'town' },
  { id: 'branch', parent_id: 'county' },
];

test.each([
  ['below', 'lead', true],
  ['below', 'village', true],
  ['below', 'branch', false],
  ['org', 'lead', true],
  ['org', 'town', false],
  ['region', 'branch', true],
  [undefined, 'lead', false],
])('with %s the lead reaches %s: %s', (scope, org_id, reached) => {
  expect(reaches(scope, 'lead', NODES, org_id)).toBe(reached);
});

test('a circle in damaged data ends', () => {
  const circle = [
    { id: 'a', parent_id: 'b' },
    { id: 'b', parent_id: 'a' },
  ];
  expect(reaches('below', 'c', circle, 'a')).toBe(false);
});
