/** Says of a drug whether a member has it. */
import { Form, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useCommand } from '@/api/command';
import type { ApiError } from '@/api/errors';
import { t } from '@/i18n';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { usePhone } from '@/kit/media';
import { toast } from '@/kit/toast';
import { addEntry, type EntryValues, entryBody, FORMULARY_KIND } from '../formulary';
import { ConceptPicker } from '../parts/Pickers';
import { DayField, required, TextField } from './fields';

export interface FormularyDialogProps {
  org_id: string;
  org_name: string;
  onClose: () => void;
}

const FIELDS = ['drug_code', 'available', 'starts_on', 'ends_on', 'note'] as const;

const NOTE_LENGTH_MAX = 500;

export function FormularyDialog({ org_id, org_name, onClose }: FormularyDialogProps) {
  const phone = usePhone();
  const [form] = Form.useForm<EntryValues>();
  const [error, setError] = useState<ApiError | null>(null);
  const add = useCommand(addEntry, {
    invalidates: [[FORMULARY_KIND]],
    onSuccess: () => {
      toast.success(t('referral.formulary.added'));
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
    add.mutate(entryBody(form.getFieldsValue(true), org_id), {
      onError: (refusal) => {
        setError(refusal);
        markFields(form, refusal);
      },
    });
  }
  const labels = Object.fromEntries(FIELDS.map((name) => [name, fieldText(name)]));
  return (
    <Modal
      open
      title={`${t('referral.formulary.add')} · ${org_name}`}
      width={phone ? '100%' : 520}
      onCancel={onClose}
      onOk={send}
      okText={t('kit.action.save')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: add.isPending }}
    >
      <Form form={form} layout="vertical" initialValues={{ available: true }}>
        <FormErrors
          error={error}
          labels={{ ...labels, org_id: t('referral.stats.member') }}
          onGo={scrollToField(form)}
        />
        <Form.Item name="drug_code" label={fieldText('drug_code')} rules={required()}>
          <ConceptPicker system="drug" placeholder={t('referral.formulary.search')} />
        </Form.Item>
        <Form.Item name="available" label={fieldText('available')} rules={required()}>
          <Radio.Group
            optionType="button"
            options={[
              { value: true, label: t('referral.formulary.has') },
              { value: false, label: t('referral.formulary.has-not') },
            ]}
          />
        </Form.Item>
        <div className="referral-pair">
          <DayField name="starts_on" label={fieldText('starts_on')} future />
          <DayField name="ends_on" label={fieldText('ends_on')} future />
        </div>
        <p className="lt-muted">{t('referral.formulary.days-hint')}</p>
        <TextField name="note" label={fieldText('note')} rows={2} maxLength={NOTE_LENGTH_MAX} />
      </Form>
    </Modal>
  );
}

export function fieldText(name: (typeof FIELDS)[number]): string {
  return t(`referral.formulary.field.${name}`);
}
