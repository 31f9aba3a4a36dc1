import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Dropdown, Input } from 'antd';
import { useId, useState } from 'react';
import { call, ifMatch, newKey, type Page as Rows } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { download } from '@/kit/download';
import { FilterBar } from '@/kit/FilterBar';
import { Facts, Page, Section } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { SidePreview } from '@/kit/SidePreview';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { choice, countFilters, text, useUrlFilters } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import { Dialog, Field } from '../parts/Dialog';
import { ImportMap } from '../parts/ImportMap';
import { BASE, useMap, useUriName } from '../queries';
import type { Entry, TermMap } from '../types';
import { mapName, Progress } from './Maps';

const STATES = ['confirmed', 'proposed', 'rejected'] as const;
const FILTERS = { q: text(), state: choice(STATES) };
const TONES = { confirmed: 'done', proposed: 'waiting', rejected: 'neutral' } as const;

/** One map: how far it is, what it says, files in and out. */
export default function MapPage() {
  const id = useRouteParam('id');
  const map = useMap(id);
  if (map.isPending) return <LinesSkeleton rows={8} />;
  if (map.isError) {
    return <ErrorState page error={map.error} onRetry={() => void map.refetch()} />;
  }
  return <Shown map={map.data.body} seen={map.data.version} />;
}

function Shown({ map, seen }: { map: TermMap; seen: string }) {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const [shown, setShown] = useState<Entry | null>(null);
  const go = useGo();
  const orgName = useOrgName();
  const uriName = useUriName();
  const path = `${BASE}/maps/${map.id}`;
  const pages = usePages<Entry>(['concept-map', map.id, 'entries', filters], (after, signal) =>
    call<Rows<Entry>>('GET', `${path}/entries`, { query: { ...filters, after }, signal }),
  );
  return (
    <Page
      wide
      title={mapName(map)}
      back="/terminology/maps"
      meta={<Progress map={map} />}
      actions={
        <>
          <Dropdown
            menu={{
              items: ['xlsx', 'fhir'].map((form) => ({
                key: form,
                label: t(`terminology.map-export-${form}`),
              })),
              onClick: ({ key }) => void download(`${path}/export`, { form: key }, map.code),
            }}
          >
            <Button>{t('terminology.export')}</Button>
          </Dropdown>
          <ImportMap map={map} />
          <Release map={map} seen={seen} />
          <Button type="primary" onClick={() => go(`/terminology/maps/${map.id}/workshop`)}>
            {t('terminology.to-workshop')}
          </Button>
        </>
      }
      tools={
        <FilterBar
          spec={FILTERS}
          values={filters}
          onChange={setFilters}
          fields={[
            { kind: 'search', name: 'q', label: t('terminology.map-q') },
            {
              kind: 'choice',
              name: 'state',
              label: t('terminology.state'),
              options: STATES.map((state) => ({
                value: state,
                label: t(`terminology.entry-${state}`),
              })),
            },
          ]}
        />
      }
    >
      <Section>
        <Facts
          items={[
            { label: t('terminology.map-source'), value: uriName(map.source) },
            { label: t('terminology.map-target'), value: uriName(map.target) },
            {
              label: t('terminology.owner'),
              value: map.org_id ? orgName(map.org_id) : t('terminology.shared-by-all'),
            },
            { label: 'URI', value: <code>{`urn:lianti:map:${map.code}`}</code> },
            { label: t('terminology.mapped'), value: map.counts.mapped },
            { label: t('terminology.unmatched'), value: map.counts.unmatched },
            { label: t('terminology.entry-proposed'), value: map.counts.proposed },
            { label: t('terminology.edition'), value: <Editions map={map} /> },
            { label: t('terminology.note'), value: map.note || null, wide: true },
          ]}
        />
      </Section>
      <DataTable<Entry>
        id="terminology.entries"
        label={t('terminology.entries')}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={setShown}
        onMove={(row) => shown && setShown(row)}
        filtered={countFilters(FILTERS, filters) > 0}
        onClearFilters={() => setFilters({ q: undefined, state: undefined })}
        empty={
          <EmptyState title={t('terminology.no-entries')} hint={t('terminology.no-entries-hint')} />
        }
        columns={[
          {
            key: 'code',
            title: t('terminology.source-code'),
            width: 130,
            always: true,
            render: (row) => <code>{row.code}</code>,
          },
          {
            key: 'name',
            title: t('terminology.source-name'),
            width: 220,
            render: (row) => row.name || '—',
          },
          {
            key: 'targets',
            title: t('terminology.becomes'),
            width: 380,
            render: (row) => <Targets entry={row} />,
          },
          {
            key: 'state',
            title: t('terminology.state'),
            width: 110,
            render: (row) => <EntryTag entry={row} />,
          },
          { key: 'by', title: t('terminology.said-by'), width: 110, render: (row) => row.by },
          {
            key: 'at',
            title: t('terminology.said-at'),
            width: 150,
            render: (row) => <DateTime at={row.at} />,
          },
        ]}
        phoneRow={(row) => (
          <>
            <code>{row.code}</code> <strong>{row.name}</strong> <EntryTag entry={row} />
            <div>
              <Targets entry={row} />
            </div>
          </>
        )}
      />
      <SidePreview open={shown !== null} onClose={() => setShown(null)} title={shown?.code}>
        {shown && <Detail map={map} entry={shown} />}
      </SidePreview>
    </Page>
  );
}

function EntryTag({ entry }: { entry: Entry }) {
  return (
    <StatusTag plain tone={TONES[entry.state]} label={t(`terminology.entry-${entry.state}`)} />
  );
}

function Targets({ entry }: { entry: Entry }) {
  if (entry.targets.length === 0) {
    return <span className="lt-muted">{t('terminology.relation-unmatched')}</span>;
  }
  return (
    <>
      {entry.targets.map((target) => (
        <div key={target.code}>
          <code>{target.code}</code> {target.name}{' '}
          <span className="lt-muted">{t(`terminology.relation-${target.relation}`)}</span>
        </div>
      ))}
    </>
  );
}

function Editions({ map }: { map: TermMap }) {
  if (map.releases.length === 0) return <span className="lt-muted">—</span>;
  return (
    <>
      {map.releases.map((one) => (
        <div key={one.number}>
          <button
            type="button"
            className="lt-link"
            onClick={() =>
              void download(`${BASE}/maps/${map.id}/releases/${one.number}`, {}, map.code)
            }
          >
            {one.edition}
          </button>{' '}
          <span className="lt-muted">
            {t('terminology.confirmed-n', { n: one.confirmed })} ·{' '}
            <DateTime at={one.at} show="date" />
          </span>
        </div>
      ))}
    </>
  );
}

interface Said {
  id: string;
  at: string;
  actor_name: string;
  detail: string;
}

function Detail({ map, entry }: { map: TermMap; entry: Entry }) {
  const history = useQuery({
    queryKey: ['concept-map', map.id, 'history', entry.code, entry.version],
    queryFn: ({ signal }) =>
      call<Said[]>('GET', `${BASE}/maps/${map.id}/history`, {
        query: { code: entry.code },
        signal,
      }),
  });
  const go = useGo();
  return (
    <div className="lt-stack">
      <EntryTag entry={entry} />
      <Facts
        items={[
          { label: t('terminology.source-name'), value: entry.name || null, wide: true },
          { label: t('terminology.becomes'), value: <Targets entry={entry} />, wide: true },
          { label: t('terminology.note'), value: entry.note || null, wide: true },
        ]}
      />
      <div>
        <Button
          onClick={() =>
            go(`/terminology/maps/${map.id}/workshop?code=${encodeURIComponent(entry.code)}`)
          }
        >
          {t('terminology.decide-again')}
        </Button>
      </div>
      <h3>{t('terminology.history')}</h3>
      {history.isPending && <LinesSkeleton rows={2} />}
      {history.isError && (
        <ErrorState error={history.error} onRetry={() => void history.refetch()} />
      )}
      <ul>
        {[...(history.data ?? [])].reverse().map((one) => (
          <li key={one.id}>
            <DateTime at={one.at} /> {one.actor_name}: {lineOf(one)}
          </li>
        ))}
      </ul>
    </div>
  );
}

function lineOf(said: Said): string {
  const detail = JSON.parse(said.detail) as { state?: string; targets?: string[] };
  const codes = detail.targets?.length
    ? detail.targets.join(' · ')
    : t('terminology.relation-unmatched');
  return `${t(`terminology.entry-${detail.state ?? 'proposed'}`)} ${codes}`;
}

function Release({ map, seen }: { map: TermMap; seen: string }) {
  const id = useId();
  const queries = useQueryClient();
  const [edition, setEdition] = useState('');
  return (
    <Dialog
      label={t('terminology.release')}
      title={t('terminology.release')}
      ready={edition.trim() !== ''}
      onOpen={() => setEdition('')}
      onOk={async () => {
        const headers = { 'Idempotency-Key': newKey(), ...ifMatch(seen) };
        const body = { edition: edition.trim() };
        await call('POST', `${BASE}/maps/${map.id}/releases`, { body, headers });
        await queries.invalidateQueries({ queryKey: ['concept-map'] });
      }}
    >
      <p>{t('terminology.release-hint')}</p>
      <Field id={`${id}edition`} label={t('terminology.edition')}>
        <Input
          id={`${id}edition`}
          maxLength={60}
          value={edition}
          onChange={(event) => setEdition(event.target.value)}
        />
      </Field>
    </Dialog>
  );
}
