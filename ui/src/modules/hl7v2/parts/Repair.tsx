import { useQueryClient } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useId, useState } from 'react';
import { callVersioned, ifMatch, newKey, type Versioned } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { FormErrors } from '@/kit/FormErrors';
import { Section } from '@/kit/Page';
import { toast } from '@/kit/toast';
import { segmentLines } from '../place';
import { messageKey } from '../queries';
import type { MessageDetail } from '../types';
import { TextChanges } from './MessageTextView';

const REASON_CHARACTERS_MIN = 4;

type Detail = Versioned<MessageDetail>;

/** Mend a message of the error queue and do it again. */
export function Repair({ detail, version }: { detail: MessageDetail; version: string }) {
  const id = useId();
  const queries = useQueryClient();
  const original = segmentLines(detail.texts[0]?.text ?? '').join('\n');
  const newest = segmentLines(detail.texts.at(-1)?.text ?? '').join('\n');
  const [text, setText] = useState(newest);
  const [reason, setReason] = useState('');
  const changed = segmentLines(text).join('\n') !== newest;
  const replay = useCommand(
    (input: { text?: string; reason: string }, headers) =>
      callVersioned<MessageDetail>('POST', `/api/hl7/messages/${detail.message.id}/replay`, {
        body: input,
        headers: { ...headers, ...ifMatch(version) },
      }),
    {
      invalidates: [['hl7-message']],
      onSuccess: (done: Detail) => {
        queries.setQueryData(messageKey(detail.message.id), done);
        setReason('');
        const taken = done.body.message.reason == null;
        if (taken) toast.success(t('hl7v2.repair.taken'));
        else toast.info(t('hl7v2.repair.not-taken'));
      },
    },
  );
  return (
    <Section title={t('hl7v2.repair.title')}>
      <p className="lt-muted">{t('hl7v2.repair.hint')}</p>
      <FormErrors error={replay.error} labels={{ reason: t('kit.form.reason') }} />
      <div className="lt-stack">
        <div>
          <label htmlFor={`${id}text`}>{t('hl7v2.repair.text')}</label>
          <Input.TextArea
            id={`${id}text`}
            className="hl7-code"
            autoSize={{ minRows: 5, maxRows: 20 }}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <div>
          <div className="lt-muted">{t('hl7v2.repair.changes')}</div>
          <TextChanges before={original} after={text} />
        </div>
        <div>
          <label htmlFor={`${id}reason`}>{t('kit.form.reason')}</label>
          <Input
            id={`${id}reason`}
            maxLength={500}
            value={reason}
            placeholder={t('hl7v2.repair.reason-hint')}
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
        <div className="lt-row">
          <Button
            type="primary"
            loading={replay.isPending}
            disabled={reason.trim().length < REASON_CHARACTERS_MIN || text.trim() === ''}
            onClick={() =>
              replay.mutate({ text: changed ? text : undefined, reason: reason.trim() })
            }
          >
            {t(changed ? 'hl7v2.repair.replay-changed' : 'hl7v2.repair.replay')}
          </Button>
          {changed && <Button onClick={() => setText(newest)}>{t('hl7v2.repair.reset')}</Button>}
        </div>
      </div>
    </Section>
  );
}

/** Take a message out of the error queue, with a reason. */
export function Dismiss({ id, version }: { id: string; version: string }) {
  const queries = useQueryClient();
  return (
    <ConfirmAction
      label={t('hl7v2.dismiss.label')}
      title={t('hl7v2.dismiss.title')}
      consequence={t('hl7v2.dismiss.consequence')}
      note="required"
      onConfirm={async ({ note }) => {
        const done = await callVersioned<MessageDetail>('POST', `/api/hl7/messages/${id}/dismiss`, {
          body: { reason: note },
          headers: { 'Idempotency-Key': newKey(), ...ifMatch(version) },
        });
        queries.setQueryData(messageKey(id), done);
        void queries.invalidateQueries({ queryKey: ['hl7-message'] });
      }}
    />
  );
}
