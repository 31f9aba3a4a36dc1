import { expect, test } from 'vitest';
import { matchTree, treeLines } from './tree';

const nodes = [
  { id: 'city' },
  { id: 'district', parent_id: 'city' },
  { id: 'town', parent_id: 'district' },
  { id: 'village', parent_id: 'town' },
  { id: 'other', parent_id: 'city' },
];

test('closing a line hides all below it', () => {
  const ids = treeLines(nodes, new Set(['district'])).map((node) => node.id);
  expect(ids).toEqual(['city', 'district', 'other']);
});

test('a match brings the way up with it', () => {
  const ids = matchTree(nodes, (node) => node.id === 'town').map((node) => node.id);
  expect(ids).toEqual(['city', 'district', 'town']);
});
