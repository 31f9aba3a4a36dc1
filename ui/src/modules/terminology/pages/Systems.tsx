import { useQueryClient } from '@tanstack/react-query';
import { Input } from 'antd';
import { useId, useState } from 'react';
import { call, newKey } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { Dialog, Field } from '../parts/Dialog';
import { TermTabs } from '../parts/TermTabs';
import { BASE, systemName, useSystems } from '../queries';
import type { CodeSystem } from '../types';

/** The code systems of this installation. */
export default function Systems() {
  const systems = useSystems();
  const go = useGo();
  const can = useCan();
  const orgName = useOrgName();
  return (
    <Page
      wide
      title={t('terminology.title')}
      actions={can('terminology.manage') && <NewSystem />}
      tools={<TermTabs />}
    >
      {systems.isPending && <LinesSkeleton rows={8} />}
      {systems.isError && (
        <ErrorState error={systems.error} onRetry={() => void systems.refetch()} />
      )}
      {systems.data && (
        <DataTable<CodeSystem>
          id="terminology.systems"
          label={t('terminology.title')}
          rows={systems.data}
          rowKey={(row) => row.system}
          onOpen={(row) => go(`/terminology/${row.system}`)}
          columns={[
            {
              key: 'name',
              title: t('terminology.name'),
              width: 220,
              always: true,
              render: systemName,
            },
            {
              key: 'system',
              title: t('terminology.code'),
              width: 150,
              render: (row) => <code>{row.system}</code>,
            },
            {
              key: 'concepts',
              title: t('terminology.concepts'),
              width: 90,
              align: 'right',
              render: (row) => row.concepts.toLocaleString('en-US'),
            },
            {
              key: 'edition',
              title: t('terminology.edition'),
              width: 130,
              render: (row) => row.edition || '—',
            },
            {
              key: 'number',
              title: t('terminology.version'),
              width: 80,
              align: 'right',
              render: (row) => row.active_number || '—',
            },
            {
              key: 'org',
              title: t('terminology.owner'),
              width: 160,
              render: (row) => (row.org_id ? orgName(row.org_id) : t('terminology.shared-by-all')),
            },
            { key: 'url', title: 'URI', width: 260, render: (row) => <code>{row.url}</code> },
            {
              key: 'source',
              title: t('terminology.source'),
              width: 320,
              render: (row) => row.source || '—',
            },
          ]}
          phoneRow={(row) => (
            <>
              <strong>{systemName(row)}</strong>
              <div className="lt-muted">
                {t('terminology.count', { n: row.concepts })} · {row.edition || '—'}
              </div>
            </>
          )}
        />
      )}
    </Page>
  );
}

const EMPTY = { system: '', name_zh: '', name_en: '', source: '', url: '' };

function NewSystem() {
  const id = useId();
  const go = useGo();
  const queries = useQueryClient();
  const [input, setInput] = useState(EMPTY);
  const [org, setOrg] = useState<string>();
  const set = (name: keyof typeof EMPTY) => (event: { target: { value: string } }) =>
    setInput({ ...input, [name]: event.target.value });
  const field = (name: keyof typeof EMPTY, label: string, hint?: string) => (
    <Field id={id + name} label={label} hint={hint}>
      <Input id={id + name} value={input[name]} onChange={set(name)} maxLength={200} />
    </Field>
  );
  return (
    <Dialog
      label={t('terminology.new-system')}
      title={t('terminology.new-system')}
      ready={input.system.trim() !== '' && input.name_zh.trim() !== ''}
      onOpen={() => {
        setInput(EMPTY);
        setOrg(undefined);
      }}
      onOk={async () => {
        const body = { ...input, system: input.system.trim(), org_id: org ?? null };
        const headers = { 'Idempotency-Key': newKey() };
        await call('POST', `${BASE}/systems`, { body, headers });
        await queries.invalidateQueries({ queryKey: ['code-system'] });
        go(`/terminology/${body.system}/import`);
      }}
    >
      {field('system', t('terminology.code'), t('terminology.code-hint'))}
      {field('name_zh', t('terminology.zh'))}
      {field('name_en', t('terminology.en'))}
      <Field id={`${id}org`} label={t('terminology.owner')} hint={t('terminology.owner-hint')}>
        <OrgSelect id={`${id}org`} value={org} onChange={setOrg} allowClear />
      </Field>
      {field('url', 'URI', t('terminology.url-hint'))}
      {field('source', t('terminology.source'))}
    </Dialog>
  );
}
