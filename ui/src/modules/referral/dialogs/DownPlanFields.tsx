/** The plan of a referral down: is the patient stable, which drugs, to what end, when visited. */
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Checkbox, Form, Input, InputNumber } from 'antd';
import { useEffect } from 'react';
import { t } from '@/i18n';
import { LinesSkeleton } from '@/kit/Skeletons';
import { useOptions } from '../api';
import { ConceptPicker, DiagnosesInput, OrgPicker } from '../parts/Pickers';
import type { Diagnosis, ReferralView } from '../types';
import { concerns, ruleText } from '../words';
import { DayField, required, TextField } from './fields';
import { type PlanValues, parseDays, planOf } from './plan';

type Values = Record<string, unknown>;

export function planInitial(referral: ReferralView): Values {
  const diagnoses = referral.discharge?.summary.diagnoses ?? [];
  return {
    org_id: referral.from.org_id,
    plan: {
      diagnoses: diagnoses.length > 0 ? diagnoses : referral.content.diagnoses,
      stability: {},
      drugs: [],
      rehabilitation_goal: '',
      precautions: referral.discharge?.summary.advice ?? '',
    },
  };
}

export function planBody(values: Values): unknown {
  return { org_id: values.org_id, plan: planOf(values.plan as PlanValues) };
}

export function DownPlanFields({ referral }: { referral: ReferralView }) {
  const home = { value: referral.from.org_id, label: referral.from.org_name };
  return (
    <>
      <Form.Item name="org_id" label={t('referral.down.community')} rules={required()}>
        <OrgPicker initial={home} except={referral.to.org_id} />
      </Form.Item>
      <PlanFields />
    </>
  );
}

/** The plan itself, below `plan` in the form's values. */
export function PlanFields() {
  const options = useOptions();
  const form = Form.useFormInstance();
  const diagnoses = (Form.useWatch(['plan', 'diagnoses']) ?? []) as Diagnosis[];
  const days = Form.useWatch(['plan', 'follow_up_days']) as string | undefined;
  const usual = options.data?.follow_up_days ?? [];
  const codes = diagnoses.map((one) => one.code);
  const items = (options.data?.stability ?? []).filter((item) => concerns(item, codes));
  const other = parseDays(days);
  const differs = other !== null && other.join() !== usual.join();
  // A line that no longer concerns the patient must not be sent as met.
  const wanted = items.map((item) => item.code).join();
  useEffect(() => {
    const now = (form.getFieldValue(['plan', 'stability']) ?? {}) as Record<string, boolean>;
    const keep = wanted.split(',').filter((code) => now[code] !== undefined);
    form.setFieldValue(
      ['plan', 'stability'],
      Object.fromEntries(keep.map((code) => [code, now[code]])),
    );
  }, [form, wanted]);
  if (!options.data) return <LinesSkeleton rows={6} />;
  return (
    <>
      <Form.Item
        name={['plan', 'diagnoses']}
        label={t('referral.field.discharge-diagnoses')}
        rules={required()}
      >
        <DiagnosesInput />
      </Form.Item>
      <fieldset className="referral-fieldset" id="plan_stability">
        <legend>{t('referral.down.stability')}</legend>
        {items.map((item) => (
          <Form.Item
            key={item.code}
            name={['plan', 'stability', item.code]}
            valuePropName="checked"
            noStyle
          >
            <Checkbox>{ruleText(item)}</Checkbox>
          </Form.Item>
        ))}
        <p className="lt-muted">{t('referral.down.stability-hint')}</p>
      </fieldset>
      <DrugFields />
      <TextField
        name={['plan', 'rehabilitation_goal']}
        label={t('referral.down.goal')}
        rows={2}
        needed
      />
      <TextField name={['plan', 'precautions']} label={t('referral.down.precautions')} rows={2} />
      <div className="referral-pair">
        <DayField name={['plan', 'starts_on']} label={t('referral.down.starts-on')} />
        <Form.Item name={['plan', 'follow_up_days']} label={t('referral.down.days')}>
          <Input placeholder={usual.join('、')} inputMode="numeric" />
        </Form.Item>
      </div>
      {differs && (
        <TextField
          name={['plan', 'follow_up_reason']}
          label={t('referral.down.days-reason')}
          needed
        />
      )}
    </>
  );
}

function DrugFields() {
  const form = Form.useFormInstance();
  return (
    <fieldset className="referral-fieldset">
      <legend>{t('referral.down.drugs')}</legend>
      <Form.List name={['plan', 'drugs']}>
        {(lines, { add, remove }) => (
          <>
            {lines.map((line) => (
              <div key={line.key} className="referral-drug">
                <Form.Item name={[line.name, 'code']} rules={required()}>
                  <ConceptPicker
                    system="drug"
                    placeholder={t('referral.down.drug')}
                    aria-label={t('referral.down.drug')}
                    onChange={(code, option) => {
                      const path = ['plan', 'drugs', line.name];
                      form.setFieldValue([...path, 'code'], code);
                      form.setFieldValue([...path, 'display'], option?.label);
                    }}
                  />
                </Form.Item>
                <Form.Item name={[line.name, 'display']} hidden>
                  <Input />
                </Form.Item>
                <Form.Item name={[line.name, 'dose']} rules={required()}>
                  <Input
                    placeholder={t('referral.down.dose')}
                    aria-label={t('referral.down.dose')}
                    maxLength={80}
                  />
                </Form.Item>
                <Form.Item name={[line.name, 'days']}>
                  <InputNumber
                    min={1}
                    max={366}
                    precision={0}
                    placeholder={t('referral.down.drug-days')}
                    aria-label={t('referral.down.drug-days')}
                  />
                </Form.Item>
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t('referral.form.remove')}
                  onClick={() => remove(line.name)}
                />
              </div>
            ))}
            <Button icon={<PlusOutlined />} onClick={() => add()}>
              {t('referral.down.add-drug')}
            </Button>
            <p className="lt-muted">{t('referral.down.formulary-hint')}</p>
          </>
        )}
      </Form.List>
    </fieldset>
  );
}
