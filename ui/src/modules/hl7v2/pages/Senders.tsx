import { Button } from 'antd';
import { call, type Page as Rows } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { Page } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { EmptyState } from '@/kit/States';
import { usePages } from '@/kit/usePages';
import { listed } from '@/kit/words';
import type { Sender } from '../types';
import { SenderTag } from '../words';
import { Hl7Tabs } from './Hl7Tabs';
import '../hl7v2.css';

/** The systems whose messages are taken. */
export default function Senders() {
  const go = useGo();
  const can = useCan();
  const orgName = useOrgName();
  const pages = usePages<Sender>(['hl7-sender', 'list'], (after, signal) =>
    call<Rows<Sender>>('GET', '/api/hl7/senders', { query: { after }, signal }),
  );
  const create = can('hl7.manage') && (
    <Button type="primary" onClick={() => go('/hl7v2/senders/new')}>
      {t('hl7v2.sender.new')}
    </Button>
  );
  return (
    <Page wide title={t('hl7v2.senders')} tools={<Hl7Tabs />} actions={create}>
      <DataTable<Sender>
        id="hl7v2.senders"
        label={t('hl7v2.senders')}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={(row) => go(`/hl7v2/senders/${row.id}`)}
        empty={
          <EmptyState
            title={t('hl7v2.sender.none')}
            hint={t('hl7v2.sender.none-hint')}
            action={create}
          />
        }
        columns={[
          {
            key: 'name',
            title: t('hl7v2.sender.name'),
            width: 200,
            always: true,
            render: (row) => row.name,
          },
          {
            key: 'state',
            title: t('hl7v2.sender.state'),
            width: 100,
            render: (row) => <SenderTag state={row.state} />,
          },
          {
            key: 'org',
            title: t('hl7v2.sender.org'),
            width: 200,
            render: (row) => orgName(row.org_id),
          },
          {
            key: 'application',
            title: t('hl7v2.sender.application'),
            width: 150,
            render: (row) => <code>{row.application}</code>,
          },
          {
            key: 'facility',
            title: t('hl7v2.sender.facility'),
            width: 150,
            render: (row) => <code>{row.facility || '—'}</code>,
          },
          {
            key: 'addresses',
            title: t('hl7v2.sender.addresses'),
            width: 200,
            render: (row) =>
              row.addresses.length > 0 ? listed(row.addresses) : t('hl7v2.sender.any-address'),
          },
          {
            key: 'mapping',
            title: t('hl7v2.mapping.title'),
            width: 100,
            render: (row) => t('hl7v2.mapping.version-n', { n: row.mapping }),
          },
          {
            key: 'created',
            title: t('hl7v2.sender.created'),
            width: 150,
            hidden: true,
            render: (row) => <DateTime at={row.created_at} />,
          },
        ]}
        phoneRow={(row) => (
          <>
            <span className="lt-row">
              <strong>{row.name}</strong>
              <SenderTag state={row.state} />
            </span>
            <span className="lt-muted">
              {orgName(row.org_id)} · <code>{row.application}</code>{' '}
              {row.facility && <code>{row.facility}</code>}
            </span>
          </>
        )}
      />
    </Page>
  );
}
