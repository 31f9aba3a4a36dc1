import { useQuery } from '@tanstack/react-query';
import { Alert, Button, DatePicker, Form, Input, Modal } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { call, ifMatch } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { FormErrors } from '@/kit/FormErrors';
import { LinesSkeleton } from '@/kit/Skeletons';
import { toast } from '@/kit/toast';
import { matrixChanges } from '../matrix';
import { permissionTitle, useRoleName } from '../queries';
import type { RoleDefinition, RoleMatrixView, RulePreview } from '../types';

interface SaveMatrixProps {
  view: RoleMatrixView;
  draft: RoleDefinition[];
  onSaved: () => void;
}

/** What a changed matrix would do, checked by the server; then from which day and on whose word. */
export function SaveMatrix({ view, draft, onSaved }: SaveMatrixProps) {
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<{ effective_from: Dayjs; source: string }>();
  const changes = matrixChanges(view.matrix.roles, draft);
  const preview = useQuery({
    queryKey: ['rule-set', 'access.roles', 'preview', draft],
    queryFn: ({ signal }) =>
      call<RulePreview>('POST', '/api/roles/preview', { body: { roles: draft }, signal }),
    enabled: open,
  });
  const save = useCommand(
    (input: { effective_from: string; source: string }, headers) =>
      call('PUT', '/api/roles', {
        body: { ...input, roles: draft },
        headers: { ...headers, ...ifMatch(view.newest) },
      }),
    {
      invalidates: [['rule-set'], ['session']],
      onSuccess: () => {
        toast.success(t('admin.roles.saved'));
        setOpen(false);
        onSaved();
      },
    },
  );
  const required = { required: true, message: t('kit.form.required') };
  return (
    <>
      <Button type="primary" disabled={changes.length === 0} onClick={() => setOpen(true)}>
        {t('admin.roles.review', { n: changes.length })}
      </Button>
      <Modal
        open={open}
        width={640}
        title={t('admin.roles.review-title')}
        okText={t('admin.roles.save')}
        cancelText={t('kit.action.cancel')}
        okButtonProps={{ disabled: !preview.data?.valid, loading: save.isPending }}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
      >
        <div className="lt-stack">
          <ChangeList view={view} draft={draft} />
          {preview.isPending && <LinesSkeleton rows={2} />}
          {preview.data && !preview.data.valid && (
            <Alert type="error" showIcon title={preview.data.detail ?? preview.data.code} />
          )}
          <FormErrors error={save.error} />
          <Form
            form={form}
            layout="vertical"
            initialValues={{ effective_from: dayjs() }}
            onFinish={({ effective_from, source }) =>
              save.mutate({ effective_from: effective_from.format('YYYY-MM-DD'), source })
            }
          >
            <Form.Item
              name="effective_from"
              label={t('admin.rules.effective')}
              extra={t('admin.roles.effective-hint')}
              rules={[required]}
            >
              <DatePicker minDate={dayjs()} className="lt-full" />
            </Form.Item>
            <Form.Item name="source" label={t('admin.rules.source')} rules={[required]}>
              <Input maxLength={300} placeholder={t('admin.roles.source-hint')} />
            </Form.Item>
          </Form>
        </div>
      </Modal>
    </>
  );
}

function ChangeList({ view, draft }: { view: RoleMatrixView; draft: RoleDefinition[] }) {
  const nameOf = useRoleName();
  const titleOf = (code: string) => {
    const found = view.permissions.find((one) => one.code === code);
    return found ? permissionTitle(found) : code;
  };
  const word = (scope: string | undefined) =>
    scope ? t(`admin.scope.${scope}`) : t('admin.roles.none');
  return (
    <ul className="admin-changes">
      {matrixChanges(view.matrix.roles, draft).map((change) => (
        <li key={`${change.role} ${change.permission}`}>
          <strong>{nameOf(change.role)}</strong> {titleOf(change.permission)} ·
          <del>{word(change.before)}</del> → <ins>{word(change.after)}</ins>
        </li>
      ))}
    </ul>
  );
}
