import { useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { SESSION_KEY, type Session } from '@/api/session';
import { t } from '@/i18n';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { Section } from '@/kit/Page';
import { toast } from '@/kit/toast';

interface PasswordChange {
  current: string;
  new: string;
}

/** A new password; the rules are the server's, and it says which one is broken. */
export function PasswordForm() {
  const [form] = Form.useForm<PasswordChange & { again: string }>();
  const queries = useQueryClient();
  const change = useCommand(
    (input: PasswordChange, headers) =>
      call('POST', '/api/session/password', { body: input, headers }),
    {
      // Everything: what was refused while this password was due may be read from now on.
      invalidates: [[]],
      onSuccess: () => {
        // At once, so that the next click is not sent back here while the session is read again.
        queries.setQueryData<Session | null>(
          SESSION_KEY,
          (session) => session && { ...session, must_change_password: false },
        );
        form.resetFields();
        toast.success(t('account.password.done'));
      },
    },
  );
  const same = ({ getFieldValue }: { getFieldValue: (name: string) => unknown }) => ({
    validator: (_: unknown, value: string) =>
      value === getFieldValue('new')
        ? Promise.resolve()
        : Promise.reject(new Error(t('account.password.differs'))),
  });
  const required = { required: true, message: t('kit.form.required') };
  return (
    <Section title={t('account.password.title')}>
      <FormErrors
        error={change.error}
        labels={{ current: t('account.password.current'), new: t('account.password.new') }}
        onGo={scrollToField(form)}
      />
      <Form
        form={form}
        layout="vertical"
        className="account-form"
        onFinish={({ current, new: next }) =>
          change.mutate({ current, new: next }, { onError: (error) => markFields(form, error) })
        }
      >
        <Form.Item name="current" label={t('account.password.current')} rules={[required]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        <Form.Item
          name="new"
          label={t('account.password.new')}
          extra={t('account.password.hint')}
          rules={[required]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Form.Item
          name="again"
          label={t('account.password.again')}
          dependencies={['new']}
          rules={[required, same]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={change.isPending}>
          {t('account.password.submit')}
        </Button>
      </Form>
    </Section>
  );
}
