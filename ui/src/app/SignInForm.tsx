import { Alert, Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import { type ApiError, asApiError } from '@/api/errors';
import { signIn, useSessionChange } from '@/api/session';
import { t } from '@/i18n';
import './door.css';

const CODE_NEEDED = 'session.code-needed';

export interface SignInFormProps {
  /** Signing in again: the name is known. */
  username?: string;
  onSignedIn?: () => void;
}

/** User name and password, then the one-time code when the account asks for it. */
export default function SignInForm({ username: known, onSignedIn }: SignInFormProps) {
  const [username, setUsername] = useState(known ?? '');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [codeNeeded, setCodeNeeded] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const changed = useSessionChange();

  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await signIn({ username: username.trim(), password, ...(codeNeeded ? { code } : {}) });
      if (onSignedIn) onSignedIn();
      else await changed();
    } catch (thrown) {
      const problem = asApiError(thrown);
      if (problem.code === CODE_NEEDED && !codeNeeded) setCodeNeeded(true);
      else setError(problem);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className="app-sign-in-form" onSubmit={submit}>
      {error && (
        <Alert type="error" showIcon role="alert" title={error.detail || t('kit.error.offline')} />
      )}
      <label>
        {t('app.sign-in.username')}
        <Input
          value={username}
          onChange={(event) => setUsername(event.target.value)}
          autoComplete="username"
          disabled={known !== undefined || codeNeeded}
          required
          size="large"
        />
      </label>
      <label>
        {t('app.sign-in.password')}
        <Input.Password
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          autoComplete="current-password"
          disabled={codeNeeded}
          required
          size="large"
        />
      </label>
      {codeNeeded && (
        <label>
          {t('app.sign-in.code')}
          <Input
            value={code}
            onChange={(event) => setCode(event.target.value.replace(/\D/g, ''))}
            autoComplete="one-time-code"
            inputMode="numeric"
            maxLength={6}
            autoFocus
            required
            size="large"
          />
          <span className="lt-muted">{t('app.sign-in.code-hint')}</span>
        </label>
      )}
      <Button type="primary" htmlType="submit" size="large" block loading={busy}>
        {t('app.sign-in.submit')}
      </Button>
    </form>
  );
}
