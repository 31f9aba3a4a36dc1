import { useQuery } from '@tanstack/react-query';
import { Button, DatePicker, Form, Input, Modal, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { call, newKey } from '@/api/client';
import { useCommand } from '@/api/command';
import { useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { FormErrors, markFields } from '@/kit/FormErrors';
import { Section } from '@/kit/Page';
import { EmptyState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { useRoleName } from '../queries';
import type { AccountView, TokenView } from '../types';
import { OneTimeSecret } from './OneTimeSecret';

const DAYS_MAX = 730;
const DAYS_USUAL = 365;

/** Tokens with which a system signs in; the secret is shown once. */
export function Tokens({ view }: { view: AccountView }) {
  const can = useCan();
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const tokens = useQuery({
    queryKey: ['token', view.account.id],
    queryFn: ({ signal }) =>
      call<TokenView[]>('GET', `/api/accounts/${view.account.id}/tokens`, { signal }),
  });
  async function revoke(token: TokenView) {
    const headers = { 'Idempotency-Key': newKey() };
    await call('POST', `/api/tokens/${token.id}/revoke`, { headers });
    await tokens.refetch();
  }
  const mayManage = can('token.manage');
  return (
    <Section
      title={t('admin.tokens.title')}
      extra={
        mayManage && (
          <Button size="small" onClick={() => setAdding(true)}>
            {t('admin.tokens.new')}
          </Button>
        )
      }
    >
      {secret && (
        <OneTimeSecret
          title={t('admin.tokens.once')}
          secret={secret}
          hint={t('admin.tokens.hand-over')}
        />
      )}
      <DataTable<TokenView>
        id="admin.tokens"
        label={t('admin.tokens.title')}
        rows={tokens.data ?? []}
        rowKey={(token) => token.id}
        empty={<EmptyState title={t('admin.tokens.empty')} hint={t('admin.tokens.empty-hint')} />}
        quiet
        plain
        columns={[
          { key: 'name', title: t('admin.tokens.name'), width: 180, render: (row) => row.name },
          {
            key: 'state',
            title: t('admin.accounts.state'),
            width: 110,
            render: (token) => <TokenState token={token} />,
          },
          {
            key: 'expires',
            title: t('admin.tokens.expires'),
            width: 150,
            render: (token) => <DateTime at={token.expires_at} />,
          },
          {
            key: 'used',
            title: t('admin.tokens.used'),
            width: 150,
            render: (token) => <DateTime at={token.used_at} show="relative" />,
          },
          {
            key: 'revoke',
            title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
            width: 90,
            align: 'right',
            render: (token) =>
              mayManage &&
              !token.revoked_at && (
                <ConfirmAction
                  label={t('admin.tokens.revoke')}
                  title={t('admin.tokens.revoke')}
                  consequence={t('admin.tokens.revoke-consequence')}
                  onConfirm={() => revoke(token)}
                  button={{ size: 'small' }}
                />
              ),
          },
        ]}
      />
      <NewToken
        open={adding}
        view={view}
        onClose={() => setAdding(false)}
        onMade={(made) => {
          setSecret(made);
          setAdding(false);
          void tokens.refetch();
        }}
      />
    </Section>
  );
}

function TokenState({ token }: { token: TokenView }) {
  if (token.revoked_at) return <StatusTag tone="neutral" label={t('admin.tokens.revoked')} />;
  if (Date.parse(token.expires_at) < Date.now()) {
    return <StatusTag tone="neutral" label={t('admin.tokens.over')} />;
  }
  return <StatusTag tone="done" label={t('admin.tokens.live')} />;
}

interface NewTokenProps {
  open: boolean;
  view: AccountView;
  onClose: () => void;
  onMade: (secret: string) => void;
}

function NewToken({ open, view, onClose, onMade }: NewTokenProps) {
  const [form] = Form.useForm<{ name: string; assignment_id: string; expires: Dayjs }>();
  const nameOf = useRoleName();
  const orgName = useOrgName();
  const make = useCommand(
    (input: { name: string; assignment_id: string; expires_at: string }, headers) =>
      call<{ secret: string }>('POST', `/api/accounts/${view.account.id}/tokens`, {
        body: input,
        headers,
      }),
    {
      onSuccess: ({ secret }) => {
        form.resetFields();
        onMade(secret);
      },
    },
  );
  const held = view.assignments.filter((one) => one.in_force);
  const required = { required: true, message: t('kit.form.required') };
  return (
    <Modal
      open={open}
      title={t('admin.tokens.new')}
      okText={t('admin.tokens.new')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: make.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <FormErrors error={make.error} labels={{ name: t('admin.tokens.name') }} />
      <Form
        form={form}
        layout="vertical"
        initialValues={{
          assignment_id: held[0]?.assignment.id,
          expires: dayjs().add(DAYS_USUAL, 'day'),
        }}
        onFinish={({ expires, ...rest }) =>
          make.mutate(
            { ...rest, expires_at: expires.toISOString() },
            { onError: (error) => markFields(form, error) },
          )
        }
      >
        <Form.Item name="name" label={t('admin.tokens.name')} rules={[required]}>
          <Input maxLength={60} placeholder={t('admin.tokens.name-hint')} />
        </Form.Item>
        <Form.Item name="assignment_id" label={t('admin.tokens.acts-as')} rules={[required]}>
          <Select
            options={held.map(({ assignment }) => ({
              value: assignment.id,
              label: `${nameOf(assignment.role)} · ${orgName(assignment.org_id)}`,
            }))}
          />
        </Form.Item>
        <Form.Item name="expires" label={t('admin.tokens.expires')} rules={[required]}>
          <DatePicker
            className="lt-full"
            minDate={dayjs().add(1, 'day')}
            maxDate={dayjs().add(DAYS_MAX, 'day')}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
