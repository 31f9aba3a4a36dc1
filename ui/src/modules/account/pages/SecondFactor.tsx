import { Button, Input } from 'antd';
import { type FormEvent, useId, useState } from 'react';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { SESSION_KEY, useSession } from '@/api/session';
import { t } from '@/i18n';
import { QrCode } from '@/kit/Codes';
import { FormErrors } from '@/kit/FormErrors';
import { Section } from '@/kit/Page';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import '../account.css';

interface Enrolment {
  secret: string;
  uri: string;
}

const PATH = '/api/session/totp';

/** One-time codes: enrol with a QR code and a first code, leave with a last one. */
export function SecondFactor() {
  const { totp_enabled } = useSession();
  const tag = totp_enabled ? (
    <StatusTag tone="done" label={t('account.totp.on')} />
  ) : (
    <StatusTag tone="neutral" label={t('account.totp.off')} />
  );
  return (
    <Section title={t('account.totp.title')} extra={tag}>
      <p className="lt-muted account-text">{t('account.totp.why')}</p>
      {totp_enabled ? <Leave /> : <Enrol />}
    </Section>
  );
}

function Enrol() {
  const start = useCommand((_: object, headers) => call<Enrolment>('POST', PATH, { headers }));
  const confirm = useCommand(
    (code: string, headers) => call('PUT', PATH, { body: { code }, headers }),
    {
      invalidates: [SESSION_KEY],
      onSuccess: () => toast.success(t('account.totp.enabled')),
    },
  );
  if (!start.data) {
    return (
      <>
        <FormErrors error={start.error} />
        <Button loading={start.isPending} onClick={() => start.mutate({})}>
          {t('account.totp.start')}
        </Button>
      </>
    );
  }
  return (
    <div className="lt-stack">
      <div>
        <p className="account-text">{t('account.totp.scan')}</p>
        <QrCode value={start.data.uri} label={t('account.totp.qr')} size={168} />
        <p className="account-text">
          {t('account.totp.secret')} <code className="account-secret">{start.data.secret}</code>
        </p>
      </div>
      <FormErrors error={confirm.error} />
      <CodeForm
        hint={t('account.totp.enter')}
        label={t('account.totp.confirm')}
        busy={confirm.isPending}
        onCode={(code) => confirm.mutate(code)}
      />
    </div>
  );
}

function Leave() {
  const stop = useCommand(
    (code: string, headers) => call('DELETE', PATH, { body: { code }, headers }),
    {
      invalidates: [SESSION_KEY],
      onSuccess: () => toast.success(t('account.totp.stopped')),
    },
  );
  return (
    <>
      <FormErrors error={stop.error} />
      <CodeForm
        hint={t('account.totp.stop-hint')}
        label={t('account.totp.stop')}
        danger
        busy={stop.isPending}
        onCode={(code) => stop.mutate(code)}
      />
    </>
  );
}

interface CodeFormProps {
  hint: string;
  label: string;
  danger?: boolean;
  busy: boolean;
  onCode: (code: string) => void;
}

const CODE_LENGTH = 6;

function CodeForm({ hint, label, danger, busy, onCode }: CodeFormProps) {
  const id = useId();
  const [code, setCode] = useState('');
  function submit(event: FormEvent) {
    event.preventDefault();
    onCode(code);
  }
  return (
    <form onSubmit={submit}>
      <label htmlFor={id}>{hint}</label>
      <div className="lt-row account-code">
        <Input
          id={id}
          value={code}
          onChange={(event) => setCode(event.target.value.replace(/\D/g, ''))}
          autoComplete="one-time-code"
          inputMode="numeric"
          maxLength={CODE_LENGTH}
          placeholder={t('account.totp.code')}
        />
        <Button
          type={danger ? 'default' : 'primary'}
          danger={danger}
          htmlType="submit"
          loading={busy}
          disabled={code.length !== CODE_LENGTH}
        >
          {label}
        </Button>
      </div>
    </form>
  );
}
