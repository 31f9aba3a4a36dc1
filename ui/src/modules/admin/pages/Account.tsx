import { Alert } from 'antd';
import { useState } from 'react';
import { call, ifMatch, newKey } from '@/api/client';
import { useCan, useSession } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DateTime } from '@/kit/DateTime';
import { Facts, Page, Section } from '@/kit/Page';
import { useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { useAccount } from '../queries';
import type { AccountView } from '../types';
import { AccountState } from './Accounts';
import { Assignments } from './Assignments';
import { OneTimeSecret } from './OneTimeSecret';
import { Tokens } from './Tokens';

/** One account: may it sign in, as what, until when. */
export default function Account() {
  const id = useRouteParam('id');
  const account = useAccount(id);
  const can = useCan();
  const me = useSession().account.id;
  const [password, setPassword] = useState<string | null>(null);
  if (account.isPending) return <PageSkeleton />;
  if (account.isError) {
    return <ErrorState page error={account.error} onRetry={() => void account.refetch()} />;
  }
  const view = account.data;
  const mayManage = can('account.manage') && view.account.id !== me;
  return (
    <Page
      title={view.account.name}
      back="/admin/accounts"
      meta={<AccountState row={view} />}
      actions={mayManage && <Actions view={view} onPassword={setPassword} />}
    >
      {password && (
        <OneTimeSecret
          title={t('admin.password.once')}
          secret={password}
          hint={t('admin.password.hand-over', { username: view.account.username })}
        />
      )}
      {view.account.id === me && can('account.manage') && (
        <Alert type="info" showIcon className="admin-note" title={t('admin.accounts.own')} />
      )}
      <Section title={t('admin.accounts.facts')}>
        <Facts
          items={[
            { label: t('admin.accounts.username'), value: view.account.username },
            {
              label: t('admin.accounts.sort'),
              value: t(view.account.system ? 'admin.accounts.system' : 'admin.accounts.person'),
            },
            {
              label: t('admin.accounts.totp'),
              value: t(view.totp_enabled ? 'admin.accounts.totp-on' : 'admin.accounts.totp-off'),
            },
            {
              label: t('admin.accounts.password-at'),
              value: (
                <>
                  <DateTime at={view.password_at} />{' '}
                  {view.must_change_password && (
                    <span className="lt-muted">{t('admin.accounts.must-change')}</span>
                  )}
                </>
              ),
            },
            { label: t('admin.accounts.sessions'), value: view.sessions },
            view.locked_until
              ? {
                  label: t('admin.accounts.locked-until'),
                  value: <DateTime at={view.locked_until} show="both" />,
                }
              : { label: t('admin.accounts.locked-until'), value: null },
          ]}
        />
      </Section>
      <Assignments view={view} mayManage={mayManage} />
      {view.account.system && <Tokens view={view} />}
    </Page>
  );
}

interface ActionsProps {
  view: AccountView;
  onPassword: (password: string | null) => void;
}

function Actions({ view, onPassword }: ActionsProps) {
  const account = useAccount(view.account.id);
  const path = `/api/accounts/${view.account.id}`;
  const isDisabled = view.account.state === 'disabled';
  const locked = view.locked_until && Date.parse(view.locked_until) > Date.now();
  async function run(verb: string) {
    const headers = { ...ifMatch(view.version), 'Idempotency-Key': newKey() };
    const answer = await call<{ one_time_password?: string }>('POST', `${path}/${verb}`, {
      headers,
    });
    onPassword(answer?.one_time_password ?? null);
    toast.success(t(`admin.account-done.${verb}`));
    await account.refetch();
  }
  const action = (verb: string, danger: boolean) => (
    <ConfirmAction
      key={verb}
      label={t(`admin.account-action.${verb}`)}
      title={t(`admin.account-action.${verb}`)}
      consequence={t(`admin.account-consequence.${verb}`)}
      danger={danger}
      onConfirm={() => run(verb)}
    />
  );
  return (
    <>
      {locked && action('unlock', false)}
      {!view.account.system && action('password-reset', false)}
      {view.totp_enabled && action('totp-reset', false)}
      {view.sessions > 0 && action('sign-out', false)}
      {action(isDisabled ? 'enable' : 'disable', !isDisabled)}
    </>
  );
}
