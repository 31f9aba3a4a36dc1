/** The network as a picture: nodes by kind, edges by what ties them. */
import type { ChartOption } from '@/kit/chartEngine';
import type { GraphEdge, GraphNode } from './types';

export interface GraphWords {
  /** Colour of the names. */
  colour: string;
  node: (node: GraphNode) => string;
  kind: (kind: string) => string;
  edge: (edge: GraphEdge) => string;
}

const SIZES: Record<string, number> = {
  'lead-hospital': 34,
  'branch-hospital': 24,
  'member-hospital': 24,
  'health-bureau': 22,
  'township-centre': 18,
  'community-centre': 18,
  region: 14,
  'village-clinic': 9,
};
const SIZE_USUAL = 14;
/** Above this only the larger nodes carry their names; the rest says it on hover. */
const LABELS_MAX = 16;

/** Only the ties asked for, and the organizations they tie; `alone` keeps the others too. */
export function narrow(
  nodes: GraphNode[],
  edges: GraphEdge[],
  kinds: ReadonlySet<string>,
  bondKind?: string,
): { nodes: GraphNode[]; edges: GraphEdge[] } {
  const kept = edges.filter(
    (edge) =>
      kinds.has(edge.kind) && (edge.kind !== 'bond' || !bondKind || edge.detail === bondKind),
  );
  const tied = new Set(kept.flatMap((edge) => [edge.from_org_id, edge.to_org_id]));
  return { nodes: nodes.filter((node) => tied.has(node.id)), edges: kept };
}

/** The option of the chart. Solid lines are bonds; the tree is thin, alliances are dotted. */
export function graphOption(
  nodes: GraphNode[],
  edges: GraphEdge[],
  words: GraphWords,
): ChartOption {
  const kinds = [...new Set(nodes.map((node) => node.kind))];
  const lines = {
    parent: 'solid',
    membership: 'dashed',
    alliance: 'dotted',
    bond: 'solid',
  } as const;
  return {
    tooltip: { trigger: 'item' },
    legend: { top: 0, left: 0, data: kinds.map(words.kind) },
    series: [
      {
        type: 'graph',
        layout: 'force',
        roam: true,
        draggable: true,
        top: 64,
        force: { repulsion: 420, edgeLength: [70, 190], gravity: 0.08 },
        emphasis: { focus: 'adjacency' },
        categories: kinds.map((kind) => ({ name: words.kind(kind) })),
        data: nodes.map((node) => {
          const size = SIZES[node.kind] ?? SIZE_USUAL;
          return {
            id: node.id,
            name: words.node(node),
            category: kinds.indexOf(node.kind),
            symbolSize: size,
            label: {
              show: size > LABELS_MAX || nodes.length <= 12,
              position: 'right',
              color: words.colour,
              textBorderWidth: 0,
              fontSize: 11,
              // Long names stand in two lines, so that neighbours are less in each other's way.
              width: 120,
              overflow: 'break',
            },
          };
        }),
        links: edges.map((edge) => ({
          source: edge.from_org_id,
          target: edge.to_org_id,
          name: words.edge(edge),
          symbol: edge.kind === 'bond' ? ['none', 'arrow'] : undefined,
          symbolSize: 7,
          lineStyle: {
            type: lines[edge.kind],
            width: edge.kind === 'bond' ? 2 : 1,
            opacity: edge.kind === 'parent' ? 0.4 : 0.8,
            curveness: edge.kind === 'bond' ? 0.15 : 0,
          },
          tooltip: { formatter: escaped(words.edge(edge)) },
        })),
      },
    ],
  };
}

/** Tooltips are markup. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
