import { Alert, Button, DatePicker, Form, Radio, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useCommand } from '@/api/command';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { FormErrors, forgive, markFields, scrollToField } from '@/kit/FormErrors';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo, useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { registerNewborn, usePatient } from '../api';
import {
  BORN_MAX,
  bodyOf,
  NEWBORN_DAYS_MAX,
  type NewbornValues,
  newbornName,
  nextOf,
  orderText,
} from '../newborn';
import type { PatientRecord } from '../types';
import '../record.css';

/** A child registered at its mother, before it has a name or a number; twins one after another. */
export default function NewNewborn() {
  const id = useRouteParam('id');
  const mother = usePatient(id);
  if (mother.isPending) return <PageSkeleton />;
  if (!mother.data) {
    return <ErrorState page error={mother.error} onRetry={() => void mother.refetch()} />;
  }
  return <NewbornForm mother={mother.data} />;
}

interface Registered {
  id: string;
  name: string;
}

function NewbornForm({ mother }: { mother: PatientRecord }) {
  const { patient } = mother;
  const [form] = Form.useForm<NewbornValues>();
  const [done, setDone] = useState<Registered[]>([]);
  const [over, setOver] = useState(false);
  const go = useGo();
  const home = `/record/patients/${patient.id}`;
  const today = dayjs(serverNow()).format('YYYY-MM-DD');
  const start: NewbornValues = { birth_date: today, of: 1, order: 1 };
  const values = { ...start, ...(Form.useWatch([], form) as NewbornValues | undefined) };
  const register = useCommand(
    (input: NewbornValues, headers) => registerNewborn(patient.id, bodyOf(input), headers),
    {
      invalidates: [['patient']],
      onSuccess: ({ patient: child }) => {
        toast.success(t('record.register.done', { name: child.name }));
        const next = nextOf(form.getFieldsValue(true) as NewbornValues);
        if (!next && done.length === 0) return go(`/record/patients/${child.id}`);
        setDone([...done, { id: child.id, name: child.name }]);
        if (next) form.setFieldsValue(next);
        else setOver(true);
      },
    },
  );
  return (
    <Page title={t('record.newborn.title')} back={home}>
      <Section title={t('record.newborn.mother')}>
        <Facts
          items={[
            { label: t('record.field.name'), value: patient.name },
            { label: t('record.field.birth-date'), value: patient.birth_date },
            { label: t('record.field.phone'), value: patient.phone },
            { label: t('record.field.village'), value: patient.village },
          ]}
        />
        <p className="lt-muted record-plain">{t('record.newborn.inherits')}</p>
      </Section>
      {done.length > 0 && <Done registered={done} over={over} home={home} />}
      {!over && (
        <Section title={t('record.newborn.child')}>
          <Form
            form={form}
            layout="vertical"
            className="lt-form"
            initialValues={start}
            onValuesChange={(changed: Partial<NewbornValues>) => {
              forgive(form, changed);
              if (changed.of && changed.of < values.order) form.setFieldsValue({ order: 1 });
            }}
            onFinish={(input) =>
              register.mutate(input, { onError: (error) => markFields(form, error) })
            }
            scrollToFirstError
          >
            <Refusal error={register.error} form={form} />
            <div className="record-pair">
              <Form.Item
                name="birth_date"
                label={t('record.field.birth-date')}
                extra={t('record.newborn.days', { n: NEWBORN_DAYS_MAX })}
                rules={[{ required: true, message: t('kit.form.required') }]}
                getValueProps={(value?: string) => ({ value: value ? dayjs(value) : null })}
                normalize={(value: Dayjs | null) => value?.format('YYYY-MM-DD')}
              >
                <DatePicker
                  className="lt-full"
                  minDate={dayjs(today).subtract(NEWBORN_DAYS_MAX, 'day')}
                  maxDate={dayjs(today)}
                />
              </Form.Item>
              <Form.Item
                name="sex"
                label={t('record.field.sex')}
                rules={[{ required: true, message: t('kit.form.required') }]}
              >
                <Radio.Group
                  optionType="button"
                  options={(['male', 'female', 'unknown'] as const).map((value) => ({
                    value,
                    label: t(`record.sex.${value}`),
                  }))}
                />
              </Form.Item>
            </div>
            <div className="record-pair">
              <Form.Item name="of" label={t('record.newborn.of')}>
                <Select
                  disabled={done.length > 0}
                  options={Array.from({ length: BORN_MAX }, (_, at) => ({
                    value: at + 1,
                    label: t(at === 0 ? 'record.newborn.single' : 'record.newborn.born', {
                      n: at + 1,
                    }),
                  }))}
                />
              </Form.Item>
              {values.of > 1 && (
                <Form.Item name="order" label={t('record.newborn.order')}>
                  <Select
                    options={Array.from({ length: values.of }, (_, at) => ({
                      value: at + 1,
                      label: orderText(at + 1),
                    }))}
                  />
                </Form.Item>
              )}
            </div>
            <p className="record-plain">
              {t('record.newborn.called')} <b>{newbornName(patient.name, values)}</b>{' '}
              <span className="lt-muted">{t('record.newborn.called-hint')}</span>
            </p>
            <Button type="primary" htmlType="submit" loading={register.isPending}>
              {values.of > 1
                ? t('record.newborn.button-nth', { n: values.order, of: values.of })
                : t('record.newborn.button')}
            </Button>
          </Form>
        </Section>
      )}
    </Page>
  );
}

interface RefusalProps {
  error: ReturnType<typeof useCommand>['error'];
  form: ReturnType<typeof Form.useForm<NewbornValues>>[0];
}

/** Why it was refused; a child that is registered already can be opened. */
function Refusal({ error, form }: RefusalProps) {
  const known = (error?.data as { patient_id?: string } | null | undefined)?.patient_id;
  const labels = {
    birth_date: t('record.field.birth-date'),
    sex: t('record.field.sex'),
    order: t('record.newborn.order'),
  };
  return (
    <>
      <FormErrors error={error} labels={labels} onGo={scrollToField(form)} />
      {error?.code === 'record.newborn-registered' && known && (
        <p className="record-plain">
          <PathLink to={`/record/patients/${known}`}>{t('record.newborn.open-known')}</PathLink>
        </p>
      )}
    </>
  );
}

interface DoneProps {
  registered: Registered[];
  over: boolean;
  home: string;
}

/** The children registered so far. */
function Done({ registered, over, home }: DoneProps) {
  const go = useGo();
  return (
    <Section title={t('record.newborn.done')}>
      {over && <Alert type="success" showIcon title={t('record.newborn.all-done')} />}
      <ul className="record-list">
        {registered.map((child) => (
          <li key={child.id}>
            <b>{child.name}</b>
            <PathLink to={`/record/patients/${child.id}`}>{t('record.open')}</PathLink>
          </li>
        ))}
      </ul>
      {over && (
        <Button type="primary" onClick={() => go(home)}>
          {t('record.newborn.to-mother')}
        </Button>
      )}
    </Section>
  );
}
