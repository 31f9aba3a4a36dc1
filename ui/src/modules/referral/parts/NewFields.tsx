/** The new referral's groups of fields, in the order a doctor thinks. */
import { Checkbox, Form, Input, InputNumber, Radio, Select } from 'antd';
import { t } from '@/i18n';
import { useOptions } from '../api';
import { DayField, required, TextField } from '../dialogs/fields';
import type { Kind, VitalRange } from '../types';
import { isUnusual, unitText, VITALS, type VitalField, vitalLabel } from '../vitals';
import { ruleText } from '../words';
import { ConceptPicker, ConceptSelect, DiagnosesInput } from './Pickers';

/** How a kind narrows the catalogue of reasons. */
const DIRECTION: Record<Kind, string | undefined> = {
  up: 'up',
  down: 'down',
  transfer: 'transfer',
  exam: 'exam',
  emergency: 'up',
  advice: undefined,
};

export interface Known {
  problems: { code?: string | null; title: string }[];
}

export function ProblemFields({ kind, known }: { kind: Kind; known: Known }) {
  const form = Form.useFormInstance();
  const diagnoses = (Form.useWatch(['content', 'diagnoses']) ?? []) as { code: string }[];
  const offered = known.problems.filter(
    (one) => one.code && !diagnoses.some((chosen) => chosen.code === one.code),
  );
  return (
    <>
      <Form.Item
        name={['content', 'diagnoses']}
        label={t('referral.field.diagnoses')}
        rules={required(kind !== 'exam')}
        extra={
          offered.length > 0 && (
            <span className="lt-row">
              {t('referral.form.known-problems')}
              {offered.map((one) => (
                <button
                  type="button"
                  key={one.code}
                  className="lt-link"
                  onClick={() =>
                    form.setFieldValue(
                      ['content', 'diagnoses'],
                      [...diagnoses, { code: one.code, display: one.title }],
                    )
                  }
                >
                  {one.title}
                </button>
              ))}
            </span>
          )
        }
      >
        <DiagnosesInput />
      </Form.Item>
      <div className="referral-pair">
        <Form.Item
          name={['content', 'reason_code']}
          label={t('referral.field.reason')}
          rules={required()}
        >
          <ConceptSelect system="referral-reason" direction={DIRECTION[kind]} />
        </Form.Item>
        <Form.Item name={['content', 'reason_text']} label={t('referral.form.reason-note')}>
          <Input maxLength={500} />
        </Form.Item>
      </div>
      {kind === 'advice' && (
        <TextField
          name={['content', 'question']}
          label={t('referral.field.question')}
          rows={2}
          needed
        />
      )}
      {kind === 'exam' && <ExamFields />}
      <TextField
        name={['content', 'condition']}
        label={t('referral.field.condition')}
        rows={2}
        needed
        extra={t('referral.form.condition-hint')}
      />
      <TextField name={['content', 'treatment']} label={t('referral.field.treatment')} rows={2} />
    </>
  );
}

function ExamFields() {
  const form = Form.useFormInstance();
  return (
    <div className="referral-pair">
      <Form.Item
        name={['content', 'exam', 'item_code']}
        label={t('referral.field.exam')}
        rules={required()}
      >
        <ConceptPicker
          system="exam"
          onChange={(code, option) => {
            form.setFieldValue(['content', 'exam', 'item_code'], code);
            form.setFieldValue(['content', 'exam', 'item_display'], option?.label ?? '');
          }}
        />
      </Form.Item>
      <Form.Item name={['content', 'exam', 'item_display']} hidden>
        <Input />
      </Form.Item>
      <TextField name={['content', 'exam', 'part']} label={t('referral.field.part')} />
    </div>
  );
}

/** Signs as they are measured, with units; what is unusual says so beside the field. */
export function VitalFields() {
  const options = useOptions();
  const ranges = options.data?.vital_signs ?? {};
  return (
    <div className="referral-vital-fields">
      {VITALS.map((field) => (
        <VitalInput key={field.name} field={field} range={ranges[field.name]} />
      ))}
    </div>
  );
}

function VitalInput({ field, range }: { field: VitalField; range: VitalRange | undefined }) {
  const name = ['content', 'vital_signs', field.name];
  const typed = Form.useWatch(name) as number | null | undefined;
  const stored = typeof typed === 'number' ? Math.round(typed * field.scale) : null;
  const unusual = stored !== null && isUnusual(range, stored);
  return (
    <Form.Item
      name={name}
      label={vitalLabel(field.name)}
      validateStatus={unusual ? 'warning' : undefined}
      help={unusual ? t('referral.vital.unusual') : undefined}
      rules={[
        {
          type: 'number',
          min: range && range.min / field.scale,
          max: range && range.max / field.scale,
          message: range
            ? t('referral.vital.range', {
                min: range.min / field.scale,
                max: range.max / field.scale,
              })
            : undefined,
        },
      ]}
    >
      <InputNumber
        className="lt-full"
        controls={false}
        precision={field.scale === 1 ? 0 : 1}
        inputMode={field.scale === 1 ? 'numeric' : 'decimal'}
        suffix={<span className="lt-muted">{unitText(field)}</span>}
      />
    </Form.Item>
  );
}

export function DangerSigns() {
  const options = useOptions();
  const signs = options.data?.danger_signs ?? [];
  return (
    <Form.Item name={['content', 'danger_signs']} label={t('referral.field.danger-signs')}>
      <Checkbox.Group
        className="referral-signs"
        options={signs.map((sign) => ({ value: sign.code, label: ruleText(sign) }))}
      />
    </Form.Item>
  );
}

export function AllergyFields() {
  const none = Form.useWatch(['content', 'no_known_allergies']) as boolean | undefined;
  return (
    <Form.Item label={t('referral.field.allergies')}>
      <Form.Item name={['content', 'allergies']} noStyle>
        <Select
          mode="tags"
          open={false}
          suffixIcon={null}
          disabled={none}
          tokenSeparators={['，', ',', '、']}
          placeholder={t('referral.allergy.placeholder')}
          aria-label={t('referral.field.allergies')}
        />
      </Form.Item>
      <Form.Item name={['content', 'no_known_allergies']} valuePropName="checked" noStyle>
        <Checkbox>{t('referral.allergy.none')}</Checkbox>
      </Form.Item>
    </Form.Item>
  );
}

const SERVICES: Record<Kind, string[]> = {
  up: ['outpatient', 'inpatient', 'emergency'],
  down: ['community'],
  transfer: ['inpatient', 'outpatient', 'emergency'],
  exam: ['exam'],
  emergency: ['emergency', 'inpatient'],
  advice: ['advice'],
};

/** What is asked for, and how much it presses. */
export function RequestFields({ kind }: { kind: Kind }) {
  const services = SERVICES[kind];
  return (
    <>
      {services.length > 1 && (
        <Form.Item
          name={['content', 'service']}
          label={t('referral.field.service')}
          rules={required()}
        >
          <Radio.Group
            optionType="button"
            options={services.map((value) => ({ value, label: t(`referral.service.${value}`) }))}
          />
        </Form.Item>
      )}
      <div className="referral-pair">
        {kind !== 'emergency' && (
          <Form.Item name={['content', 'priority']} label={t('referral.field.priority')}>
            <Radio.Group
              optionType="button"
              options={(['routine', 'urgent', 'emergency'] as const).map((value) => ({
                value,
                label: t(`referral.priority.${value}`),
              }))}
            />
          </Form.Item>
        )}
        {kind !== 'emergency' && kind !== 'advice' && (
          <DayField name={['content', 'wanted_on']} label={t('referral.field.wanted-on')} future />
        )}
      </div>
    </>
  );
}

export function ConsentFields({ kind }: { kind: Kind }) {
  const by = Form.useWatch(['content', 'consent', 'given_by']) as string | undefined;
  const givers = ['patient', 'guardian', 'family', ...(kind === 'emergency' ? ['emergency'] : [])];
  return (
    <div className="referral-consent">
      <Form.Item
        name={['content', 'consent', 'agreed']}
        valuePropName="checked"
        rules={[
          {
            validator: (_, agreed) =>
              agreed ? Promise.resolve() : Promise.reject(new Error(t('referral.consent.needed'))),
          },
        ]}
      >
        <Checkbox>{t('referral.consent.statement')}</Checkbox>
      </Form.Item>
      <div className="referral-pair">
        <Form.Item name={['content', 'consent', 'given_by']} label={t('referral.consent.given-by')}>
          <Select
            options={givers.map((value) => ({ value, label: t(`referral.consent.by.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name={['content', 'consent', 'form']} label={t('referral.consent.form-label')}>
          <Select
            options={['spoken', 'written', 'electronic'].map((value) => ({
              value,
              label: t(`referral.consent.form.${value}`),
            }))}
          />
        </Form.Item>
      </div>
      {(by === 'guardian' || by === 'family') && (
        <TextField
          name={['content', 'consent', 'name']}
          label={t('referral.consent.name')}
          needed
        />
      )}
    </div>
  );
}
