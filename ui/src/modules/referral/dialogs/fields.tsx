/** Fields that several actions share. */
import { DatePicker, Form, Input } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { useConcepts } from '../api';
import { ConceptSelect } from '../parts/Pickers';

export function required(required = true) {
  return [{ required, message: t('kit.form.required') }];
}

export function TextField(props: {
  name: string | (string | number)[];
  label: string;
  rows?: number;
  needed?: boolean;
  extra?: string;
  maxLength?: number;
}) {
  const { name, label, rows = 0, needed, extra, maxLength = rows ? 4000 : 120 } = props;
  return (
    <Form.Item name={name} label={label} rules={needed ? required() : undefined} extra={extra}>
      {rows ? (
        <Input.TextArea autoSize={{ minRows: rows, maxRows: 12 }} maxLength={maxLength} />
      ) : (
        <Input maxLength={maxLength} />
      )}
    </Form.Item>
  );
}

/** A day as `2026-11-22` in the form's values. */
export function DayField(props: {
  name: string | (string | number)[];
  label: string;
  needed?: boolean;
  past?: boolean;
  future?: boolean;
}) {
  const today = dayjs(serverNow());
  const outside = (day: Dayjs) =>
    Boolean(
      (props.past && day.isAfter(today, 'day')) || (props.future && day.isBefore(today, 'day')),
    );
  return (
    <Form.Item
      name={props.name}
      label={props.label}
      rules={props.needed ? required() : undefined}
      getValueProps={(value?: string) => ({ value: value ? dayjs(value) : null })}
      normalize={(value: Dayjs | null) => value?.format('YYYY-MM-DD') ?? null}
    >
      <DatePicker className="lt-full" disabledDate={outside} />
    </Form.Item>
  );
}

/** A moment as RFC 3339 in the form's values. */
export function MomentField(props: {
  name: string | (string | number)[];
  label: string;
  needed?: boolean;
  extra?: string;
}) {
  return (
    <Form.Item
      name={props.name}
      label={props.label}
      extra={props.extra}
      rules={props.needed ? required() : undefined}
      getValueProps={(value?: string) => ({ value: value ? dayjs(value) : null })}
      normalize={(value: Dayjs | null) => value?.toISOString() ?? null}
    >
      <DatePicker className="lt-full" showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" />
    </Form.Item>
  );
}

/** A reason from the catalogue; some need words, and some suggest another way. */
export function ReasonFields({ system }: { system: 'referral-refusal' | 'referral-withdrawal' }) {
  const concepts = useConcepts(system);
  const code = Form.useWatch<string | undefined>('reason_code');
  const concept = concepts.data?.find((one) => one.code === code);
  const words = concept?.attributes.needs_text === true;
  const suggest = concept?.attributes.suggest;
  const hint =
    typeof suggest === 'string' && suggest !== 'none' && suggest !== ''
      ? t(`referral.suggest.${suggest}`)
      : undefined;
  return (
    <>
      <Form.Item name="reason_code" label={t('kit.form.reason')} rules={required()} extra={hint}>
        <ConceptSelect system={system} />
      </Form.Item>
      <TextField name="reason_text" label={t('kit.form.reason-note')} rows={3} needed={words} />
    </>
  );
}
