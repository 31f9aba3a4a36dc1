/** Which organizations a permission reaches: so that no screen offers what will be refused. */
import { useCallback, useMemo } from 'react';
import { useOrgTree } from '@/api/organizations';
import { useSession } from '@/api/session';

interface Node {
  id: string;
  parent_id?: string | null;
}

/** `org` is one's own, `below` those under it too; wider scopes are left to the server. */
export function reaches(
  scope: string | undefined,
  mine: string,
  nodes: readonly Node[],
  org_id: string,
): boolean {
  if (!scope) return false;
  if (scope !== 'org' && scope !== 'below') return true;
  if (org_id === mine) return true;
  if (scope === 'org') return false;
  const parents = new Map(nodes.map((node) => [node.id, node.parent_id]));
  let above = parents.get(org_id);
  for (let step = 0; above && step < nodes.length; step++) {
    if (above === mine) return true;
    above = parents.get(above);
  }
  return false;
}

/** Who founds trees reaches everything; anybody else as far as the permission says. */
const FOUND = 'network.found';

export function useReach(permission: string): (org_id: string) => boolean {
  const { permissions, assignment } = useSession();
  const tree = useOrgTree();
  const nodes = useMemo(() => tree.data?.nodes ?? [], [tree.data]);
  const scope = permissions[permission] && permissions[FOUND] ? 'region' : permissions[permission];
  return useCallback(
    (org_id) => reaches(scope, assignment.org_id, nodes, org_id),
    [scope, assignment.org_id, nodes],
  );
}
