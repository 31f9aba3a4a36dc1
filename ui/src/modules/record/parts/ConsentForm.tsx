/** Recording what the patient said: who may read or may not, what, and how long. */
import { Checkbox, DatePicker, Form, Input, Modal, Radio, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useCommand } from '@/api/command';
import { serverNow } from '@/api/serverTime';
import { language, t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { FormErrors } from '@/kit/FormErrors';
import { giveConsent, searchOrgs, useSensitiveCategories } from '../api';
import { RECORD_CATEGORIES, type SensitiveChoice } from '../types';

const DAYS_USUAL = 90;
/** A denial may hold until it is withdrawn. */
const NO_END = 0;
/** The form asks for a guardian below this age; the rule set decides. */
const GUARDIAN_AGE_YEARS = 14;

interface ConsentFormProps {
  patient_id: string;
  age_years: number | null | undefined;
  guardian: { name: string; relation: string } | null | undefined;
  onClose: () => void;
}

interface Values {
  decision: 'permit' | 'deny';
  reach: 'org' | 'group' | 'everyone';
  grantee_org_id?: string;
  purpose: string;
  categories?: string[];
  period?: [Dayjs | null, Dayjs | null] | null;
  sensitive?: string[];
  guardian?: { name?: string; relation?: string };
  days: number;
}

function bodyOf(values: Values) {
  const { decision, reach, guardian } = values;
  const day = (at: Dayjs | null | undefined) => at?.format('YYYY-MM-DD') ?? null;
  const endless = values.days === NO_END;
  return {
    decision,
    reach,
    grantee_org_id: reach === 'everyone' ? null : values.grantee_org_id,
    purpose: values.purpose,
    categories: values.categories ?? [],
    data_from: day(values.period?.[0]),
    data_to: day(values.period?.[1]),
    sensitive: decision === 'permit' ? (values.sensitive ?? []) : [],
    given_by: guardian?.name ? { name: guardian.name, relation: guardian.relation ?? '' } : null,
    expires_at: endless ? null : dayjs(serverNow()).add(values.days, 'day').toISOString(),
  };
}

export function ConsentForm({ patient_id, age_years, guardian, onClose }: ConsentFormProps) {
  const [form] = Form.useForm<Values>();
  const decision = Form.useWatch('decision', form) ?? 'permit';
  const reach = Form.useWatch('reach', form) ?? 'org';
  const child = typeof age_years === 'number' && age_years < GUARDIAN_AGE_YEARS;
  const give = useCommand((body: unknown, headers) => giveConsent(patient_id, body, headers), {
    invalidates: [['consent'], ['patient']],
    onSuccess: onClose,
  });
  const deny = decision === 'deny';
  const required = [{ required: true, message: t('kit.form.required') }];
  const reaches = deny ? (['everyone', 'org', 'group'] as const) : (['org', 'group'] as const);
  const lengths = deny ? [NO_END, 90, 365] : [30, 90, 365];
  return (
    <Modal
      open
      title={t('record.consent.give')}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('kit.action.save')}
      cancelText={t('kit.action.cancel')}
      okButtonProps={{ loading: give.isPending }}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ decision: 'permit', reach: 'org', days: DAYS_USUAL }}
        onFinish={(values) => give.mutate(bodyOf(values))}
      >
        <FormErrors error={give.error} />
        <Form.Item
          name="decision"
          label={t('record.consent.decision-label')}
          extra={t(`record.consent.decision-hint.${decision}`)}
        >
          <Radio.Group
            optionType="button"
            onChange={(event) => {
              const denies = event.target.value === 'deny';
              form.setFieldsValue({
                reach: denies ? 'everyone' : 'org',
                days: denies ? NO_END : DAYS_USUAL,
              });
            }}
            options={(['permit', 'deny'] as const).map((value) => ({
              value,
              label: t(`record.consent.decision.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="reach" label={t('record.consent.reach-label')}>
          <Radio.Group
            options={reaches.map((value) => ({
              value,
              label: t(`record.consent.reach.${value}`),
            }))}
          />
        </Form.Item>
        {reach !== 'everyone' && (
          <Form.Item
            name="grantee_org_id"
            label={t(deny ? 'record.consent.denied-org' : 'record.consent.grantee')}
            rules={required}
          >
            <AsyncSelect queryKey={['organization', 'pick', 'consent']} loadOptions={searchOrgs} />
          </Form.Item>
        )}
        <Form.Item name="purpose" label={t('record.consent.purpose')} rules={required}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="days" label={t('record.consent.until')}>
          <Radio.Group
            optionType="button"
            options={lengths.map((n) => ({
              value: n,
              label:
                n === NO_END
                  ? t('record.consent.until-withdrawn')
                  : t('record.consent.days-option', { n }),
            }))}
          />
        </Form.Item>
        <Form.Item name="categories" label={t('record.consent.parts')}>
          <Select
            mode="multiple"
            options={RECORD_CATEGORIES.map((value) => ({
              value,
              label: t(`record.consent.category.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item name="period" label={t('record.consent.days')}>
          <DatePicker.RangePicker allowEmpty={[true, true]} className="record-wide" />
        </Form.Item>
        {!deny && <Sensitive />}
        <Form.Item
          name={['guardian', 'name']}
          label={t('record.consent.guardian')}
          rules={[{ required: child, message: t('kit.form.required') }]}
        >
          <Input maxLength={60} placeholder={guardian?.name} />
        </Form.Item>
        <Form.Item name={['guardian', 'relation']} label={t('record.consent.relation')}>
          <Input maxLength={30} placeholder={guardian?.relation} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** Each is asked by itself, in words a patient understands. */
function Sensitive() {
  const choices = useSensitiveCategories();
  return (
    <Form.Item
      name="sensitive"
      label={t('record.consent.sensitive')}
      extra={t('record.consent.sensitive-hint')}
    >
      <Checkbox.Group
        className="record-choices"
        options={(choices.data ?? []).map((one) => ({ value: one.code, label: choiceText(one) }))}
      />
    </Form.Item>
  );
}

/** A category as patients are asked about it. */
export function choiceText(choice: SensitiveChoice): string {
  return language() === 'en' ? choice.title_en : choice.title_zh;
}
