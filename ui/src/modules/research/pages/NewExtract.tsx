import { Button, DatePicker, Form, Input, InputNumber, Radio, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { call } from '@/api/client';
import { useCommand } from '@/api/command';
import { orgName, useOrgTree } from '@/api/organizations';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { FormErrors, forgive, markFields, scrollToField } from '@/kit/FormErrors';
import { Page, Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { ReportView } from '../parts/ReportView';
import { BASE, useRules } from '../queries';
import type { Asked, Column, Extract, Report, Rules } from '../types';
import { columnText, kindText } from '../words';

const PURPOSE_CHARACTERS_MAX = 1_000;
const COLUMNS: Column[] = ['sex', 'age', 'county', 'diagnosis', 'visits', 'results'];
const OF_PERSON: Column[] = ['sex', 'age', 'county'];

/** Asking for an extract, with a look at what it would come to. */
export default function NewExtract() {
  const rules = useRules();
  if (rules.isPending) return <PageSkeleton />;
  if (!rules.data) {
    return <ErrorState page error={rules.error} onRetry={() => void rules.refetch()} />;
  }
  return <ExtractForm rules={rules.data} />;
}

function labelsOf(): Record<string, string> {
  return {
    purpose: t('research.field.purpose'),
    shape: t('research.field.shape'),
    columns: t('research.field.columns'),
    kinds: t('research.field.kinds'),
    quasi_identifiers: t('research.field.quasi'),
    sensitive: t('research.field.sensitive'),
    organizations: t('research.field.organizations'),
    from: t('research.field.from'),
    to: t('research.field.to'),
    dates: t('research.field.dates'),
    k: t('research.field.k'),
    suppressed_permille: t('research.field.suppressed'),
  };
}

function ExtractForm({ rules }: { rules: Rules }) {
  const [form] = Form.useForm<Asked>();
  const go = useGo();
  const [seen, setSeen] = useState<{ report: Report; k: number }>();
  const ask = useCommand((body: Asked, headers) => call<Extract>('POST', BASE, { body, headers }), {
    invalidates: [['research-extract']],
    onSuccess: (made) => go(`/research/${made.id}`, { replace: true }),
  });
  const look = useCommand((body: Asked, headers) =>
    call<Report>('POST', `${BASE}/preview`, { body, headers }),
  );
  const marked = { onError: (error: Parameters<typeof markFields>[1]) => markFields(form, error) };
  async function preview() {
    const values = await form.validateFields().catch(() => undefined);
    if (!values) return;
    const body = whole(form.getFieldsValue(true));
    look.mutate(body, { ...marked, onSuccess: (report) => setSeen({ report, k: body.k }) });
  }
  return (
    <Page title={t('research.new')} back="/research">
      <Section>
        <FormErrors
          error={ask.error ?? look.error}
          labels={labelsOf()}
          onGo={scrollToField(form)}
        />
        <Form
          form={form}
          layout="vertical"
          className="lt-form"
          initialValues={initial(rules)}
          onValuesChange={(changed: Partial<Asked>) => {
            forgive(form, changed);
            setSeen(undefined);
            if (changed.shape) {
              const fhir = changed.shape === 'fhir';
              form.setFieldsValue({
                columns: fhir ? OF_PERSON : COLUMNS,
                kinds: fhir ? ['Condition', 'Observation'] : [],
                quasi_identifiers: [],
              });
            }
          }}
          onFinish={() => ask.mutate(whole(form.getFieldsValue(true)), marked)}
        >
          <What rules={rules} />
          <Whose rules={rules} />
          <HowHidden rules={rules} />
          <div className="lt-row">
            <Button onClick={() => void preview()} loading={look.isPending}>
              {t('research.preview')}
            </Button>
            <Button type="primary" htmlType="submit" loading={ask.isPending}>
              {t('research.ask')}
            </Button>
          </div>
        </Form>
      </Section>
      {seen && (
        <Section title={t('research.preview-title')}>
          <ReportView report={seen.report} k={seen.k} />
        </Section>
      )}
    </Page>
  );
}

function initial(rules: Rules): Partial<Asked> {
  const today = dayjs(serverNow());
  return {
    purpose: '',
    shape: 'table',
    columns: COLUMNS,
    kinds: [],
    quasi_identifiers: [],
    organizations: [],
    from: today.subtract(1, 'year').format('YYYY-MM-DD'),
    to: today.format('YYYY-MM-DD'),
    dates: 'shift',
    k: rules.k_min,
    suppressed_permille: Math.min(50, rules.suppressed_permille_max),
  };
}

/** The fields as the server takes them: those that do not belong to the shape left out. */
function whole(values: Asked): Asked {
  const { sensitive, kinds, ...rest } = values;
  const fhir = values.shape === 'fhir';
  return { ...rest, kinds: fhir ? kinds : [], ...(sensitive && !fhir && { sensitive }) };
}

const required = () => ({ required: true, message: t('kit.form.required') });

function What({ rules }: { rules: Rules }) {
  const fhir = Form.useWatch('shape') === 'fhir';
  const chosen: Column[] = Form.useWatch('columns') ?? [];
  const always = (column: Column) => fhir || rules.quasi_identifiers.includes(column);
  const named = chosen.filter(always).map(columnText);
  const options = (columns: Column[]) =>
    columns.map((value) => ({ value, label: columnText(value) }));
  return (
    <>
      <Form.Item
        name="purpose"
        label={t('research.field.purpose')}
        extra={t('research.purpose-hint')}
        rules={[required()]}
      >
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={PURPOSE_CHARACTERS_MAX} />
      </Form.Item>
      <Form.Item name="shape" label={t('research.field.shape')}>
        <Radio.Group
          options={['table', 'fhir'].map((value) => ({
            value,
            label: t(`research.shape.${value}`),
          }))}
        />
      </Form.Item>
      <Form.Item
        name="columns"
        label={t('research.field.columns')}
        extra={t('research.columns-hint')}
        rules={[required()]}
      >
        <Select mode="multiple" options={options(fhir ? rules.of_person : rules.columns)} />
      </Form.Item>
      {fhir && (
        <Form.Item name="kinds" label={t('research.field.kinds')} rules={[required()]}>
          <Select
            mode="multiple"
            options={rules.kinds.map((value) => ({ value, label: kindText(value) }))}
          />
        </Form.Item>
      )}
      {!fhir && (
        <Form.Item
          name="quasi_identifiers"
          label={t('research.field.quasi')}
          extra={t('research.quasi-hint', { columns: named.join('、') || '—' })}
        >
          <Select
            mode="multiple"
            placeholder={t('research.quasi-default')}
            options={options(rules.widened.filter((column) => chosen.includes(column)))}
          />
        </Form.Item>
      )}
    </>
  );
}

function Whose({ rules }: { rules: Rules }) {
  const tree = useOrgTree();
  const places = (tree.data?.nodes ?? []).filter(
    (org) => org.kind !== 'region' && org.kind !== 'health-bureau',
  );
  return (
    <>
      <Form.Item
        name="organizations"
        label={t('research.field.organizations')}
        extra={t('research.organizations-hint')}
      >
        <Select
          mode="multiple"
          placeholder={t('research.organizations-all')}
          showSearch={{ optionFilterProp: 'label' }}
          options={places.map((org) => ({ value: org.id, label: orgName(org) }))}
        />
      </Form.Item>
      <Day name="from" />
      <Day name="to" />
      <p className="lt-muted">{t(`research.consent.${rules.consent}`)}</p>
    </>
  );
}

function Day({ name }: { name: 'from' | 'to' }) {
  return (
    <Form.Item
      name={name}
      label={t(`research.field.${name}`)}
      rules={[required()]}
      getValueProps={(value?: string) => ({ value: value ? dayjs(value) : null })}
      normalize={(day: Dayjs | null) => day?.format('YYYY-MM-DD')}
    >
      <DatePicker className="lt-full" maxDate={dayjs(serverNow())} />
    </Form.Item>
  );
}

function HowHidden({ rules }: { rules: Rules }) {
  return (
    <>
      <Form.Item name="dates" label={t('research.field.dates')}>
        <Radio.Group
          options={['shift', 'month'].map((value) => ({
            value,
            label: t(`research.dates.${value}`),
          }))}
        />
      </Form.Item>
      <Form.Item
        name="k"
        label={t('research.field.k')}
        extra={t('research.k-hint', { least: rules.k_min })}
        rules={[required()]}
      >
        <InputNumber precision={0} min={1} />
      </Form.Item>
      <Form.Item
        name="suppressed_permille"
        label={t('research.field.suppressed')}
        extra={t('research.suppressed-hint', { most: rules.suppressed_permille_max })}
        rules={[required()]}
      >
        <InputNumber precision={0} min={0} suffix="‰" />
      </Form.Item>
    </>
  );
}
