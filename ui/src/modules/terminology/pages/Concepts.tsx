import { Button, Dropdown } from 'antd';
import { useState } from 'react';
import { call, type Page as Rows } from '@/api/client';
import { useCan } from '@/api/session';
import { language, t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { download } from '@/kit/download';
import { FilterBar } from '@/kit/FilterBar';
import { Facts, Page } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { SidePreview } from '@/kit/SidePreview';
import { EmptyState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { countFilters, flag, text, useUrlFilters } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import { ConceptTree } from '../parts/ConceptTree';
import { systemName, useSystems } from '../queries';
import type { Hit } from '../types';
import '../terminology.css';

const FILTERS = { q: text(), parent: text(), tree: flag() };
const PAGE = 50;

/** Concepts of a code system, by code, name, pinyin and initials. */
export default function Concepts() {
  const system = useRouteParam('system');
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const [shown, setShown] = useState<Hit | null>(null);
  const systems = useSystems();
  const can = useCan();
  const go = useGo();
  const about = systems.data?.find((one) => one.system === system);
  const { q, parent } = filters;
  const pages = usePages<Hit>(['code-system', system, { q, parent }], (after, signal) =>
    readPage(system, { q, parent, after }, signal),
  );
  const inTree = filters.tree && !q && !parent;
  return (
    <Page
      wide
      title={about ? systemName(about) : system}
      back="/terminology"
      meta={
        about && (
          <span className="lt-muted">
            {t('terminology.count', { n: about.concepts })} · {about.edition}
          </span>
        )
      }
      actions={
        can('terminology.manage') && (
          <>
            <Dropdown
              menu={{
                items: ['xlsx', 'fhir'].map((form) => ({
                  key: form,
                  label: t(`terminology.export-${form}`),
                })),
                onClick: ({ key }) =>
                  void download(`/api/terminology/${system}/export`, { form: key }, system),
              }}
            >
              <Button>{t('terminology.export')}</Button>
            </Dropdown>
            <Button onClick={() => go(`/terminology/${system}/versions`)}>
              {t('terminology.versions')}
            </Button>
            <Button type="primary" onClick={() => go(`/terminology/${system}/import`)}>
              {t('terminology.import')}
            </Button>
          </>
        )
      }
      tools={
        <FilterBar
          spec={FILTERS}
          values={filters}
          onChange={setFilters}
          fields={[
            { kind: 'search', name: 'q', label: t('terminology.q') },
            {
              kind: 'other',
              name: 'parent',
              label: t('terminology.below'),
              shown: filters.parent,
              control: null,
            },
            { kind: 'flag', name: 'tree', label: t('terminology.tree') },
          ]}
        />
      }
    >
      {inTree && (
        <ConceptTree system={system} onOpen={(row) => setShown({ ...row, matched: null })} />
      )}
      {!inTree && (
        <DataTable<Hit>
          id={`terminology.${system}`}
          label={t('terminology.concepts')}
          pages={pages}
          rowKey={(row) => row.code}
          onOpen={setShown}
          onMove={(row) => shown && setShown(row)}
          filtered={countFilters(FILTERS, { ...filters, tree: false }) > 0}
          onClearFilters={() => setFilters({ q: undefined, parent: undefined })}
          empty={<EmptyState title={t('terminology.none')} />}
          columns={[
            {
              key: 'code',
              title: t('terminology.code'),
              width: 130,
              always: true,
              render: (row) => <code>{row.code}</code>,
            },
            { key: 'zh', title: t('terminology.zh'), width: 260, render: (row) => row.zh },
            { key: 'en', title: t('terminology.en'), width: 260, render: (row) => row.en },
            {
              key: 'initials',
              title: t('terminology.initials'),
              width: 120,
              render: (row) => row.initials,
            },
            {
              key: 'parent',
              title: t('terminology.parent'),
              width: 100,
              render: (row) => row.parent ?? '—',
            },
            {
              key: 'state',
              title: t('terminology.state'),
              width: 100,
              render: (row) => <ConceptTag hit={row} />,
            },
          ]}
          phoneRow={(row) => (
            <>
              <code>{row.code}</code> <strong>{(language() === 'en' && row.en) || row.zh}</strong>
            </>
          )}
        />
      )}
      <SidePreview open={shown !== null} onClose={() => setShown(null)} title={shown?.code}>
        {shown && (
          <Detail
            hit={shown}
            onBelow={() => {
              setFilters({ q: undefined, parent: shown.code });
              setShown(null);
            }}
          />
        )}
      </SidePreview>
    </Page>
  );
}

/** Searching gives the best hits at once; listing goes on after the last code. */
async function readPage(
  system: string,
  query: { q?: string; parent?: string; after?: string },
  signal: AbortSignal,
): Promise<Rows<Hit>> {
  const path = `/api/terminology/${system}/concepts`;
  const asked = query.q ? { q: query.q, limit: PAGE } : { ...query, limit: PAGE };
  const { items } = await call<{ items: Hit[] }>('GET', path, { query: asked, signal });
  const more = !query.q && items.length === PAGE;
  return { items, next: more ? items.at(-1)?.code : undefined };
}

function ConceptTag({ hit }: { hit: Hit }) {
  const retired = hit.active_to && Date.parse(`${hit.active_to}T23:59:59`) < Date.now();
  return (
    <StatusTag
      plain
      tone={retired ? 'neutral' : 'done'}
      label={t(retired ? 'terminology.retired' : 'terminology.in-use')}
    />
  );
}

function Detail({ hit, onBelow }: { hit: Hit; onBelow: () => void }) {
  const attributes = Object.entries(hit.attributes ?? {}).filter(([, value]) => value !== '');
  return (
    <div className="lt-stack">
      <ConceptTag hit={hit} />
      <Facts
        items={[
          { label: t('terminology.zh'), value: hit.zh, wide: true },
          { label: t('terminology.en'), value: hit.en, wide: true },
          { label: t('terminology.pinyin'), value: hit.pinyin, wide: true },
          { label: t('terminology.initials'), value: hit.initials },
          { label: t('terminology.parent'), value: hit.parent },
          { label: t('terminology.synonyms'), value: hit.synonyms.join(' · ') || null, wide: true },
          { label: t('terminology.from'), value: hit.active_from },
          { label: t('terminology.to'), value: hit.active_to },
          ...attributes.map(([name, value]) => ({
            label: name.replaceAll('_', ' '),
            value: typeof value === 'boolean' ? t(value ? 'kit.yes' : 'kit.no') : String(value),
            wide: true,
          })),
        ]}
      />
      <div>
        <Button onClick={onBelow}>{t('terminology.show-below')}</Button>
      </div>
    </div>
  );
}
