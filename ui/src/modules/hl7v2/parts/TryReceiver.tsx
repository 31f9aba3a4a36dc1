import { Button } from 'antd';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { Section } from '@/kit/Page';
import { StatusTag } from '@/kit/StatusTag';
import type { ReceiverTrial } from '../types';
import { outcomeText } from '../words';
import { MessageTextView } from './MessageTextView';

/** Sends a message about nobody and shows what came back. */
export function TryReceiver({ id }: { id: string }) {
  const run = useCommand((_: string, headers) =>
    call<ReceiverTrial>('POST', `/api/hl7/receivers/${id}/try`, { body: {}, headers }),
  );
  return (
    <Section title={t('hl7v2.trial.title')}>
      <p className="lt-muted">{t('hl7v2.trial.hint')}</p>
      <div className="lt-stack">
        <div>
          <Button loading={run.isPending} onClick={() => run.mutate(id)}>
            {t('hl7v2.trial.run')}
          </Button>
        </div>
        <FormErrors error={run.error} />
        {run.data && <Result trial={run.data} />}
      </div>
    </Section>
  );
}

function Result({ trial }: { trial: ReceiverTrial }) {
  return (
    <div className="lt-stack" aria-live="polite">
      <div className="lt-row">
        <StatusTag
          tone={trial.outcome === 'accepted' ? 'done' : 'overdue'}
          label={outcomeText(trial.outcome)}
        />
        <span className="lt-muted">{t('hl7v2.outbound.took', { n: trial.milliseconds })}</span>
      </div>
      {trial.reason && <div className="lt-muted">{trial.reason.detail}</div>}
      <div className="hl7-sides">
        <div>
          <div className="lt-muted">{t('hl7v2.trial.sent')}</div>
          <MessageTextView text={trial.text} label={t('hl7v2.trial.sent')} />
        </div>
        <div>
          <div className="lt-muted">{t('hl7v2.trial.answer')}</div>
          {trial.answer ? (
            <MessageTextView text={trial.answer} label={t('hl7v2.trial.answer')} />
          ) : (
            <p>{t('hl7v2.trial.no-answer')}</p>
          )}
        </div>
      </div>
    </div>
  );
}
