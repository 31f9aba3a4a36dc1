import { Alert } from 'antd';
import { roleName, useSession } from '@/api/session';
import { t } from '@/i18n';
import { useActingOrg } from '@/kit/actingOrg';
import { Facts, Page, Section } from '@/kit/Page';
import { PasswordForm } from './PasswordForm';
import { SecondFactor } from './SecondFactor';
import { Sessions } from './Sessions';

/** My password, my second factor, my signed-in devices. */
export default function Account() {
  const { account, assignment, must_change_password } = useSession();
  const org = useActingOrg();
  return (
    <Page title={t('account.title')}>
      {must_change_password && (
        <Alert type="warning" showIcon className="account-must" title={t('account.must-change')} />
      )}
      <Section title={t('account.who.title')}>
        <Facts
          items={[
            { label: t('account.who.name'), value: account.name },
            { label: t('account.who.username'), value: account.username },
            { label: t('account.who.org'), value: org },
            { label: t('account.who.role'), value: roleName(assignment) },
          ]}
        />
      </Section>
      <PasswordForm />
      {/* While a new password is due, the server refuses the rest. */}
      {!must_change_password && <SecondFactor />}
      {!must_change_password && <Sessions />}
    </Page>
  );
}
