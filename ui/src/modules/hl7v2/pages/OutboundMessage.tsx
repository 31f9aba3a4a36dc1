import { useQueryClient } from '@tanstack/react-query';
import { callVersioned, ifMatch, newKey } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DateTime } from '@/kit/DateTime';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo, useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { Fault } from '../parts/Fault';
import { MessageTextView } from '../parts/MessageTextView';
import { Segments } from '../parts/Segments';
import { outboundKey, useOutbound } from '../queries';
import type { Attempt, OutboundDetail } from '../types';
import { eventText, kindText, OutboundTag, outcomeText } from '../words';
import '../hl7v2.css';

/** One message that leaves: what it says, each try, what was answered, what can be done. */
export default function OutboundMessage() {
  const message = useOutbound(useRouteParam('id'));
  if (message.isPending) return <PageSkeleton />;
  if (message.isError) {
    return <ErrorState page error={message.error} onRetry={() => void message.refetch()} />;
  }
  const { body, version } = message.data;
  const { kind, control_id, reason, state } = body.message;
  return (
    <Page
      wide
      title={`${kind} ${kindText(kind)}`}
      back="/hl7v2/outbound"
      meta={
        <>
          <OutboundTag state={state} />
          <code>{control_id}</code>
        </>
      }
      actions={<Actions detail={body} version={version} />}
    >
      <div className="lt-stack">
        {reason && <Fault reason={reason} />}
        <div>
          <Head detail={body} />
          <Answers attempts={body.attempts} />
          <Content detail={body} />
          <Decisions detail={body} />
        </div>
      </div>
    </Page>
  );
}

function Actions({ detail, version }: { detail: OutboundDetail; version: string }) {
  const queries = useQueryClient();
  const go = useGo();
  const { id, state } = detail.message;
  async function decide(word: 'resend' | 'skip', reason: string | undefined) {
    const path = `/api/hl7/outbound/${id}/${word}`;
    const done = await callVersioned<OutboundDetail>('POST', path, {
      body: { reason },
      headers: { 'Idempotency-Key': newKey(), ...ifMatch(version) },
    });
    const shown = done.body.message.id;
    queries.setQueryData(outboundKey(shown), done);
    void queries.invalidateQueries({ queryKey: ['hl7-outbound'] });
    toast.success(t(word === 'resend' ? 'hl7v2.outbound.resent' : 'hl7v2.outbound.skipped'));
    if (shown !== id) go(`/hl7v2/outbound/${shown}`);
  }
  return (
    <>
      {detail.actions.includes('skip') && (
        <ConfirmAction
          label={t('hl7v2.outbound.skip')}
          title={t('hl7v2.outbound.skip-title')}
          consequence={t('hl7v2.outbound.skip-consequence')}
          note="required"
          onConfirm={({ note }) => decide('skip', note)}
        />
      )}
      {detail.actions.includes('resend') && (
        <ConfirmAction
          danger={false}
          label={t('hl7v2.outbound.resend')}
          title={t('hl7v2.outbound.resend-title')}
          consequence={t(
            state === 'accepted' ? 'hl7v2.outbound.resend-again' : 'hl7v2.outbound.resend-same',
          )}
          note="required"
          onConfirm={({ note }) => decide('resend', note)}
        />
      )}
    </>
  );
}

function Head({ detail }: { detail: OutboundDetail }) {
  const { message, patient } = detail;
  const orgName = useOrgName();
  return (
    <Section>
      <Facts
        items={[
          {
            label: t('hl7v2.outbound.receiver'),
            value: (
              <PathLink to={`/hl7v2/receivers/${message.receiver_id}`}>
                {detail.receiver_name}
              </PathLink>
            ),
          },
          { label: t('hl7v2.receiver.org'), value: orgName(message.org_id) },
          {
            label: t('hl7v2.message.patient'),
            value: patient && (
              <>
                <PathLink to={`/record/patients/${patient.id}`}>{patient.name}</PathLink>{' '}
                <PathLink to={`/hl7v2/outbound?patient_id=${patient.id}`}>
                  {t('hl7v2.outbound.all-of-patient')}
                </PathLink>
              </>
            ),
          },
          { label: t('hl7v2.outbound.event'), value: eventText(message.subject.event) },
          {
            label: t('hl7v2.outbound.queued'),
            value: <DateTime at={message.queued_at} show="both" />,
          },
          { label: t('hl7v2.outbound.made'), value: <DateTime at={detail.made_at} /> },
          { label: t('hl7v2.outbound.accepted'), value: <DateTime at={message.accepted_at} /> },
          { label: t('hl7v2.outbound.attempts'), value: message.attempts },
          { label: t('hl7v2.outbound.place'), value: message.place },
          { label: t('hl7v2.outbound.charset'), value: detail.charset },
          {
            label: t('hl7v2.outbound.repeats'),
            value: message.repeats && (
              <PathLink to={`/hl7v2/outbound/${message.repeats}`}>
                {`…${message.repeats.slice(-8)}`}
              </PathLink>
            ),
          },
        ]}
      />
    </Section>
  );
}

function Answers({ attempts }: { attempts: Attempt[] }) {
  return (
    <Section title={t('hl7v2.outbound.answers')}>
      {attempts.length === 0 ? (
        <p className="lt-muted">{t('hl7v2.outbound.no-attempts')}</p>
      ) : (
        <ul className="hl7-list">
          {attempts.map((attempt) => (
            <li key={attempt.number}>
              <div className="lt-row">
                <strong>{attempt.number}</strong>
                <StatusTag
                  plain
                  tone={attempt.outcome === 'accepted' ? 'done' : 'overdue'}
                  label={outcomeText(attempt.outcome)}
                />
                <DateTime at={attempt.at} />
                <span className="lt-muted">
                  {t('hl7v2.outbound.took', { n: millisecondsOf(attempt) })}
                </span>
              </div>
              {attempt.detail && <div className="lt-muted">{attempt.detail}</div>}
              {attempt.answer && (
                <MessageTextView
                  text={attempt.answer}
                  label={`${t('hl7v2.outbound.answer')} ${attempt.number}`}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function millisecondsOf(attempt: Attempt): number {
  return Date.parse(attempt.ended_at) - Date.parse(attempt.at);
}

function Content({ detail }: { detail: OutboundDetail }) {
  const { text, segments, message } = detail;
  if (!text) {
    const key = message.state === 'withheld' ? 'withheld-text' : 'not-made';
    return (
      <Section title={t('hl7v2.outbound.text')}>
        <p className="lt-muted">{t(`hl7v2.outbound.${key}`)}</p>
      </Section>
    );
  }
  return (
    <div className="hl7-sides">
      <Section title={t('hl7v2.message.segments')}>
        <Segments segments={segments} places={[]} />
      </Section>
      <Section title={t('hl7v2.outbound.text')}>
        <MessageTextView text={text} label={t('hl7v2.outbound.text')} />
      </Section>
    </div>
  );
}

function Decisions({ detail }: { detail: OutboundDetail }) {
  const { decisions } = detail.message;
  if (decisions.length === 0) return null;
  return (
    <Section title={t('hl7v2.outbound.decisions')}>
      <ul className="hl7-list">
        {decisions.map((decision) => (
          <li key={decision.at}>
            <div className="lt-row">
              <strong>{t(`hl7v2.decision.${decision.what}`)}</strong>
              <span>{decision.account_name}</span>
              <DateTime at={decision.at} />
            </div>
            <div>{decision.reason}</div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
