import { DownOutlined, RightOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { call, type Page as Rows } from '@/api/client';
import { t } from '@/i18n';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { rowsOf, usePages } from '@/kit/usePages';
import { BASE, conceptName } from '../queries';
import type { Branch } from '../types';

interface TreeProps {
  system: string;
  onOpen: (concept: Branch) => void;
}

/** A code system as a tree; a branch is read when it is opened. */
export function ConceptTree({ system, onOpen }: TreeProps) {
  return (
    <section className="lt-section" aria-label={t('terminology.tree')}>
      <Branches system={system} onOpen={onOpen} />
    </section>
  );
}

function Branches({ system, parent, onOpen }: TreeProps & { parent?: string }) {
  const pages = usePages<Branch>(['code-system', system, 'tree', parent], (after, signal) =>
    call<Rows<Branch>>('GET', `${BASE}/${system}/tree`, {
      query: { parent, after, limit: 100 },
      signal,
    }),
  );
  if (pages.isPending) return <LinesSkeleton rows={parent ? 2 : 8} />;
  if (pages.isError) {
    return <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />;
  }
  const rows = rowsOf(pages);
  if (rows.length === 0) return <EmptyState title={t('terminology.none')} />;
  return (
    <ul className="term-tree">
      {rows.map((row) => (
        <Twig key={row.code} system={system} row={row} onOpen={onOpen} />
      ))}
      {pages.hasNextPage && (
        <li>
          <Button
            size="small"
            loading={pages.isFetching}
            onClick={() => void pages.fetchNextPage()}
          >
            {t('terminology.more')}
          </Button>
        </li>
      )}
    </ul>
  );
}

function Twig({ system, row, onOpen }: TreeProps & { row: Branch }) {
  const [open, setOpen] = useState(false);
  const name = conceptName(row);
  return (
    <li>
      <div className="term-twig">
        {row.below > 0 ? (
          <Button
            type="text"
            size="small"
            aria-expanded={open}
            aria-label={t('terminology.open-branch', { name })}
            icon={open ? <DownOutlined /> : <RightOutlined />}
            onClick={() => setOpen(!open)}
          />
        ) : (
          <span className="term-leaf" aria-hidden="true" />
        )}
        <button type="button" className="lt-link" onClick={() => onOpen(row)}>
          <code>{row.code}</code> {name}
        </button>
        {row.below > 0 && <span className="lt-muted">{row.below}</span>}
      </div>
      {open && <Branches system={system} parent={row.code} onOpen={onOpen} />}
    </li>
  );
}
