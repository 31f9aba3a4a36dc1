import { Button, Form, Input, Radio } from 'antd';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { Page, Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import type { AccountCreated, NewAccount as Input_ } from '../types';
import { AssignmentFields, type AssignmentValues, assignmentOf } from './AssignmentFields';
import { OneTimeSecret } from './OneTimeSecret';

interface Values {
  username: string;
  name: string;
  system: boolean;
  assignment: AssignmentValues;
}

/** A new account with its first role; the one-time password is shown once. */
export default function NewAccount() {
  const [form] = Form.useForm<Values>();
  const create = useCommand(
    (input: Input_, headers) =>
      call<AccountCreated>('POST', '/api/accounts', { body: input, headers }),
    { invalidates: [['account']] },
  );
  const required = { required: true, message: t('kit.form.required') };
  function submit({ assignment, ...rest }: Values) {
    create.mutate(
      { ...rest, assignment: assignmentOf(assignment) },
      { onError: (error) => markFields(form, error) },
    );
  }
  if (create.data) return <Created created={create.data} />;
  return (
    <Page title={t('admin.accounts.new')} back="/admin/accounts">
      <Section>
        <FormErrors
          error={create.error}
          labels={{
            username: t('admin.accounts.username'),
            name: t('admin.accounts.name'),
            'assignment.role': t('admin.accounts.role'),
            'assignment.org_id': t('admin.accounts.org'),
            assignment: t('admin.accounts.roles'),
          }}
          onGo={scrollToField(form)}
        />
        <Form
          form={form}
          layout="vertical"
          className="lt-form"
          initialValues={{ system: false }}
          onFinish={submit}
        >
          <Form.Item name="system" label={t('admin.accounts.sort')}>
            <Radio.Group
              options={[
                { value: false, label: t('admin.accounts.person') },
                { value: true, label: t('admin.accounts.system') },
              ]}
            />
          </Form.Item>
          <Form.Item name="name" label={t('admin.accounts.name')} rules={[required]}>
            <Input maxLength={60} autoComplete="off" />
          </Form.Item>
          <Form.Item
            name="username"
            label={t('admin.accounts.username')}
            extra={t('admin.accounts.username-hint')}
            rules={[required]}
          >
            <Input maxLength={60} autoComplete="off" />
          </Form.Item>
          <AssignmentFields prefix={['assignment']} />
          <Button type="primary" htmlType="submit" loading={create.isPending}>
            {t('admin.accounts.create')}
          </Button>
        </Form>
      </Section>
    </Page>
  );
}

function Created({ created }: { created: AccountCreated }) {
  const go = useGo();
  const { account } = created.account;
  return (
    <Page title={t('admin.accounts.created', { name: account.name })} back="/admin/accounts">
      {created.one_time_password ? (
        <OneTimeSecret
          title={t('admin.password.once')}
          secret={created.one_time_password}
          hint={t('admin.password.hand-over', { username: account.username })}
        />
      ) : (
        <p>{t('admin.tokens.next')}</p>
      )}
      <Button type="primary" onClick={() => go(`/admin/accounts/${account.id}`)}>
        {t('admin.accounts.open')}
      </Button>
    </Page>
  );
}
