import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import {
  type DemoAccount,
  readDemoAccounts,
  readStatus,
  roleName,
  signInToDemo,
  useSessionChange,
} from '@/api/session';
import { t } from '@/i18n';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { LanguageMenu, ThemeMenu } from './Choices';
import { Logo } from './Logo';
import SignInForm from './SignInForm';
import './door.css';

/** The door: one-click roles in the demonstration, user name and password elsewhere. */
export default function SignIn() {
  const status = useQuery({ queryKey: ['status'], queryFn: readStatus });
  const [byPassword, setByPassword] = useState(false);
  const cards = status.data?.demo === true && !byPassword;
  useEffect(() => {
    document.title = `${t('app.sign-in.title')} · ${t('app.name')}`;
  }, []);
  return (
    <div className="app-door">
      <header className="app-door-top">
        <Logo size={32} />
        <span className="app-door-name">{t('app.name')}</span>
        <span className="app-door-tagline lt-muted">{status.data?.name || t('app.tagline')}</span>
        <span className="app-spacer" />
        <LanguageMenu />
        <ThemeMenu />
      </header>
      <main className={cards ? 'app-door-main app-door-wide' : 'app-door-main'}>
        {status.isPending ? (
          <LinesSkeleton rows={5} />
        ) : status.isError ? (
          <ErrorState error={status.error} onRetry={() => void status.refetch()} />
        ) : cards ? (
          <DemoRoles onPassword={() => setByPassword(true)} />
        ) : (
          <>
            <h1>{t('app.sign-in.title')}</h1>
            <SignInForm />
          </>
        )}
      </main>
    </div>
  );
}

function DemoRoles({ onPassword }: { onPassword: () => void }) {
  const accounts = useQuery({ queryKey: ['demo-accounts'], queryFn: readDemoAccounts });
  const [busy, setBusy] = useState<string | null>(null);
  const changed = useSessionChange();
  async function enter(account: DemoAccount) {
    setBusy(account.account_id);
    try {
      await signInToDemo(account.account_id);
      await changed();
    } catch (thrown) {
      toast.error(thrown);
    } finally {
      setBusy(null);
    }
  }
  return (
    <>
      <h1>{t('app.sign-in.demo-title')}</h1>
      <p className="lt-muted">{t('app.sign-in.demo-hint')}</p>
      {accounts.isPending && <LinesSkeleton rows={8} />}
      {accounts.isError && (
        <ErrorState error={accounts.error} onRetry={() => void accounts.refetch()} />
      )}
      {groupByOrganization(accounts.data ?? []).map((group) => (
        <section key={group[0]?.org_id} className="app-roles">
          <h2>{group[0]?.org_name}</h2>
          <ul>
            {group.map((account) => (
              <li key={account.account_id}>
                <button
                  type="button"
                  className="app-role"
                  disabled={busy !== null}
                  aria-busy={busy === account.account_id}
                  onClick={() => void enter(account)}
                >
                  <strong>{roleName(account)}</strong>
                  <span className="lt-muted">{account.name}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <Button type="link" onClick={onPassword}>
        {t('app.sign-in.demo-password')}
      </Button>
    </>
  );
}

/** Groups in the order in which the server first names each organization. */
function groupByOrganization(accounts: DemoAccount[]): DemoAccount[][] {
  const groups = new Map<string, DemoAccount[]>();
  for (const account of accounts) {
    const group = groups.get(account.org_id) ?? [];
    group.push(account);
    groups.set(account.org_id, group);
  }
  return [...groups.values()];
}
