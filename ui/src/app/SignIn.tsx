import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { type DemoAccount, readDemoAccounts, signInToDemo, useSessionChange } from '@/api/session';
import { t, textOr } from '@/i18n';
import { LinesSkeleton } from '@/kit/Skeletons';
import { toast } from '@/kit/toast';
import { LanguageMenu, ThemeMenu } from './Choices';
import { Logo } from './Logo';
import SignInForm from './SignInForm';

/** The door: one-click roles in the demonstration, user name and password elsewhere. */
export default function SignIn() {
  const demo = useQuery({ queryKey: ['demo-accounts'], queryFn: readDemoAccounts });
  const [byPassword, setByPassword] = useState(false);
  const accounts = demo.data ?? [];
  const cards = accounts.length > 0 && !byPassword;
  useEffect(() => {
    document.title = `${t('app.sign-in.title')} · ${t('app.name')}`;
  }, []);
  return (
    <div className="app-door">
      <header className="app-door-top">
        <Logo size={32} />
        <span className="app-door-name">{t('app.name')}</span>
        <span className="app-door-tagline lt-muted">{t('app.tagline')}</span>
        <span className="app-spacer" />
        <LanguageMenu />
        <ThemeMenu />
      </header>
      <main className={cards ? 'app-door-main app-door-wide' : 'app-door-main'}>
        {demo.isPending ? (
          <LinesSkeleton rows={5} />
        ) : cards ? (
          <DemoRoles accounts={accounts} onPassword={() => setByPassword(true)} />
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

function DemoRoles({ accounts, onPassword }: { accounts: DemoAccount[]; onPassword: () => void }) {
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
      {groupByKind(accounts).map(([kind, group]) => (
        <section key={kind} className="app-roles">
          <h2>{textOr(kind, `app.org-kind.${kind}`)}</h2>
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
                  <span>
                    <strong>{account.role_name}</strong> {account.name}
                  </span>
                  <span className="lt-muted">{account.hint ?? account.org_name}</span>
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

/** Groups in the order in which the server first names them. */
function groupByKind(accounts: DemoAccount[]): [string, DemoAccount[]][] {
  const groups = new Map<string, DemoAccount[]>();
  for (const account of accounts) {
    const group = groups.get(account.org_kind) ?? [];
    group.push(account);
    groups.set(account.org_kind, group);
  }
  return [...groups];
}
