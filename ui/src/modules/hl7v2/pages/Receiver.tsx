import { Alert, Button } from 'antd';
import { call, ifMatch, newKey, type Versioned } from '@/api/client';
import { useCommand } from '@/api/command';
import { useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DateTime } from '@/kit/DateTime';
import { Facts, Page, Section } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { TryReceiver } from '../parts/TryReceiver';
import { receiverInputOf, useReceiver } from '../queries';
import { addressText } from '../receivers';
import type { Receiver as ReceiverRow, ReceiverState } from '../types';
import { kindText, ReceiverTag } from '../words';
import '../hl7v2.css';

/** One receiver: where it listens, what it is sent, and whether it answers. */
export default function Receiver() {
  const receiver = useReceiver(useRouteParam('id'));
  if (receiver.isPending) return <PageSkeleton />;
  if (receiver.isError) {
    return <ErrorState page error={receiver.error} onRetry={() => void receiver.refetch()} />;
  }
  return <Shown receiver={receiver.data} />;
}

function Shown({ receiver }: { receiver: Versioned<ReceiverRow> }) {
  const go = useGo();
  const can = useCan();
  const row = receiver.body;
  return (
    <Page
      wide
      title={row.name}
      back="/hl7v2/receivers"
      meta={<ReceiverTag state={row.state} />}
      actions={
        <>
          <Button onClick={() => go(`/hl7v2/outbound?receiver_id=${row.id}`)}>
            {t('hl7v2.receiver.see-messages')}
          </Button>
          {can('hl7.manage') && (
            <>
              <PauseOrResume receiver={receiver} />
              <Button type="primary" onClick={() => go(`/hl7v2/receivers/${row.id}/edit`)}>
                {t('hl7v2.receiver.edit')}
              </Button>
            </>
          )}
        </>
      }
    >
      {row.state === 'stopped' && (
        <Alert type="info" showIcon className="hl7-note" title={t('hl7v2.receiver.stopped-hint')} />
      )}
      <FactsOf row={row} />
      <Section title={t('hl7v2.receiver.kinds')}>
        <ul className="hl7-pairs">
          {row.kinds.map((kind) => (
            <li key={kind}>
              <code>{kind}</code> {kindText(kind)}
            </li>
          ))}
        </ul>
      </Section>
      {can('hl7.manage') && <TryReceiver id={row.id} />}
    </Page>
  );
}

function FactsOf({ row }: { row: ReceiverRow }) {
  const orgName = useOrgName();
  const code = (text: string) => (text ? <code>{text}</code> : null);
  return (
    <Section>
      <Facts
        items={[
          { label: t('hl7v2.receiver.org'), value: orgName(row.org_id) },
          { label: t('hl7v2.receiver.address'), value: <code>{addressText(row)}</code> },
          { label: t('hl7v2.receiver.charset'), value: t(`hl7v2.charset.${row.charset}`) },
          { label: t('hl7v2.receiver.application'), value: code(row.application) },
          { label: t('hl7v2.receiver.facility'), value: code(row.facility) },
          { label: t('hl7v2.receiver.own-application'), value: code(row.own_application) },
          { label: t('hl7v2.receiver.own-facility'), value: code(row.own_facility) },
          { label: t('hl7v2.sender.processing'), value: t(`hl7v2.processing.${row.processing}`) },
          { label: t('hl7v2.receiver.version'), value: row.hl7_version },
          { label: t('hl7v2.receiver.ack'), value: t(`hl7v2.receiver.ack-${row.acknowledgement}`) },
          {
            label: t('hl7v2.receiver.answer'),
            value: `${row.answer_seconds} ${t('hl7v2.receiver.seconds')}`,
          },
          {
            label: t('hl7v2.receiver.tries'),
            value: `${row.tries_max} ${t('hl7v2.receiver.times')}`,
          },
          { label: t('hl7v2.receiver.created'), value: <DateTime at={row.created_at} /> },
        ]}
      />
    </Section>
  );
}

function PauseOrResume({ receiver }: { receiver: Versioned<ReceiverRow> }) {
  const { id, state } = receiver.body;
  const put = (next: ReceiverState, headers: Record<string, string>) =>
    call<ReceiverRow>('PUT', `/api/hl7/receivers/${id}`, {
      body: { ...receiverInputOf(receiver.body), state: next },
      headers: { ...headers, ...ifMatch(receiver.version) },
    });
  const invalidates = [['hl7-receiver'], ['hl7-outbound', 'statistics']];
  const resume = useCommand((_: string, headers) => put('active', headers), { invalidates });
  const pause = useCommand((_: string) => put('paused', { 'Idempotency-Key': newKey() }), {
    invalidates,
  });
  if (state !== 'active') {
    return (
      <Button
        loading={resume.isPending}
        onClick={() => resume.mutate(receiver.version, { onError: (error) => toast.error(error) })}
      >
        {t('hl7v2.receiver.resume')}
      </Button>
    );
  }
  return (
    <ConfirmAction
      label={t('hl7v2.receiver.pause')}
      title={t('hl7v2.receiver.pause-title')}
      consequence={t('hl7v2.receiver.pause-consequence')}
      onConfirm={() => pause.mutateAsync(receiver.version)}
    />
  );
}
