import { PlusOutlined } from '@ant-design/icons';
import { Button, DatePicker, Form, Modal } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { call, ifMatch, newKey } from '@/api/client';
import { useCommand } from '@/api/command';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { FormErrors, markFields } from '@/kit/FormErrors';
import { Section } from '@/kit/Page';
import { StatusTag } from '@/kit/StatusTag';
import { toast } from '@/kit/toast';
import { useAccount, useRoleName } from '../queries';
import type { AccountView, AssignmentView, NewAssignment } from '../types';
import { AssignmentFields, type AssignmentValues, assignmentOf } from './AssignmentFields';

/** What an account is assigned to: role, place, from when to when. */
export function Assignments({ view, mayManage }: { view: AccountView; mayManage: boolean }) {
  const [adding, setAdding] = useState(false);
  const nameOf = useRoleName();
  const orgName = useOrgName();
  const account = useAccount(view.account.id);
  const [last, setLast] = useState<Dayjs | null>(null);
  async function end(row: AssignmentView) {
    const body = { valid_to: last?.format('YYYY-MM-DD') };
    const headers = { ...ifMatch(row.version), 'Idempotency-Key': newKey() };
    await call('POST', `/api/assignments/${row.assignment.id}/end`, { body, headers });
    toast.success(t('admin.assignment.ended'));
    await account.refetch();
  }
  return (
    <Section
      title={t('admin.accounts.roles')}
      extra={
        mayManage && (
          <Button size="small" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
            {t('admin.assignment.add')}
          </Button>
        )
      }
    >
      <DataTable<AssignmentView>
        id="admin.assignments"
        label={t('admin.accounts.roles')}
        rows={view.assignments}
        rowKey={(row) => row.assignment.id}
        quiet
        plain
        columns={[
          {
            key: 'role',
            title: t('admin.accounts.role'),
            width: 160,
            render: (row) => nameOf(row.assignment.role),
          },
          {
            key: 'org',
            title: t('admin.accounts.org'),
            width: 200,
            render: (row) => orgName(row.assignment.org_id),
          },
          {
            key: 'dates',
            title: t('admin.assignment.dates'),
            width: 220,
            render: ({ assignment }) =>
              assignment.valid_to
                ? `${assignment.valid_from} – ${assignment.valid_to}`
                : t('admin.assignment.since', { day: assignment.valid_from }),
          },
          {
            key: 'state',
            title: t('admin.accounts.state'),
            width: 110,
            render: (row) => (
              <StatusTag
                tone={row.in_force ? 'done' : 'neutral'}
                label={t(row.in_force ? 'admin.assignment.in-force' : 'admin.assignment.not-now')}
              />
            ),
          },
          {
            key: 'end',
            title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
            width: 90,
            align: 'right',
            render: (row) =>
              mayManage &&
              !isOver(row) && (
                <ConfirmAction
                  label={t('admin.assignment.end')}
                  title={t('admin.assignment.end')}
                  consequence={t('admin.assignment.end-consequence')}
                  onConfirm={() => end(row)}
                  button={{ size: 'small' }}
                >
                  <DatePicker
                    aria-label={t('admin.assignment.last-day')}
                    placeholder={t('admin.assignment.last-day')}
                    className="lt-full"
                    onChange={setLast}
                  />
                </ConfirmAction>
              ),
          },
        ]}
      />
      <Add
        open={adding}
        view={view}
        onClose={() => {
          setAdding(false);
          void account.refetch();
        }}
      />
    </Section>
  );
}

function isOver(row: AssignmentView): boolean {
  const last = row.assignment.valid_to;
  return Boolean(last && Date.parse(`${last}T23:59:59`) < Date.now());
}

function Add({ open, view, onClose }: { open: boolean; view: AccountView; onClose: () => void }) {
  const [form] = Form.useForm<AssignmentValues>();
  const add = useCommand(
    (input: NewAssignment, headers) =>
      call('POST', `/api/accounts/${view.account.id}/assignments`, { body: input, headers }),
    {
      onSuccess: () => {
        toast.success(t('admin.assignment.added'));
        form.resetFields();
        onClose();
      },
    },
  );
  return (
    <Modal
      open={open}
      title={t('admin.assignment.add')}
      okText={t('admin.assignment.add')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: add.isPending }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <FormErrors
        error={add.error}
        labels={{ role: t('admin.accounts.role'), org_id: t('admin.accounts.org') }}
      />
      <Form
        form={form}
        layout="vertical"
        onFinish={(values) =>
          add.mutate(assignmentOf(values), { onError: (error) => markFields(form, error) })
        }
      >
        <AssignmentFields />
      </Form>
    </Modal>
  );
}
