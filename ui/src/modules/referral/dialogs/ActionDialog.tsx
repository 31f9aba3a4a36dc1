/** One action on a case: what it asks for, what follows from it, and what to do when it is refused. */
import { useQueryClient } from '@tanstack/react-query';
import { Form, Modal } from 'antd';
import { useEffect, useState } from 'react';
import { useCommand } from '@/api/command';
import type { ApiError } from '@/api/errors';
import { hasText, t } from '@/i18n';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { usePhone } from '@/kit/media';
import { toast } from '@/kit/toast';
import { act } from '../api';
import type { ActionName, Offer, ReferralView } from '../types';
import { actionText } from '../words';
import { FORMS } from './forms';
import { StaleNote, useNewest } from './StaleNote';

export interface ActionDialogProps {
  referral: ReferralView;
  action: ActionName;
  onClose: () => void;
  onDone?: (referral: ReferralView) => void;
}

const WIDTH_PX = 520;
const WIDTH_WIDE_PX = 680;

export function ActionDialog({ referral, action, onClose, onDone }: ActionDialogProps) {
  // The case as it was when the dialog opened: what is typed belongs to that version.
  const [seen] = useState(referral);
  const shape = FORMS[action] ?? {};
  const [form] = Form.useForm();
  const phone = usePhone();
  const queries = useQueryClient();
  const [error, setError] = useState<ApiError | null>(null);
  const newest = useNewest(seen, error?.stale ?? false, action);
  const command = useCommand(
    ({ version, body }: { version: number; body: unknown }, headers) =>
      act(seen.id, version, action, body, headers),
    {
      invalidates: [['referral'], ['work']],
      onSuccess: (view) => {
        queries.setQueryData(['referral', view.id], view);
        toast.success(t('referral.done', { action: actionText(action, view.kind) }));
        onDone?.(view);
        onClose();
      },
    },
  );

  async function send() {
    let values: Record<string, unknown>;
    try {
      values = await form.validateFields();
    } catch {
      return;
    }
    const all = { ...form.getFieldsValue(true), ...values };
    const body = shape.Fields ? (shape.body?.(all, seen) ?? all) : undefined;
    const version = newest?.view.version ?? seen.version;
    setError(null);
    command.mutate(
      { version, body },
      {
        onError: (refusal) => {
          setError(refusal);
          markFields(form, refusal);
        },
      },
    );
  }

  const instead = alternativesOf(error);
  // The place that was taken must not be asked for again.
  useEffect(() => {
    if (instead) form.setFieldValue('place', undefined);
  }, [form, instead]);
  const consequence = `referral.consequence.${action}`;
  const blocked = newest !== null && !newest.open;
  const { Fields } = shape;
  return (
    <Modal
      open
      title={actionText(action, seen.kind)}
      width={phone ? '100%' : shape.wide ? WIDTH_WIDE_PX : WIDTH_PX}
      onCancel={onClose}
      onOk={send}
      okText={newest?.open ? t('referral.stale.retry') : actionText(action, seen.kind)}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ danger: shape.danger, loading: command.isPending, disabled: blocked }}
    >
      <Form form={form} layout="vertical" initialValues={shape.initial?.(seen)} requiredMark>
        {hasText(consequence) && <p className="referral-plain lt-muted">{t(consequence)}</p>}
        {error?.stale ? (
          <StaleNote newest={newest} />
        ) : (
          <FormErrors error={error} labels={labels()} onGo={scrollToField(form)} />
        )}
        {Fields && <Fields referral={seen} instead={instead} />}
      </Form>
    </Modal>
  );
}

/** The next places that the server offers when one was taken a moment ago. */
export function alternativesOf(error: ApiError | null): Offer[] | undefined {
  const data = error?.data as { alternatives?: Offer[] } | null | undefined;
  return Array.isArray(data?.alternatives) ? data.alternatives : undefined;
}

function labels(): Record<string, string> {
  return {
    place: t('referral.field.place'),
    reason_code: t('kit.form.reason'),
    reason_text: t('kit.form.reason-note'),
    expected_at: t('referral.field.expected'),
    org_id: t('referral.form.to-org'),
    override_reason: t('referral.suggestion.override-reason'),
    'plan.stability': t('referral.down.stability'),
    'plan.follow_up_days': t('referral.down.days'),
    'summary.findings': t('referral.field.findings'),
  };
}
