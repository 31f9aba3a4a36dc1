import { useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useId, useState } from 'react';
import { call } from '@/api/client';
import type { ApiError } from '@/api/errors';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { Section } from '@/kit/Page';
import { pair } from '@/kit/words';
import type { Mapping, Trial } from '../types';
import { ackText, placesOf, StateTag } from '../words';
import { partText } from './Differences';
import { Effects } from './Effects';
import { Fault } from './Fault';
import { MessageTextView } from './MessageTextView';

interface TryMessageProps {
  senderId: string;
  /** A mapping that is being written; without it the one in force. */
  mapping?: Mapping;
}

/** Paste a message and see what it would do. Nothing is stored. */
export function TryMessage({ senderId, mapping }: TryMessageProps) {
  const id = useId();
  const can = useCan();
  const [text, setText] = useState('');
  const run = useMutation<Trial, ApiError, string>({
    mutationFn: (pasted) =>
      call<Trial>('POST', `/api/hl7/senders/${senderId}/try`, {
        body: { text: pasted, mapping },
      }),
  });
  if (!can('hl7.content')) return null;
  const labels = Object.fromEntries(
    (run.error?.errors ?? []).map(({ path }) => [path, partText(path)]),
  );
  return (
    <Section title={t('hl7v2.try.title')}>
      <p className="lt-muted">{t(mapping ? 'hl7v2.try.hint-draft' : 'hl7v2.try.hint')}</p>
      <div className="lt-stack">
        <div>
          <label htmlFor={`${id}text`}>{t('hl7v2.try.text')}</label>
          <Input.TextArea
            id={`${id}text`}
            className="hl7-code"
            autoSize={{ minRows: 4, maxRows: 16 }}
            spellCheck={false}
            placeholder="MSH|^~\&|"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        <div>
          <Button
            loading={run.isPending}
            disabled={text.trim() === ''}
            onClick={() => run.mutate(text)}
          >
            {t('hl7v2.try.run')}
          </Button>
        </div>
        <FormErrors error={run.error} labels={labels} />
        {run.data && <Result trial={run.data} text={run.variables ?? ''} />}
      </div>
    </Section>
  );
}

function Result({ trial, text }: { trial: Trial; text: string }) {
  const places = placesOf(trial.reason);
  return (
    <div className="lt-stack" aria-live="polite">
      <div className="lt-row">
        <span>{t('hl7v2.try.would')}</span>
        <StateTag state={trial.state} />
        <span>{pair(t('hl7v2.message.ack'), ackText(trial.ack))}</span>
      </div>
      {trial.reason && <Fault reason={trial.reason} />}
      {places.length > 0 && (
        <div>
          <div className="lt-muted">{t('hl7v2.try.place')}</div>
          <MessageTextView text={text} label={t('hl7v2.try.place')} places={places} />
        </div>
      )}
      {!trial.reason && (
        <Effects
          tried
          effects={trial.effects}
          none={t(trial.state === 'kept' ? 'hl7v2.effect.kept' : 'hl7v2.try.nothing')}
        />
      )}
      <details>
        <summary>{t('hl7v2.try.answer')}</summary>
        <MessageTextView text={trial.answer} label={t('hl7v2.try.answer')} />
      </details>
    </div>
  );
}
