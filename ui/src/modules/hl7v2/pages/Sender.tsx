import { Button, Select } from 'antd';
import { call, ifMatch, newKey, type Versioned } from '@/api/client';
import { useCommand } from '@/api/command';
import { useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { Facts, Page, Section } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { LinesSkeleton, PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { listed } from '@/kit/words';
import { Differences } from '../parts/Differences';
import { TryMessage } from '../parts/TryMessage';
import { inputOf, useMappings, useSender } from '../queries';
import type { MappingVersion, MappingVersions, Sender as SenderRow, SenderState } from '../types';
import { SenderTag } from '../words';
import '../hl7v2.css';

const FILTERS = { version: text(), against: text() };
/** What the server writes of the first version, in both languages. */
const FIRST_NOTE = '默认映射 default mapping';

/** One sender: who it is, how it is read, and what a message of its would do. */
export default function Sender() {
  const sender = useSender(useRouteParam('id'));
  if (sender.isPending) return <PageSkeleton />;
  if (sender.isError) {
    return <ErrorState page error={sender.error} onRetry={() => void sender.refetch()} />;
  }
  return <Shown sender={sender.data} />;
}

function Shown({ sender }: { sender: Versioned<SenderRow> }) {
  const go = useGo();
  const can = useCan();
  const orgName = useOrgName();
  const row = sender.body;
  const path = `/hl7v2/senders/${row.id}`;
  return (
    <Page
      wide
      title={row.name}
      back="/hl7v2/senders"
      meta={<SenderTag state={row.state} />}
      actions={
        <>
          <Button onClick={() => go(`/hl7v2?sender_id=${row.id}`)}>
            {t('hl7v2.sender.see-messages')}
          </Button>
          {can('hl7.manage') && (
            <>
              <StopOrResume sender={sender} />
              <Button onClick={() => go(`${path}/edit`)}>{t('hl7v2.sender.edit')}</Button>
              <Button type="primary" onClick={() => go(`${path}/mapping`)}>
                {t('hl7v2.mapping.edit')}
              </Button>
            </>
          )}
        </>
      }
    >
      <Section>
        <Facts
          items={[
            { label: t('hl7v2.sender.org'), value: orgName(row.org_id) },
            { label: t('hl7v2.sender.application'), value: <code>{row.application}</code> },
            {
              label: t('hl7v2.sender.facility'),
              value: row.facility ? <code>{row.facility}</code> : null,
            },
            { label: t('hl7v2.sender.charset'), value: t(`hl7v2.charset.${row.charset}`) },
            { label: t('hl7v2.sender.processing'), value: t(`hl7v2.processing.${row.processing}`) },
            {
              label: t('hl7v2.sender.late'),
              value: t('hl7v2.sender.minutes-n', { n: row.late_minutes }),
            },
            {
              label: t('hl7v2.sender.addresses'),
              value:
                row.addresses.length > 0 ? listed(row.addresses) : t('hl7v2.sender.any-address'),
            },
            { label: t('hl7v2.sender.created'), value: <DateTime at={row.created_at} /> },
          ]}
        />
      </Section>
      <TryMessage senderId={row.id} />
      <Versions id={row.id} />
    </Page>
  );
}

function StopOrResume({ sender }: { sender: Versioned<SenderRow> }) {
  const { id } = sender.body;
  const put = (state: SenderState, headers: Record<string, string>) =>
    call<SenderRow>('PUT', `/api/hl7/senders/${id}`, {
      body: { ...inputOf(sender.body), state },
      headers: { ...headers, ...ifMatch(sender.version) },
    });
  const resume = useCommand((_: string, headers) => put('active', headers), {
    invalidates: [['hl7-sender']],
  });
  const stop = useCommand((_: string) => put('stopped', { 'Idempotency-Key': newKey() }), {
    invalidates: [['hl7-sender']],
  });
  if (sender.body.state === 'stopped') {
    return (
      <Button
        loading={resume.isPending}
        onClick={() => resume.mutate(sender.version, { onError: (error) => toast.error(error) })}
      >
        {t('hl7v2.sender.resume')}
      </Button>
    );
  }
  return (
    <ConfirmAction
      label={t('hl7v2.sender.stop')}
      title={t('hl7v2.sender.stop-title')}
      consequence={t('hl7v2.sender.stop-consequence')}
      onConfirm={() => stop.mutateAsync(sender.version)}
    />
  );
}

function Versions({ id }: { id: string }) {
  const versions = useMappings(id);
  return (
    <Section title={t('hl7v2.mapping.versions')}>
      {versions.isPending ? (
        <LinesSkeleton rows={4} />
      ) : versions.isError ? (
        <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />
      ) : (
        <Compared versions={versions.data} />
      )}
    </Section>
  );
}

function Compared({ versions }: { versions: MappingVersions }) {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const { items, in_force } = versions;
  const find = (number: string | undefined) => items.find((one) => String(one.number) === number);
  const shown = find(filters.version) ?? items.find((one) => one.number === in_force) ?? items[0];
  const before =
    find(filters.against) ?? items.find((one) => one.number === (shown?.number ?? 0) - 1);
  return (
    <>
      <DataTable<MappingVersion>
        id="hl7v2.mappings"
        label={t('hl7v2.mapping.versions')}
        rows={items}
        rowKey={(row) => row.id}
        onOpen={(row) => setFilters({ version: String(row.number), against: undefined })}
        quiet
        plain
        columns={[
          {
            key: 'number',
            title: t('hl7v2.mapping.number'),
            width: 150,
            render: (row) => (
              <span className="lt-row">
                {t('hl7v2.mapping.version-n', { n: row.number })}
                {row.number === in_force && (
                  <StatusTag plain tone="done" label={t('hl7v2.mapping.in-force')} />
                )}
              </span>
            ),
          },
          {
            key: 'note',
            title: t('hl7v2.mapping.note'),
            width: 320,
            render: (row) => noteText(row),
          },
          { key: 'by', title: t('hl7v2.mapping.by'), width: 130, render: (row) => row.by || '—' },
          {
            key: 'at',
            title: t('hl7v2.mapping.at'),
            width: 150,
            render: (row) => <DateTime at={row.at} />,
          },
        ]}
        phoneRow={(row) => (
          <>
            <span className="lt-row">
              <strong>{t('hl7v2.mapping.version-n', { n: row.number })}</strong>
              {row.number === in_force && (
                <StatusTag plain tone="done" label={t('hl7v2.mapping.in-force')} />
              )}
            </span>
            <span>{noteText(row)}</span>
            <span className="lt-muted">
              {row.by} · <DateTime at={row.at} />
            </span>
          </>
        )}
      />
      {shown && before && (
        <div className="hl7-gap">
          <div className="lt-row hl7-note">
            <strong>{t('hl7v2.mapping.version-n', { n: shown.number })}</strong>
            <span>{t('hl7v2.mapping.against')}</span>
            <Select
              size="small"
              aria-label={t('hl7v2.mapping.against')}
              popupMatchSelectWidth={false}
              value={String(before.number)}
              options={items
                .filter((one) => one.number !== shown.number)
                .map((one) => ({
                  value: String(one.number),
                  label: t('hl7v2.mapping.version-n', { n: one.number }),
                }))}
              onChange={(against) => setFilters({ version: String(shown.number), against })}
            />
          </div>
          <Differences before={before.mapping} after={shown.mapping} />
        </div>
      )}
    </>
  );
}

function noteText(version: MappingVersion): string {
  return version.note === FIRST_NOTE ? t('hl7v2.mapping.first-note') : version.note;
}
