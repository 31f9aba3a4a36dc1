import { Alert, Segmented } from 'antd';
import { useState } from 'react';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { DateTime } from '@/kit/DateTime';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { withNote } from '@/kit/words';
import { Effects } from '../parts/Effects';
import { Fault } from '../parts/Fault';
import { History } from '../parts/History';
import { MessageTextView } from '../parts/MessageTextView';
import { Dismiss, Repair } from '../parts/Repair';
import { Segments } from '../parts/Segments';
import { useMessage } from '../queries';
import type { MessageDetail } from '../types';
import { ackText, kindText, placesOf, StateTag } from '../words';
import '../hl7v2.css';

/** One message: what it says, what became of it, and what can be done about it. */
export default function Message() {
  const message = useMessage(useRouteParam('id'));
  if (message.isPending) return <PageSkeleton />;
  if (message.isError) {
    return <ErrorState page error={message.error} onRetry={() => void message.refetch()} />;
  }
  const { body, version } = message.data;
  const { id, kind, control_id, reason, state } = body.message;
  const about = kindText(kind);
  return (
    <Page
      wide
      title={about ? `${kind} ${about}` : kind || t('hl7v2.message.title')}
      back="/hl7v2"
      meta={
        <>
          <StateTag state={state} />
          {body.message.late && <StatusTag tone="soon" label={t('hl7v2.message.late')} />}
          <code>{control_id}</code>
        </>
      }
      actions={body.actions.includes('dismiss') && <Dismiss id={id} version={version} />}
    >
      <div className="lt-stack">
        {reason && <Fault reason={reason} />}
        <div>
          <Head detail={body} />
          <Outcome detail={body} />
          <Content detail={body} />
          {body.actions.includes('replay') && (
            <Repair key={version} detail={body} version={version} />
          )}
          <History detail={body} />
        </div>
      </div>
    </Page>
  );
}

function Head({ detail }: { detail: MessageDetail }) {
  const { message, patient } = detail;
  const orgName = useOrgName();
  return (
    <Section>
      <Facts
        items={[
          {
            label: t('hl7v2.sender.title'),
            value: message.sender_id ? (
              <PathLink to={`/hl7v2/senders/${message.sender_id}`}>
                {detail.sender_name ?? t('hl7v2.sender.title')}
              </PathLink>
            ) : (
              t('hl7v2.message.stranger')
            ),
          },
          { label: t('hl7v2.sender.org'), value: orgName(message.org_id) },
          {
            label: t('hl7v2.message.patient'),
            value: patient && (
              <>
                <PathLink to={`/record/patients/${patient.id}`}>{patient.name}</PathLink>{' '}
                <PathLink to={`/hl7v2?patient_id=${patient.id}`}>
                  {t('hl7v2.message.of-patient')}
                </PathLink>
              </>
            ),
          },
          {
            label: t('hl7v2.message.received'),
            value: <DateTime at={message.received_at} show="both" />,
          },
          { label: t('hl7v2.message.sent'), value: <DateTime at={message.sent_at} /> },
          { label: t('hl7v2.message.version'), value: message.hl7_version || null },
          { label: t('hl7v2.message.charset'), value: message.charset || null },
          {
            label: t('hl7v2.message.size'),
            value: t('hl7v2.message.bytes', { n: message.size_bytes }),
          },
          { label: t('hl7v2.message.address'), value: message.address || null },
          {
            label: t('hl7v2.mapping.title'),
            value: message.mapping ? t('hl7v2.mapping.version-n', { n: message.mapping }) : null,
          },
          { label: t('hl7v2.message.duplicates'), value: detail.duplicates },
        ]}
      />
    </Section>
  );
}

function Outcome({ detail }: { detail: MessageDetail }) {
  const { message } = detail;
  return (
    <div className="hl7-sides">
      <Section title={t('hl7v2.message.effects')}>
        <Effects
          effects={message.effects}
          none={t(message.state === 'kept' ? 'hl7v2.effect.kept' : 'hl7v2.effect.none')}
        />
      </Section>
      <Section title={t('hl7v2.message.answer')} extra={ackText(message.ack)}>
        <MessageTextView text={message.answer} label={t('hl7v2.message.answer')} />
      </Section>
    </div>
  );
}

function Content({ detail }: { detail: MessageDetail }) {
  const { texts, segments, message } = detail;
  const newest = texts.at(-1);
  const [chosen, setChosen] = useState<number>();
  const shown = texts.find((text) => text.number === chosen) ?? newest;
  const places = placesOf(message.reason);
  if (!shown) {
    return (
      <Section title={t('hl7v2.message.text')}>
        <p className="lt-muted">{t('hl7v2.message.no-text')}</p>
      </Section>
    );
  }
  const name = (number: number) =>
    number === 0 ? t('hl7v2.message.original') : t('hl7v2.message.edit-n', { n: number });
  return (
    <div className="hl7-sides">
      <Section title={t('hl7v2.message.segments')}>
        {segments.length > 0 ? (
          <Segments segments={segments} places={places} />
        ) : (
          <p className="lt-muted">{t('hl7v2.message.unparsed')}</p>
        )}
      </Section>
      <Section
        title={t('hl7v2.message.text')}
        extra={
          texts.length > 1 && (
            <Segmented
              size="small"
              value={shown.number}
              onChange={setChosen}
              options={texts.map(({ number }) => ({ value: number, label: name(number) }))}
            />
          )
        }
      >
        {shown.form === 'hex' && (
          <Alert
            type="warning"
            showIcon
            className="hl7-note"
            title={withNote(t('hl7v2.message.guess'), message.charset || '—')}
          />
        )}
        <MessageTextView
          text={shown.text}
          label={t('hl7v2.message.text')}
          places={shown === newest ? places : []}
        />
      </Section>
    </div>
  );
}
