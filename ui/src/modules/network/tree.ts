/** The lines of a tree that are shown. */
interface Line {
  id: string;
  parent_id?: string | null;
}

/** Everything except what hangs below a closed line. */
export function treeLines<Node extends Line>(nodes: Node[], closed: ReadonlySet<string>): Node[] {
  const hidden = new Set<string>();
  return nodes.filter((node) => {
    const above = node.parent_id;
    const shut = above && (closed.has(above) || hidden.has(above));
    if (shut) hidden.add(node.id);
    return !shut;
  });
}

/** What matches, and the way up from each match. */
export function matchTree<Node extends Line>(
  nodes: Node[],
  matches: (node: Node) => boolean,
): Node[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const shown = new Set<string>();
  for (const node of nodes.filter(matches)) {
    let at: Node | undefined = node;
    while (at && !shown.has(at.id)) {
      shown.add(at.id);
      at = at.parent_id ? byId.get(at.parent_id) : undefined;
    }
  }
  return nodes.filter((node) => shown.has(node.id));
}
