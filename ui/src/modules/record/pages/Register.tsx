import { Alert, Button, Checkbox, DatePicker, Form, Input, Radio, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useCommand } from '@/api/command';
import type { ApiError } from '@/api/errors';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { FormErrors, markFields, scrollToField } from '@/kit/FormErrors';
import { Page, Section } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { toast } from '@/kit/toast';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { DraftMark, useDraft } from '@/kit/useDraft';
import { registerPatient } from '../api';
import { MatchList } from '../parts/FindElsewhere';
import { IDENTIFIER_KINDS, type IdentifierInput, type Match, SEXES } from '../types';
import { readResidentId, tidy } from '../words';
import '../record.css';

const PLACE = { back: text() };

interface Values {
  number?: { kind: IdentifierInput['kind']; value?: string; override_reason?: string };
  unknown?: boolean;
  name?: string;
  sex?: string;
  birth_date?: string | null;
  phone?: string;
  village?: string;
  address?: string;
  guardian?: { name?: string; relation?: string; phone?: string };
}

/** Registers a patient: the card first, which says birth date and sex. */
export default function Register() {
  const [place] = useUrlFilters(PLACE);
  const go = useGo();
  const [form] = Form.useForm<Values>();
  const kept = useDraft<Values>(form, 'record.register');
  const [error, setError] = useState<ApiError | null>(null);
  const [cleared, setCleared] = useState<string[]>([]);
  const number = Form.useWatch('number', form);
  const unknown = Form.useWatch('unknown', form);
  const says = number?.kind === 'resident-id' ? readResidentId(number.value ?? '') : null;
  const matches = matchesOf(error);
  const same = error?.code === 'record.duplicate-identifier';
  const wrongCheck = error?.code === 'record.identifier-check' || says?.checked === false;

  function finish(id: string) {
    kept.discard();
    go(backPath(place.back, id), { replace: true });
  }
  const register = useCommand(
    ({ not_same_as }: { not_same_as: string[] }, headers) =>
      registerPatient(bodyOf(form.getFieldsValue(true), not_same_as), headers),
    {
      invalidates: [['patient']],
      onSuccess: (record) => {
        toast.success(t('record.register.done', { name: record.patient.name }));
        finish(record.patient.id);
      },
    },
  );
  function send(not_same_as: string[]) {
    setError(null);
    setCleared(not_same_as);
    register.mutate(
      { not_same_as },
      {
        onError: (refusal) => {
          setError(refusal);
          markFields(form, numberPaths(refusal));
        },
      },
    );
  }
  function changed(patch: Values) {
    // Other data may be somebody else: the next try asks anew.
    setError(null);
    setCleared([]);
    const value = patch.number?.value;
    const found = value ? readResidentId(value) : null;
    if (found) form.setFieldsValue({ birth_date: found.birth_date, sex: found.sex });
    kept.save(form.getFieldsValue(true));
  }
  return (
    <Page
      title={t('record.register.title')}
      back="/record/patients"
      meta={<DraftMark draft={kept} />}
    >
      <Section>
        <Form
          form={form}
          layout="vertical"
          className="lt-form"
          initialValues={{ number: { kind: 'resident-id' } }}
          onValuesChange={changed}
          onFinish={() => send(cleared)}
          scrollToFirstError
        >
          <Form.Item
            label={t('record.field.identifier')}
            required={!unknown}
            className="record-number"
          >
            <Form.Item name={['number', 'kind']} noStyle>
              <Select
                aria-label={t('record.field.identifier-kind')}
                options={IDENTIFIER_KINDS.filter((kind) => kind !== 'hospital-number').map(
                  (value) => ({
                    value,
                    label: t(`record.identifier.${value}`),
                  }),
                )}
              />
            </Form.Item>
            <Form.Item name={['number', 'value']} noStyle>
              <Input
                autoFocus
                autoComplete="off"
                inputMode="text"
                aria-label={t('record.field.identifier')}
                placeholder={t('record.register.number-hint')}
              />
            </Form.Item>
          </Form.Item>
          {wrongCheck && (
            <Form.Item
              name={['number', 'override_reason']}
              label={t('record.register.check-reason')}
              extra={t('record.register.check-hint')}
            >
              <Input maxLength={200} />
            </Form.Item>
          )}
          <Form.Item
            name="name"
            label={t('record.field.name')}
            rules={[{ required: !unknown, message: t('kit.form.required') }]}
          >
            <Input maxLength={60} autoComplete="off" />
          </Form.Item>
          <div className="record-pair">
            <Form.Item
              name="sex"
              label={t('record.field.sex')}
              rules={[{ required: !unknown && !says, message: t('kit.form.required') }]}
            >
              <Radio.Group
                optionType="button"
                options={SEXES.map((value) => ({ value, label: t(`record.sex.${value}`) }))}
              />
            </Form.Item>
            <Form.Item
              name="birth_date"
              label={t('record.field.birth-date')}
              rules={[{ required: !unknown && !says, message: t('kit.form.required') }]}
              getValueProps={(value?: string) => ({ value: value ? dayjs(value) : null })}
              normalize={(value: Dayjs | null) => value?.format('YYYY-MM-DD') ?? null}
            >
              <DatePicker
                className="lt-full"
                disabledDate={(day) => day.isAfter(dayjs(serverNow()))}
              />
            </Form.Item>
          </div>
          <div className="record-pair">
            <Form.Item name="phone" label={t('record.field.phone')}>
              <Input inputMode="tel" maxLength={20} autoComplete="off" />
            </Form.Item>
            <Form.Item name="village" label={t('record.field.village')}>
              <Input maxLength={60} />
            </Form.Item>
          </div>
          <Form.Item name="address" label={t('record.field.address')}>
            <Input maxLength={200} />
          </Form.Item>
          <div className="record-pair">
            <Form.Item name={['guardian', 'name']} label={t('record.field.guardian')}>
              <Input maxLength={60} placeholder={t('record.register.guardian-hint')} />
            </Form.Item>
            <Form.Item name={['guardian', 'phone']} label={t('record.field.guardian-phone')}>
              <Input inputMode="tel" maxLength={20} />
            </Form.Item>
          </div>
          <p className="lt-muted record-plain">{t('record.newborn.from-mother')}</p>
          <Form.Item name="unknown" valuePropName="checked">
            <Checkbox>{t('record.register.unknown')}</Checkbox>
          </Form.Item>
          {matches ? (
            <div className="record-duplicates">
              <Alert
                type="warning"
                showIcon
                title={t(same ? 'record.register.same' : 'record.register.possible')}
              />
              <MatchList
                matches={matches}
                proof={proofOf(form.getFieldsValue(true))}
                onError={setError}
                then={finish}
              />
              {!same && (
                <Button
                  danger
                  loading={register.isPending}
                  onClick={() => send(matches.map((match) => match.patient.id))}
                >
                  {t('record.register.nobody-of-these')}
                </Button>
              )}
            </div>
          ) : (
            <FormErrors error={error} labels={labels()} onGo={scrollToField(form)} />
          )}
          {!matches && (
            <Button type="primary" htmlType="submit" loading={register.isPending}>
              {t('record.register.button')}
            </Button>
          )}
        </Form>
      </Section>
    </Page>
  );
}

/** Back to the screen that sent here, with the patient; only to paths of this application. */
export function backPath(back: string | undefined, id: string): string {
  if (!back?.startsWith('/') || back.startsWith('//')) return `/record/patients/${id}`;
  return `${back}${back.includes('?') ? '&' : '?'}patient=${id}`;
}

function proofOf(values: Values): IdentifierInput | null {
  const value = tidy(values.number?.value ?? '');
  return value === '' ? null : { kind: values.number?.kind ?? 'resident-id', value };
}

export function bodyOf(values: Values, not_same_as: string[]): unknown {
  const proof = proofOf(values);
  const { guardian } = values;
  return {
    name: values.name?.trim() || null,
    sex: values.sex ?? null,
    birth_date: values.birth_date ?? null,
    unknown: values.unknown ?? false,
    identifiers: proof
      ? [{ ...proof, override_reason: values.number?.override_reason || null }]
      : [],
    phone: values.phone || null,
    address: values.address || null,
    village: values.village || null,
    guardian: guardian?.name
      ? { name: guardian.name, relation: guardian.relation ?? '', phone: guardian.phone || null }
      : null,
    not_same_as,
  };
}

function matchesOf(error: ApiError | null): Match[] | null {
  const duplicate = ['record.possible-duplicate', 'record.duplicate-identifier'];
  if (!error || !duplicate.includes(error.code)) return null;
  return (error.data as { matches?: Match[] } | null)?.matches ?? null;
}

/** The form has one number; the server speaks of a list. */
function numberPaths(error: ApiError): ApiError {
  const errors = error.errors.map((field) => ({
    ...field,
    path: field.path.replace(/^identifiers(\[0\]|\.0)/, 'number'),
  }));
  return Object.assign(Object.create(Object.getPrototypeOf(error)), error, { errors });
}

function labels(): Record<string, string> {
  const f = (name: string) => t(`record.field.${name}`);
  return {
    name: f('name'),
    sex: f('sex'),
    birth_date: f('birth-date'),
    phone: f('phone'),
    identifiers: f('identifier'),
    'identifiers[0].value': f('identifier'),
    'identifiers.0.value': f('identifier'),
    'identifiers.value': f('identifier'),
  };
}
