import { expect, test } from 'vitest';
import { narrow } from './graph';
import type { GraphEdge, GraphNode } from './types';

const nodes = ['a', 'b', 'c'].map((id) => ({ id, kind: 'other' })) as GraphNode[];
const edges = [
  { id: '1', kind: 'bond', detail: 'training', from_org_id: 'a', to_org_id: 'b' },
  { id: '2', kind: 'parent', from_org_id: 'c', to_org_id: 'a' },
] as GraphEdge[];

test('only organizations with a tie of the chosen sort are drawn', () => {
  const bonds = narrow(nodes, edges, new Set(['bond']));
  expect(bonds.nodes.map((node) => node.id)).toEqual(['a', 'b']);
  expect(narrow(nodes, edges, new Set(['bond']), 'aid').edges).toEqual([]);
  expect(narrow(nodes, edges, new Set(['bond', 'parent'])).nodes).toHaveLength(3);
});
