import { Button, Form, Input, InputNumber, Modal, Radio, Select, Switch } from 'antd';
import { useState } from 'react';
import { call, ifMatch } from '@/api/client';
import { useCommand } from '@/api/command';
import { t, textOr } from '@/i18n';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { OrgSelect } from '@/kit/OrgSelect';
import { toast } from '@/kit/toast';
import { nextCode } from '../codes';
import type { Bed, Ward } from '../types';
import { CHANNELS } from '../types';
import { useFresh } from './useFresh';

const KINDS = ['general', 'intensive', 'isolation', 'observation', 'neonatal', 'delivery'];
const SEX_RULES = ['any', 'male', 'female'];
const FEN = 100;

interface BedFormProps {
  ward: Ward;
  /** The bed to change; a new one if absent. */
  bed?: Bed;
  /** The number that the new bed probably gets. */
  code?: string;
  onClose: () => void;
  onDone: () => void;
}

interface Values {
  code: string;
  kind?: string;
  sex_rule: Bed['sex_rule'];
  isolation: boolean;
  channel: Bed['channel'];
  quota_org_id?: string;
  price_yuan?: number;
}

/** A bed: whom it takes, for whom it is kept, what a day costs. One after another, for a ward. */
export function BedForm({ ward, bed, code, onClose, onDone }: BedFormProps) {
  const [form] = Form.useForm<Values>();
  const [goOn, setGoOn] = useState(false);
  const fresh = useFresh(form, bed && valuesOf(bed), bed?.version);
  const save = useCommand(
    (input: object, headers) =>
      call('PUT', '/api/resources/beds', {
        body: input,
        headers: { ...headers, ...(fresh.version === undefined ? {} : ifMatch(fresh.version)) },
      }),
    {
      invalidates: [['bed']],
      onSuccess: () => {
        const made = form.getFieldValue('code');
        toast.success(t('resources.beds.saved', { code: made }));
        onDone();
        if (goOn) form.setFieldValue('code', nextCode(made));
        else onClose();
      },
    },
  );
  const required = { required: true, message: t('kit.form.required') };
  const labels = {
    code: t('resources.beds.code'),
    kind: t('resources.beds.kind'),
    sex_rule: t('resources.beds.for-sex'),
    channel: t('resources.channel'),
    quota_org_id: t('resources.beds.quota-org'),
    price: t('resources.beds.price'),
    ward_id: t('resources.ward'),
  };
  function send(next: boolean) {
    setGoOn(next);
    form.submit();
  }
  return (
    <Modal
      open
      title={`${t(bed ? 'resources.beds.edit' : 'resources.beds.new')} · ${ward.name}`}
      onCancel={onClose}
      mask={{ closable: false }}
      footer={
        <>
          <Button onClick={onClose}>{t('kit.action.cancel')}</Button>
          {!bed && (
            <Button loading={save.isPending && goOn} onClick={() => send(true)}>
              {t('resources.beds.save-next')}
            </Button>
          )}
          <Button type="primary" loading={save.isPending && !goOn} onClick={() => send(false)}>
            {t('kit.action.save')}
          </Button>
        </>
      }
    >
      {fresh.note}
      <FormErrors error={save.error} labels={labels} onGo={scrollToField(form)} />
      <Form
        form={form}
        layout="vertical"
        initialValues={
          bed
            ? valuesOf(bed)
            : {
                code,
                kind: KINDS[0],
                sex_rule: 'any',
                isolation: false,
                channel: 'routine',
                price_yuan: 0,
              }
        }
        onFinish={(values) =>
          save.mutate(inputOf(ward.id, values), {
            onError: (error) => {
              markFields(form, error);
              if (error.stale) onDone();
            },
          })
        }
      >
        <Form.Item
          name="code"
          label={labels.code}
          extra={t('resources.beds.code-hint')}
          rules={[{ ...required, whitespace: true }]}
        >
          <Input maxLength={32} disabled={Boolean(bed)} autoFocus={!bed} />
        </Form.Item>
        <Form.Item name="kind" label={labels.kind}>
          <Select
            options={[...new Set([...KINDS, ...(bed ? [bed.kind] : [])])].map((value) => ({
              value,
              label: bedKind(value),
            }))}
          />
        </Form.Item>
        <Form.Item name="sex_rule" label={labels.sex_rule}>
          <Radio.Group
            optionType="button"
            options={SEX_RULES.map((value) => ({ value, label: t(`resources.sex-rule.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="isolation" label={t('resources.isolation')} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.Item name="channel" label={labels.channel}>
          <Select
            options={CHANNELS.map((value) => ({ value, label: t(`resources.channels.${value}`) }))}
          />
        </Form.Item>
        <Form.Item
          name="quota_org_id"
          label={labels.quota_org_id}
          extra={t('resources.beds.quota-hint')}
        >
          <OrgSelect providersOnly allowClear />
        </Form.Item>
        <Form.Item name="price_yuan" label={labels.price}>
          <InputNumber min={0} precision={2} prefix="¥" />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** The sort of a bed in words; a member may have its own. */
export function bedKind(kind: string): string {
  return textOr(kind, `resources.bed-kind.${kind}`);
}

function valuesOf(bed: Bed): Values {
  return {
    code: bed.code,
    kind: bed.kind,
    sex_rule: bed.sex_rule,
    isolation: bed.isolation,
    channel: bed.channel,
    quota_org_id: bed.quota_org_id ?? undefined,
    price_yuan: bed.price / FEN,
  };
}

function inputOf(ward_id: string, values: Values): object {
  const { price_yuan, kind, ...rest } = values;
  return {
    ...rest,
    ward_id,
    kind: kind?.trim() || undefined,
    price: Math.round((price_yuan ?? 0) * FEN),
  };
}
