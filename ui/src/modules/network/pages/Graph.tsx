import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useMemo } from 'react';
import { call } from '@/api/client';
import { orgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t, textOr } from '@/i18n';
import { Chart } from '@/kit/Chart';
import { Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { useScheme } from '@/kit/theme';
import { PALETTES } from '@/kit/tokens';
import { choice, list, text, useUrlFilters } from '@/kit/urlFilters';
import { graphOption, narrow } from '../graph';
import { options, useRows } from '../queries';
import type { GraphEdge, GraphNode, GroupSummary, Graph as Network } from '../types';
import { BOND_KINDS } from '../types';
import { BondTable } from './BondTable';
import { NetworkTabs } from './NetworkTabs';
import '../network.css';

const EDGES = ['bond', 'membership', 'alliance', 'parent'] as const;
const FILTERS = { show: list(), bond: choice(BOND_KINDS), group_id: text(), org_id: text() };
const HEIGHT_PX = 520;

/** Who is tied to whom, and by what. The same ties stand below as a table. */
export default function Graph() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const can = useCan();
  const scheme = useScheme();
  const go = useGo();
  const query = { group_id: filters.group_id, org_id: filters.org_id };
  const graph = useQuery({
    queryKey: ['bond', 'graph', query],
    queryFn: ({ signal }) => call<Network>('GET', '/api/network/graph', { query, signal }),
    meta: { follows: ['organization', 'membership', 'alliance', 'group'] },
  });
  const groups = useRows<GroupSummary>(['group'], '/api/groups', {});
  const shown = filters.show.length > 0 ? filters.show : ['bond', 'membership'];
  const picture = useMemo(() => {
    const wanted = new Set(filters.show.length > 0 ? filters.show : ['bond', 'membership']);
    return narrow(graph.data?.nodes ?? [], graph.data?.edges ?? [], wanted, filters.bond);
  }, [graph.data, filters.show, filters.bond]);
  const option = useMemo(
    () =>
      graphOption(picture.nodes, picture.edges, {
        colour: PALETTES[scheme].text,
        node: (node) => orgName(node),
        kind: (kind) => t(`network.kind.${kind}`),
        edge: edgeText,
      }),
    [picture, scheme],
  );
  return (
    <Page
      wide
      title={t('network.graph.title')}
      actions={
        can('network.manage') && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => go('/network/bonds/new')}>
            {t('network.bonds.new')}
          </Button>
        )
      }
      tools={
        <>
          <NetworkTabs />
          <div className="lt-filter-fields">
            {EDGES.map((kind) => (
              <button
                key={kind}
                type="button"
                className="lt-view"
                aria-pressed={shown.includes(kind)}
                onClick={() =>
                  setFilters({
                    show: shown.includes(kind)
                      ? shown.filter((one) => one !== kind)
                      : [...shown, kind],
                  })
                }
              >
                {t(`network.edge.${kind}`)}
              </button>
            ))}
            <Select
              className="network-pick"
              allowClear
              aria-label={t('network.bonds.kind')}
              placeholder={t('network.bonds.kind')}
              options={options('bond', BOND_KINDS)}
              value={filters.bond}
              onChange={(bond) => setFilters({ bond: bond ?? undefined })}
            />
            <Select
              className="network-pick"
              allowClear
              aria-label={t('network.groups.title')}
              placeholder={t('network.groups.title')}
              options={(groups.data ?? []).map((one) => ({ value: one.id, label: orgName(one) }))}
              value={filters.group_id}
              onChange={(group_id) => setFilters({ group_id })}
            />
            {filters.org_id && (
              <Button onClick={() => setFilters({ org_id: undefined })}>
                {t('network.graph.all')}
              </Button>
            )}
          </div>
        </>
      }
    >
      {graph.isPending && <LinesSkeleton rows={12} />}
      {graph.isError && <ErrorState error={graph.error} onRetry={() => void graph.refetch()} />}
      {graph.data && (
        <Section>
          <Chart
            title={t('network.graph.question')}
            unit={t('network.graph.hint')}
            height={HEIGHT_PX}
            empty={picture.edges.length === 0}
            option={option}
            onPick={(mark) => {
              const node = picture.nodes.find((one) => orgName(one) === mark.name);
              if (node) go(`/network/organizations/${node.id}`);
            }}
            table={{
              head: [
                t('network.graph.from'),
                t('network.graph.tie'),
                t('network.graph.to'),
                t('network.graph.name'),
              ],
              rows: tableRows(picture.nodes, picture.edges),
            }}
          />
        </Section>
      )}
      <BondTable filters={{ kind: filters.bond, org_id: filters.org_id }} />
    </Page>
  );
}

function tableRows(nodes: GraphNode[], edges: GraphEdge[]) {
  const names = new Map(nodes.map((node) => [node.id, orgName(node)]));
  const link = (id: string) => (
    <PathLink to={`/network/organizations/${id}`}>{names.get(id) ?? '—'}</PathLink>
  );
  return edges.map((edge) => [
    link(edge.from_org_id),
    t(`network.edge.${edge.kind}`),
    link(edge.to_org_id),
    edgeText(edge),
  ]);
}

/** What a tie is called: its kind and its title. */
function edgeText(edge: GraphEdge): string {
  const detail =
    edge.detail &&
    textOr(edge.detail, `network.bond.${edge.detail}`, `network.cooperation.${edge.detail}`);
  return [t(`network.edge.${edge.kind}`), detail, edge.label].filter(Boolean).join(' · ');
}
