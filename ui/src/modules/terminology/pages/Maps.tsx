import { useQueryClient } from '@tanstack/react-query';
import { AutoComplete, Input } from 'antd';
import { useId, useState } from 'react';
import { call, newKey } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { language, t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { Dialog, Field } from '../parts/Dialog';
import { TermTabs } from '../parts/TermTabs';
import { BASE, progressOf, systemName, useMaps, useSystems, useUriName } from '../queries';
import type { TermMap } from '../types';

export function mapName(map: TermMap): string {
  return language() === 'en' ? map.name_en : map.name_zh;
}

/** The maps between code systems. */
export default function Maps() {
  const maps = useMaps();
  const go = useGo();
  const orgName = useOrgName();
  const uriName = useUriName();
  return (
    <Page wide title={t('terminology.maps')} actions={<NewMap />} tools={<TermTabs />}>
      {maps.isPending && <LinesSkeleton rows={5} />}
      {maps.isError && <ErrorState error={maps.error} onRetry={() => void maps.refetch()} />}
      {maps.data && (
        <DataTable<TermMap>
          id="terminology.maps"
          label={t('terminology.maps')}
          rows={maps.data}
          rowKey={(row) => row.id}
          onOpen={(row) => go(`/terminology/maps/${row.id}`)}
          empty={
            <EmptyState title={t('terminology.no-maps')} hint={t('terminology.no-maps-hint')} />
          }
          columns={[
            {
              key: 'name',
              title: t('terminology.name'),
              width: 220,
              always: true,
              render: mapName,
            },
            {
              key: 'source',
              title: t('terminology.map-source'),
              width: 220,
              render: (row) => uriName(row.source),
            },
            {
              key: 'target',
              title: t('terminology.map-target'),
              width: 200,
              render: (row) => uriName(row.target),
            },
            {
              key: 'org',
              title: t('terminology.owner'),
              width: 160,
              render: (row) => (row.org_id ? orgName(row.org_id) : t('terminology.shared-by-all')),
            },
            {
              key: 'progress',
              title: t('terminology.settled'),
              width: 150,
              render: (row) => <Progress map={row} />,
            },
            {
              key: 'edition',
              title: t('terminology.edition'),
              width: 120,
              render: (row) => row.edition || '—',
            },
            {
              key: 'work',
              title: t('terminology.workshop'),
              width: 120,
              render: (row) => (
                <PathLink to={`/terminology/maps/${row.id}/workshop`}>
                  {t('terminology.to-workshop')}
                </PathLink>
              ),
            },
          ]}
          phoneRow={(row) => (
            <>
              <strong>{mapName(row)}</strong>
              <div className="lt-muted">
                {uriName(row.source)} → {uriName(row.target)} · <Progress map={row} />
              </div>
            </>
          )}
        />
      )}
    </Page>
  );
}

export function Progress({ map }: { map: TermMap }) {
  const { done, of, percent } = progressOf(map);
  return (
    <span className="lt-figures">
      {done} / {of} · {percent}%
    </span>
  );
}

const EMPTY = { code: '', name_zh: '', name_en: '', source: '', target: '', note: '' };

function NewMap() {
  const id = useId();
  const go = useGo();
  const queries = useQueryClient();
  const systems = useSystems();
  const [input, setInput] = useState(EMPTY);
  const [org, setOrg] = useState<string>();
  const change = (name: keyof typeof EMPTY) => (value: string) =>
    setInput((now) => ({ ...now, [name]: value }));
  const options = (systems.data ?? []).map((one) => ({
    value: one.url,
    label: `${systemName(one)} · ${one.url}`,
  }));
  const words = (name: keyof typeof EMPTY, label: string, hint?: string) => (
    <Field id={id + name} label={label} hint={hint}>
      <Input
        id={id + name}
        value={input[name]}
        maxLength={200}
        onChange={(event) => change(name)(event.target.value)}
      />
    </Field>
  );
  const uri = (name: 'source' | 'target', hint?: string) => (
    <Field id={id + name} label={t(`terminology.map-${name}`)} hint={hint}>
      <AutoComplete
        id={id + name}
        className="lt-full"
        value={input[name]}
        options={options}
        onChange={change(name)}
        showSearch={{
          filterOption: (typed, option) =>
            String(option?.label).toLowerCase().includes(typed.toLowerCase()),
        }}
      />
    </Field>
  );
  return (
    <Dialog
      label={t('terminology.new-map')}
      title={t('terminology.new-map')}
      primary
      ready={[input.code, input.name_zh, input.source, input.target].every((one) => one.trim())}
      onOpen={() => {
        setInput(EMPTY);
        setOrg(undefined);
      }}
      onOk={async () => {
        const body = {
          ...input,
          code: input.code.trim(),
          source: input.source.trim(),
          target: input.target.trim(),
          org_id: org ?? null,
        };
        const headers = { 'Idempotency-Key': newKey() };
        const made = await call<TermMap>('POST', `${BASE}/maps`, { body, headers });
        await queries.invalidateQueries({ queryKey: ['concept-map'] });
        go(`/terminology/maps/${made.id}`);
      }}
    >
      {words('code', t('terminology.code'), t('terminology.code-hint'))}
      {words('name_zh', t('terminology.zh'))}
      {words('name_en', t('terminology.en'))}
      {uri('source', t('terminology.source-hint'))}
      {uri('target')}
      <Field id={`${id}org`} label={t('terminology.owner')} hint={t('terminology.owner-hint')}>
        <OrgSelect id={`${id}org`} value={org} onChange={setOrg} allowClear />
      </Field>
      {words('note', t('terminology.note'))}
    </Dialog>
  );
}
