/** The form of a follow-up, by the rule in force. */
import { Form, Input, InputNumber, Modal, Radio } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useCommand } from '@/api/command';
import type { ApiError } from '@/api/errors';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { usePhone } from '@/kit/media';
import { LinesSkeleton } from '@/kit/Skeletons';
import { toast } from '@/kit/toast';
import { recordFollowUp, useOptions } from '../api';
import type { FollowUp, FormItem } from '../types';
import { concerns, ruleText } from '../words';
import { DayField, required, TextField } from './fields';

const WAYS = ['home-visit', 'clinic', 'phone', 'video'] as const;

export interface FollowUpDialogProps {
  follow_up: FollowUp;
  /** Codes of the diagnoses: they choose the questions. */
  diagnoses?: string[];
  onClose: () => void;
}

interface Values {
  way: string;
  done_on: string;
  form?: Record<string, unknown>;
  takes_drugs?: boolean;
  readmitted?: boolean;
  progress?: string;
}

export function FollowUpDialog({ follow_up, diagnoses, onClose }: FollowUpDialogProps) {
  const options = useOptions();
  const phone = usePhone();
  const [form] = Form.useForm<Values>();
  const [error, setError] = useState<ApiError | null>(null);
  const record = useCommand((body: unknown, headers) => recordFollowUp(follow_up, body, headers), {
    invalidates: [['referral'], ['follow-up'], ['work']],
    onSuccess: () => {
      toast.success(t('referral.follow-up.saved'));
      onClose();
    },
  });
  async function send() {
    try {
      await form.validateFields();
    } catch {
      return;
    }
    setError(null);
    record.mutate(recordBody(form.getFieldsValue(true)), {
      onError: (refusal) => {
        setError(refusal);
        markFields(form, refusal);
      },
    });
  }
  const items = (options.data?.follow_up_form ?? []).filter(
    (item) => !diagnoses || concerns(item, diagnoses),
  );
  return (
    <Modal
      open
      title={`${t('referral.follow-up.day', { n: follow_up.day })} · ${follow_up.patient_name}`}
      width={phone ? '100%' : 560}
      onCancel={onClose}
      onOk={send}
      okText={t('kit.action.save')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: record.isPending }}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ way: 'home-visit', done_on: dayjs(serverNow()).format('YYYY-MM-DD') }}
      >
        <FormErrors error={error} onGo={scrollToField(form)} />
        <Form.Item name="way" label={t('referral.follow-up.way')} rules={required()}>
          <Radio.Group
            optionType="button"
            options={WAYS.map((value) => ({ value, label: t(`referral.follow-up.ways.${value}`) }))}
          />
        </Form.Item>
        <DayField name="done_on" label={t('referral.follow-up.done-on')} needed past />
        {options.isPending && <LinesSkeleton rows={5} />}
        {items.map((item) => (
          <FormQuestion key={item.code} item={item} />
        ))}
        <YesNo name="takes_drugs" label={t('referral.follow-up.takes-drugs')} />
        <YesNo
          name="readmitted"
          label={t('referral.follow-up.readmitted')}
          extra={t('referral.follow-up.readmitted-hint')}
        />
        <TextField name="progress" label={t('referral.follow-up.progress')} rows={2} />
      </Form>
    </Modal>
  );
}

/** Answers as texts; what was left open is not sent. */
export function recordBody(values: Values): unknown {
  const answers = Object.entries(values.form ?? {}).filter(
    ([, answer]) => answer !== undefined && answer !== null && answer !== '',
  );
  return {
    way: values.way,
    done_on: values.done_on,
    form: Object.fromEntries(answers.map(([code, answer]) => [code, String(answer)])),
    takes_drugs: values.takes_drugs ?? null,
    readmitted: values.readmitted ?? null,
    progress: values.progress ?? '',
  };
}

function FormQuestion({ item }: { item: FormItem }) {
  const name = ['form', item.code];
  const label = ruleText(item);
  const rules = required(item.required);
  if (item.kind === 'number') {
    return (
      <Form.Item name={name} label={label} rules={rules}>
        <InputNumber className="lt-full" suffix={item.unit ?? undefined} inputMode="decimal" />
      </Form.Item>
    );
  }
  if (item.kind === 'yes-no') {
    return (
      <Form.Item name={name} label={label} rules={rules}>
        <Radio.Group
          options={[
            { value: 'yes', label: t('kit.yes') },
            { value: 'no', label: t('kit.no') },
          ]}
        />
      </Form.Item>
    );
  }
  return (
    <Form.Item name={name} label={label} rules={rules}>
      <Input.TextArea autoSize={{ minRows: 1, maxRows: 5 }} maxLength={1000} />
    </Form.Item>
  );
}

function YesNo({ name, label, extra }: { name: string; label: string; extra?: string }) {
  return (
    <Form.Item name={name} label={label} extra={extra}>
      <Radio.Group
        options={[
          { value: true, label: t('kit.yes') },
          { value: false, label: t('kit.no') },
          { value: null, label: t('referral.follow-up.not-asked') },
        ]}
      />
    </Form.Item>
  );
}
