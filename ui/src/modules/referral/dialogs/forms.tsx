/** What each action asks for, and what it sends. */
import { Alert, Form, Input, Radio, Rate } from 'antd';
import type { ReactNode } from 'react';
import { t } from '@/i18n';
import { useOptions } from '../api';
import { DepartmentPicker, DiagnosesInput, OrgPicker } from '../parts/Pickers';
import type { ActionName, Offer, ReferralView } from '../types';
import { OUTCOMES } from '../types';
import { placeKind } from '../words';
import { DownPlanFields, planBody, planInitial } from './DownPlanFields';
import { DayField, MomentField, ReasonFields, required, TextField } from './fields';
import { PlaceChooser } from './PlaceChooser';

type Values = Record<string, unknown>;

export interface ActionFormProps {
  referral: ReferralView;
  /** Offers that came with a refusal. */
  instead?: Offer[];
}

export interface ActionForm {
  /** Absent: the action needs no more than a yes. */
  Fields?: (props: ActionFormProps) => ReactNode;
  initial?: (referral: ReferralView) => Values;
  /** The body to send; the form's values as they are unless given. */
  body?: (values: Values, referral: ReferralView) => unknown;
  wide?: boolean;
  danger?: boolean;
}

function ReviewFields({ referral }: ActionFormProps) {
  return (
    <Form.Item name="department_id" label={t('referral.form.department')}>
      <DepartmentPicker org_id={referral.to.org_id} />
    </Form.Item>
  );
}

function AcceptFields({ referral, instead }: ActionFormProps) {
  const options = useOptions();
  const place = Form.useWatch('place');
  const needed = options.data?.place_needed.includes(referral.kind) ?? false;
  const kind = placeKind(referral.content.service);
  const timed = kind === 'slot' || kind === 'equipment';
  return (
    <>
      {referral.kind === 'emergency' && (
        <Alert type="error" showIcon title={t('referral.accept.green')} />
      )}
      {kind && (
        <Form.Item
          name="place"
          label={t(`referral.place.title-${kind}`)}
          extra={instead ? t('referral.place.taken') : undefined}
        >
          <PlaceChooser referral={referral} instead={instead} optional={!needed} />
        </Form.Item>
      )}
      {!(timed && place) && <MomentField name="expected_at" label={t('referral.field.expected')} />}
      <Form.Item name="department_id" label={t('referral.form.department')}>
        <DepartmentPicker org_id={referral.to.org_id} />
      </Form.Item>
      <TextField
        name="note"
        label={t('referral.accept.note')}
        rows={2}
        extra={t('referral.accept.note-hint')}
      />
    </>
  );
}

function ReassignFields({ referral }: ActionFormProps) {
  const form = Form.useFormInstance();
  const org_id = Form.useWatch('org_id');
  const initial = { value: referral.to.org_id, label: referral.to.org_name };
  return (
    <>
      <Form.Item name="org_id" label={t('referral.form.to-org')} rules={required()}>
        <OrgPicker
          initial={initial}
          onChange={(value) => form.setFieldsValue({ org_id: value, department_id: undefined })}
        />
      </Form.Item>
      <Form.Item name="department_id" label={t('referral.form.department')}>
        <DepartmentPicker org_id={org_id} />
      </Form.Item>
      <ReasonFields system="referral-refusal" />
    </>
  );
}

function FreeReasonFields() {
  return <TextField name="reason_text" label={t('kit.form.reason')} rows={3} needed />;
}

function freeReason(values: Values) {
  return { reason_code: 'other', reason_text: values.reason_text };
}

function AdmitFields({ referral }: ActionFormProps) {
  const held = referral.hold?.place.kind === 'bed';
  return (
    <>
      <TextField name="number" label={t('referral.field.inpatient-number')} />
      {!held && (
        <Form.Item name="place" label={t('referral.place.title-bed')}>
          <PlaceChooser referral={referral} kind="bed" optional />
        </Form.Item>
      )}
      <TextField
        name="place_text"
        label={t('referral.field.place-text')}
        extra={t('referral.field.place-text-hint')}
      />
      <TextField name="doctor_name" label={t('referral.field.doctor')} />
    </>
  );
}

function SeeFields() {
  return (
    <>
      <TextField name="number" label={t('referral.field.visit-number')} />
      <TextField name="doctor_name" label={t('referral.field.doctor')} />
    </>
  );
}

function ResultFields({ referral }: ActionFormProps) {
  const stay = Boolean(referral.encounter?.admitted_at);
  return (
    <>
      <Form.Item
        name={['summary', 'diagnoses']}
        label={t(stay ? 'referral.field.discharge-diagnoses' : 'referral.field.diagnoses')}
      >
        <DiagnosesInput />
      </Form.Item>
      <TextField
        name={['summary', 'findings']}
        label={t('referral.field.findings')}
        rows={3}
        needed
      />
      <TextField name={['summary', 'treatment']} label={t('referral.field.course')} rows={3} />
      <TextField
        name={['summary', 'condition']}
        label={t('referral.field.end-condition')}
        rows={2}
      />
      <TextField name={['summary', 'advice']} label={t('referral.field.advice')} rows={3} />
      {stay && (
        <DayField
          name={['summary', 'discharged_on']}
          label={t('referral.field.discharged-on')}
          past
        />
      )}
      {referral.attachments.length > 0 && (
        <Form.Item name={['summary', 'attachment_ids']} label={t('referral.field.attachments')}>
          <AttachmentChoice referral={referral} />
        </Form.Item>
      )}
    </>
  );
}

interface AttachmentChoiceProps {
  referral: ReferralView;
  value?: string[];
  onChange?: (ids: string[]) => void;
}

function AttachmentChoice({ referral, value = [], onChange }: AttachmentChoiceProps) {
  return (
    <ul className="referral-files">
      {referral.attachments.map((file) => (
        <li key={file.id}>
          <label>
            <input
              type="checkbox"
              checked={value.includes(file.id)}
              onChange={(event) =>
                onChange?.(
                  event.target.checked
                    ? [...value, file.id]
                    : value.filter((other) => other !== file.id),
                )
              }
            />{' '}
            {file.file_name}
          </label>
        </li>
      ))}
    </ul>
  );
}

function AnswerFields() {
  const options = (['stay', 'refer', 'refer-now'] as const).map((value) => ({
    value,
    label: t(`referral.advice.${value}`),
  }));
  return (
    <>
      <TextField name="text" label={t('referral.field.answer')} rows={5} needed />
      <Form.Item name="suggests" label={t('referral.field.suggests')} rules={required()}>
        <Radio.Group options={options} />
      </Form.Item>
    </>
  );
}

function CloseFields() {
  const options = OUTCOMES.map((value) => ({ value, label: t(`referral.outcome.${value}`) }));
  return (
    <>
      <Form.Item
        name={['outcome', 'result']}
        label={t('referral.field.outcome')}
        rules={required()}
      >
        <Radio.Group options={options} />
      </Form.Item>
      <Form.Item
        name={['outcome', 'satisfaction']}
        label={t('referral.field.satisfaction')}
        extra={t('referral.close.satisfaction-hint')}
      >
        <Rate />
      </Form.Item>
      <TextField name={['outcome', 'text']} label={t('referral.field.note')} rows={2} />
    </>
  );
}

function closeBody(values: Values) {
  const outcome = values.outcome as { satisfaction?: number };
  // Not asked is not zero.
  return { outcome: { ...outcome, satisfaction: outcome.satisfaction || null } };
}

function SubmitFields() {
  return (
    <Form.Item
      name="override_reason"
      label={t('referral.suggestion.override-reason')}
      extra={t('referral.suggestion.override-hint')}
    >
      <Input.TextArea autoSize={{ minRows: 2, maxRows: 6 }} maxLength={500} />
    </Form.Item>
  );
}

/** Actions taken through the dialog. Editing, messages and files have their own places. */
export const FORMS: Partial<Record<ActionName, ActionForm>> = {
  submit: { Fields: SubmitFields },
  review: {
    Fields: ReviewFields,
    initial: (referral) => ({ department_id: referral.to.department_id }),
  },
  accept: {
    Fields: AcceptFields,
    initial: (referral) => ({ department_id: referral.to.department_id }),
    wide: true,
  },
  reject: { Fields: () => <ReasonFields system="referral-refusal" />, danger: true },
  reassign: {
    Fields: ReassignFields,
    initial: (referral) => ({ org_id: referral.to.org_id }),
  },
  'return-to-review': { Fields: FreeReasonFields, body: freeReason },
  withdraw: { Fields: () => <ReasonFields system="referral-withdrawal" />, danger: true },
  arrive: {
    Fields: () => (
      <MomentField
        name="arrived_at"
        label={t('referral.field.arrived-at')}
        extra={t('referral.arrive.hint')}
      />
    ),
  },
  admit: { Fields: AdmitFields },
  see: { Fields: SeeFields },
  'no-show': { danger: true },
  'return-results': {
    Fields: ResultFields,
    initial: (referral) => ({
      summary: {
        diagnoses: referral.discharge?.summary.diagnoses ?? referral.content.diagnoses,
        attachment_ids: [],
        findings: '',
        treatment: '',
        condition: '',
        advice: '',
      },
    }),
    wide: true,
  },
  'propose-down': {
    Fields: DownPlanFields,
    initial: planInitial,
    body: planBody,
    wide: true,
  },
  'recall-down': { Fields: FreeReasonFields, body: freeReason },
  'accept-down': {},
  'decline-down': { Fields: () => <ReasonFields system="referral-refusal" />, danger: true },
  answer: { Fields: AnswerFields, wide: true },
  'become-referral': {},
  close: { Fields: CloseFields, body: closeBody },
  'record-death': {
    Fields: () => (
      <>
        <DayField name="died_on" label={t('referral.field.died-on')} needed past />
        <TextField name="text" label={t('referral.field.note')} rows={2} />
      </>
    ),
    danger: true,
  },
  'close-elsewhere': {
    Fields: () => <TextField name="text" label={t('referral.field.where-why')} rows={3} needed />,
    danger: true,
  },
};
