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
import { addressText } from '../receivers';
import type { Receiver } from '../types';
import { ReceiverTag } from '../words';
import { Hl7Tabs } from './Hl7Tabs';
import '../hl7v2.css';

/** The systems that are sent what happens here. */
export default function Receivers() {
  const go = useGo();
  const can = useCan();
  const orgName = useOrgName();
  const pages = usePages<Receiver>(['hl7-receiver', 'list'], (after, signal) =>
    call<Rows<Receiver>>('GET', '/api/hl7/receivers', { query: { after }, signal }),
  );
  const create = can('hl7.manage') && (
    <Button type="primary" onClick={() => go('/hl7v2/receivers/new')}>
      {t('hl7v2.receiver.new')}
    </Button>
  );
  return (
    <Page wide title={t('hl7v2.receivers')} tools={<Hl7Tabs />} actions={create}>
      <DataTable<Receiver>
        id="hl7v2.receivers"
        label={t('hl7v2.receivers')}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={(row) => go(`/hl7v2/receivers/${row.id}`)}
        empty={
          <EmptyState
            title={t('hl7v2.receiver.none')}
            hint={t('hl7v2.receiver.none-hint')}
            action={create}
          />
        }
        columns={[
          {
            key: 'name',
            title: t('hl7v2.receiver.name'),
            width: 200,
            always: true,
            render: (row) => row.name,
          },
          {
            key: 'state',
            title: t('hl7v2.receiver.state'),
            width: 100,
            render: (row) => <ReceiverTag state={row.state} />,
          },
          {
            key: 'org',
            title: t('hl7v2.receiver.org'),
            width: 200,
            render: (row) => orgName(row.org_id),
          },
          {
            key: 'address',
            title: t('hl7v2.receiver.address'),
            width: 220,
            render: (row) => <code>{addressText(row)}</code>,
          },
          {
            key: 'application',
            title: t('hl7v2.receiver.application'),
            width: 150,
            render: (row) => <code>{row.application}</code>,
          },
          {
            key: 'kinds',
            title: t('hl7v2.receiver.kinds'),
            width: 260,
            render: (row) => listed(row.kinds),
          },
          {
            key: 'created',
            title: t('hl7v2.receiver.created'),
            width: 150,
            hidden: true,
            render: (row) => <DateTime at={row.created_at} />,
          },
        ]}
        phoneRow={(row) => (
          <>
            <span className="lt-row">
              <strong>{row.name}</strong>
              <ReceiverTag state={row.state} />
            </span>
            <span className="lt-muted">
              {orgName(row.org_id)} · <code>{addressText(row)}</code>
            </span>
          </>
        )}
      />
    </Page>
  );
}
