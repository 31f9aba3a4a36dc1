import { CaretDownOutlined, CaretRightOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { call } from '@/api/client';
import { type OrgLine, orgName, useOrgTree } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { download } from '@/kit/download';
import { FilterBar } from '@/kit/FilterBar';
import { usePhone } from '@/kit/media';
import { Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { choice, countFilters, text, useUrlFilters } from '@/kit/urlFilters';
import { options } from '../queries';
import { matchTree, treeLines } from '../tree';
import type { Organization } from '../types';
import { LEVELS, ORG_KINDS } from '../types';
import { NetworkTabs } from './NetworkTabs';
import '../network.css';

const FILTERS = { q: text(), kind: choice(ORG_KINDS), level: choice(LEVELS) };

/** The four levels: who hangs below whom. */
export default function Tree() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const tree = useOrgTree();
  const can = useCan();
  const go = useGo();
  const filtered = countFilters(FILTERS, filters) > 0;
  // Characters are found here; pinyin and initials by the server.
  const found = useQuery({
    queryKey: ['organization', 'found', filters.q],
    queryFn: async ({ signal }) => {
      const query = { q: filters.q, limit: 200 };
      const page = await call<{ items: Organization[] }>('GET', '/api/organizations', {
        query,
        signal,
      });
      return new Set(page.items.map((one) => one.id));
    },
    enabled: Boolean(filters.q),
  });
  const lines = useMemo(() => {
    const nodes = tree.data?.nodes ?? [];
    if (!filtered) return treeLines(nodes, closed);
    return matchTree(nodes, (node) => {
      const named = !filters.q || found.data?.has(node.id) || node.name.includes(filters.q);
      const kind = !filters.kind || node.kind === filters.kind;
      return Boolean(named) && kind && (!filters.level || node.level === filters.level);
    });
  }, [tree.data, closed, filtered, filters, found.data]);
  function toggle(id: string) {
    const next = new Set(closed);
    if (!next.delete(id)) next.add(id);
    setClosed(next);
  }
  return (
    <Page
      wide
      title={t('network.title')}
      actions={
        <>
          <Button
            onClick={() =>
              void download('/api/organizations/export', filters, 'organizations.xlsx')
            }
          >
            {t('kit.action.export')}
          </Button>
          {can('network.manage') && (
            <Button
              type="primary"
              icon={<PlusOutlined />}
              onClick={() => go('/network/organizations/new')}
            >
              {t('network.organizations.new')}
            </Button>
          )}
        </>
      }
      tools={
        <>
          <NetworkTabs />
          <FilterBar
            spec={FILTERS}
            values={filters}
            onChange={setFilters}
            fields={[
              { kind: 'search', name: 'q', label: t('network.tree.q') },
              {
                kind: 'choice',
                name: 'kind',
                label: t('network.field.kind'),
                options: options('kind', ORG_KINDS),
              },
              {
                kind: 'choice',
                name: 'level',
                label: t('network.field.level'),
                options: options('level', LEVELS),
              },
            ]}
          />
        </>
      }
    >
      {tree.isPending && <LinesSkeleton rows={14} />}
      {tree.isError && <ErrorState error={tree.error} onRetry={() => void tree.refetch()} />}
      {tree.data && lines.length === 0 && (
        <EmptyState title={t(filtered ? 'kit.table.empty-filtered' : 'network.tree.empty')} />
      )}
      {lines.length > 0 && (
        <Section>
          <ul className="network-tree" aria-label={t('network.tree.title')}>
            {lines.map((node) => (
              <TreeRow
                key={node.id}
                node={node}
                open={!closed.has(node.id)}
                onToggle={filtered ? undefined : () => toggle(node.id)}
              />
            ))}
          </ul>
        </Section>
      )}
    </Page>
  );
}

/** How far a level stands in. */
const STEP_PX = 22;
const PHONE_STEP_PX = 10;

interface TreeRowProps {
  node: OrgLine;
  open: boolean;
  onToggle?: () => void;
}

function TreeRow({ node, open, onToggle }: TreeRowProps) {
  const phone = usePhone();
  const name = orgName({ short_name: node.name, name_en: node.name_en });
  return (
    <li
      className="network-line"
      style={{ paddingLeft: node.depth * (phone ? PHONE_STEP_PX : STEP_PX) }}
      data-kind={node.kind}
    >
      {node.children > 0 && onToggle ? (
        <Button
          type="text"
          size="small"
          icon={open ? <CaretDownOutlined /> : <CaretRightOutlined />}
          aria-expanded={open}
          aria-label={t(open ? 'network.tree.close' : 'network.tree.open', { name })}
          onClick={onToggle}
        />
      ) : (
        <span className="network-line-gap" />
      )}
      {node.is_waypoint ? (
        <span className="lt-muted">{name}</span>
      ) : (
        <PathLink to={`/network/organizations/${node.id}`}>{name}</PathLink>
      )}
      <span className="network-kind" data-kind={node.kind}>
        {t(`network.kind.${node.kind}`)}
      </span>
      {!phone && <span className="lt-muted">{t(`network.level.${node.level}`)}</span>}
      {node.state === 'closed' && (
        <StatusTag tone="neutral" label={t('network.org-state.closed')} />
      )}
      {node.children > 0 && !phone && (
        <span className="lt-muted">{t('network.tree.children', { n: node.children })}</span>
      )}
    </li>
  );
}
